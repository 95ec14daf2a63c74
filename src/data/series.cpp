#include <vdn/data/series.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

/// "'a', 'b', 'c' and 5 more".
std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t most = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, names.size()); ++i) {
    text += fmt::format("{}'{}'", i > 0 ? ", " : "", names[i]);
  }
  return names.size() > most ? text + fmt::format(" and {} more", names.size() - most) : text;
}

}  // namespace

MissingValues missing_values(const SeriesSet& set) {
  MissingValues count;
  for (std::size_t d = 0; d < set.count(); ++d) {
    const Range own = set.rows_of(d);
    const auto values = set.series(d).subspan(own.begin, own.size());
    count.rows += own.size();
    count.missing += static_cast<std::size_t>(
        std::count_if(values.begin(), values.end(), [](double value) { return std::isnan(value); }));
  }
  return count;
}

void check_series_set(const SeriesSet& set) {
  const std::size_t D = set.count(), T = set.length();
  const auto refuse = [&](const std::string& problem) {
    throw Error(ErrorKind::software, set.source.empty() ? "the table" : set.source, problem);
  };
  if (set.values.size() != D * T) {
    refuse(fmt::format("{} values for {} series of {} rows", set.values.size(), D, T));
  }
  if (std::unordered_set<std::string>(set.names.begin(), set.names.end()).size() != D) {
    refuse("two series have one name");
  }
  if (!set.extent.empty() && set.extent.size() != D) refuse("the extents are those of another number of series");
  for (const Range own : set.extent) {
    if (own.begin > own.end || own.end > T) refuse("an extent lies outside the rows");
  }
  for (std::size_t i = 0; i < set.breaks.size(); ++i) {
    const std::size_t row = set.breaks[i];
    if (row == 0 || row >= T || (i > 0 && row <= set.breaks[i - 1])) {
      refuse("breaks are rows that ascend, behind the first one");
    }
  }
}

SeriesSet in_order(SeriesSet set, const std::vector<std::string>& names) {
  if (set.names == names) return set;
  std::unordered_map<std::string, std::size_t> place;
  for (std::size_t d = 0; d < set.count(); ++d) place.emplace(set.names[d], d);
  std::vector<std::size_t> from;
  std::vector<std::string> absent, others;
  for (const std::string& name : names) {
    const auto found = place.find(name);
    if (found == place.end()) {
      absent.push_back(name);
    } else {
      from.push_back(found->second);
    }
  }
  const std::unordered_set<std::string> wanted(names.begin(), names.end());
  for (const std::string& name : set.names) {
    if (!wanted.contains(name)) others.push_back(name);
  }
  if (!absent.empty() || !others.empty()) {
    std::string problem;
    if (!absent.empty()) problem = fmt::format("has no series {}, which the model was fitted on", some_of(absent));
    if (!others.empty()) {
      problem +=
          fmt::format("{}has {}, which the model was not fitted on", absent.empty() ? "" : ", and ", some_of(others));
    }
    throw Error(ErrorKind::data, set.source, problem,
                others.empty()
                    ? "give a table with the series the model was fitted on"
                    : "give a table with the series the model was fitted on; --ignore NAME leaves others out");
  }
  SeriesSet ordered = set;
  for (std::size_t d = 0; d < from.size(); ++d) {
    ordered.names[d] = set.names[from[d]];
    if (!set.extent.empty()) ordered.extent[d] = set.extent[from[d]];
    const auto values = set.series(from[d]);
    std::copy(values.begin(), values.end(), ordered.values.begin() + static_cast<std::ptrdiff_t>(d * set.length()));
  }
  return ordered;
}

}  // namespace vdn
