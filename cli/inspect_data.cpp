#include "inspect_data.hpp"

#include <map>
#include <utility>

namespace vdn::cli {
namespace {

/// The table, times in any order.
LoadedData read_leniently(const std::string& name_or_path, const std::vector<std::string>& missing,
                          std::vector<std::string>& notes) {
  const DataLocation found = find_data(name_or_path);
  if (found.set) return read_data(name_or_path, missing);
  CsvOptions options;
  options.missing = missing;
  LoadedData data{read_csv(found.path, options), nullptr, found.path};
  try {
    require_increasing_times(data.series);
  } catch (const Error& refusal) {
    notes.push_back(std::string("a fit is refused: ") + refusal.what());
  }
  return data;
}

/// One sentence a mark: "-9999 looks like a missing value in 3 series; ...".
void note_marks(const DataProfile& profile, std::vector<std::string>& notes) {
  std::map<double, std::size_t> series;
  for (const SeriesProfile& s : profile.series) {
    if (s.mark.count > 0) ++series[s.mark.value];
  }
  for (const auto& [value, count] : series) {
    notes.push_back(fmt::format("{0:.6g} looks like a missing value in {1} series; --missing={0:.6g} reads it as one",
                                value, grouped(count)));
  }
}

}  // namespace

Inspection inspect_data(const std::string& name_or_path, const std::vector<std::string>& missing, std::size_t horizon,
                        Scheduler& scheduler) {
  Inspection found;
  found.data = read_leniently(name_or_path, missing, found.notes);
  found.profile = profile(found.data.series, scheduler);
  note_marks(found.profile, found.notes);
  found.advice = advise(found.data, found.profile, horizon > 0 ? horizon : usual_horizon(found.data, found.profile));
  return found;
}

}  // namespace vdn::cli
