#include "inspect_data.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

#include "fit_plan.hpp"

namespace vdn::cli {
namespace {

/// Standard input and pipes are empty the second time.
bool reads_only_once(const std::string& name_or_path) {
  std::error_code ignored;
  return name_or_path == "-" ||
         (std::filesystem::exists(name_or_path, ignored) && !std::filesystem::is_regular_file(name_or_path, ignored));
}

/// The table, times in any order: one that a fit would refuse is read row by row, and the refusal noted. Standard input
/// cannot be read twice.
LoadedData read_leniently(const std::string& name_or_path, const ReadingArguments& arguments,
                          std::vector<std::string>& notes) {
  try {
    return read_data(name_or_path, arguments);
  } catch (const Error& refusal) {
    if (refusal.kind() != ErrorKind::data || arguments.time_axis || reads_only_once(name_or_path)) throw;
    ReadingArguments by_row = arguments;
    by_row.time_axis = time_axis_name(TimeAxis::rows);
    try {
      LoadedData data = read_data(name_or_path, by_row);
      notes.push_back(std::string("a fit is refused: ") + refusal.what());
      return data;
    } catch (const Error&) {  // it was not the times
    }
    throw;
  }
}

}  // namespace

Inspection inspect_data(const std::string& name_or_path, const ReadingArguments& arguments, std::size_t horizon,
                        Scheduler& scheduler) {
  Inspection found;
  found.data = read_leniently(name_or_path, arguments, found.notes);
  for (std::string& note : reading_notes(found.data)) found.notes.push_back(std::move(note));
  found.profile = profile(found.data.series, scheduler);
  found.advice = advise(found.data, found.profile, horizon > 0 ? horizon : usual_horizon(found.data, found.profile));
  return found;
}

}  // namespace vdn::cli
