#pragma once
// The series of one table, as read: original units, missing values kept.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/data/calendar.hpp>
#include <vdn/data/reading.hpp>

namespace vdn {

/// D series over the same T times. A series need not fill them: it has an extent, and all series begin anew at breaks.
struct SeriesSet {
  std::string source;               ///< path or name, for messages
  std::string time_name;            ///< heading of the time column
  std::vector<std::string> names;   ///< size D, valid UTF-8, all different
  std::vector<std::int64_t> times;  ///< size T, see calendar.hpp; integers when step.unit is index
  std::vector<double> values;       ///< [D][T], NaN where missing, never infinite
  TimeStep step;                    ///< the most frequent one
  std::vector<Range> extent;        ///< size D: the rows in which the series exists; empty: all rows for all
  std::vector<std::size_t> breaks;  ///< ascending, 0 < row < T: rows that begin anew after a gap no window crosses
  ReadingReport reading;

  std::size_t count() const { return names.size(); }   ///< D
  std::size_t length() const { return times.size(); }  ///< T
  std::span<const double> series(std::size_t i) const { return {values.data() + i * length(), length()}; }
  /// The rows in which series i exists.
  Range rows_of(std::size_t i) const { return extent.empty() ? Range{0, length()} : extent[i]; }
  ConstMatrix<double> matrix() const { return {values.data(), count(), length()}; }  ///< [D][T]
};

/// Values of a table that are missing while their series exist (rows_of).
struct MissingValues {
  std::size_t missing = 0, rows = 0;  ///< of all series together
};
MissingValues missing_values(const SeriesSet& set);

/// Throws Error (software), naming what, where sizes disagree, two series have one name, or an extent or a break lies
/// outside the rows: a table put together by hand may say so.
void check_series_set(const SeriesSet& set);

/// The same table with its series in the order of `names`. Throws Error (data), naming them, when it lacks one of these
/// or has others.
SeriesSet in_order(SeriesSet set, const std::vector<std::string>& names);

}  // namespace vdn
