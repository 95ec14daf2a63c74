#include <vdn/data/load.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include <vdn/core/error.hpp>

namespace vdn {

LoadedData load_named(const std::string& name_or_path, const ReadingOptions& options) {
  const DataLocation location = find_data(name_or_path);
  LoadedData data{{}, location.set, location.path, options};
  if (options.time_axis == TimeAxis::automatic) {
    data.reading.time_axis = location.set ? TimeAxis::rows : TimeAxis::strict;
  }
  data.series = read_csv(location.path, data.reading);
  data.reading.known_step.reset();
  const SeriesSet& series = data.series;
  const bool by_rows = data.reading.time_axis == TimeAxis::rows;
  const std::size_t columns = series.count() + series.reading.left_out.size();
  if (data.set && ((by_rows && series.length() != data.set->rows) || columns != data.set->series)) {
    throw Error(ErrorKind::data, location.path,
                fmt::format("has {} rows of {} series, the data set '{}' has {} of {}", series.length(), columns,
                            data.set->name, data.set->rows, data.set->series),
                "get the file again, or give its path to use it as it is");
  }
  return data;
}

SeriesSet load_data(const std::string& name_or_path, const ReadingOptions& options) {
  return std::move(load_named(name_or_path, options).series);
}

TimeAxisReport time_axis_report(const SeriesSet& set) {
  TimeAxisReport report;
  for (std::size_t row = 1; row < set.length(); ++row) {
    const std::int64_t before = set.times[row - 1], now = set.times[row];
    const std::int64_t expected = advance(before, set.step, 1);
    if (now == expected) continue;
    if (report.regular()) report.first_row = row;
    if (now == before) {
      ++report.duplicates;
    } else if (now < before) {
      ++report.unsorted;
    } else {
      ++(now > expected ? report.gaps : report.irregular);
    }
  }
  report.missing = static_cast<std::size_t>(
      std::count_if(set.values.begin(), set.values.end(), [](double value) { return std::isnan(value); }));
  return report;
}

}  // namespace vdn
