#pragma once
// How a table is read, and what was found while reading it.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <vdn/data/calendar.hpp>

namespace vdn {

/// What the times of a table mean.
enum class TimeAxis : std::uint8_t {
  automatic,  ///< load_named: strict for a user's file, rows for a named set; read_csv: rows
  strict,     ///< times ascend on one regular grid; holes become missing values, long ones gaps
  rows,       ///< by row number; what is odd about the times is counted and ignored
};
/// Reads "strict" or "rows". Throws Error (usage) for another word, with the nearest known one.
TimeAxis parse_time_axis(std::string_view text);
const char* time_axis_name(TimeAxis axis);

/// Everything a user may say about a file. A model remembers it, so that it reads later tables the same way.
struct ReadingOptions {
  /// Marks of a missing value besides the usual ones (empty, NA, N/A, NaN, nan, null, NULL, None, -, ?).
  /// Marks that are numbers compare as numbers: "-9999" also stands for -9999.0. "auto" masks the values that
  /// find_suspected_marks finds.
  std::vector<std::string> missing{};
  std::string id_column = "unique_id";  ///< of a long table: which series a row belongs to
  std::string time_column{};            ///< empty: "ds" in a long table, the first column in a wide one
  std::string value_column = "y";       ///< of a long table
  /// Left out: columns of a wide table, series of a long one. Names the table does not have are no error.
  std::vector<std::string> ignored{};
  TimeAxis time_axis = TimeAxis::automatic;
  std::size_t max_gap = 24;         ///< longest hole in rows that is filled with missing values; a longer one is a gap
  std::vector<std::string> gaps{};  ///< times at which the series begin anew: no window crosses them
  std::optional<TimeStep> known_step{};  ///< taken where a short table does not contradict it; not part of a model file
  bool operator==(const ReadingOptions&) const = default;
};

/// The options that are not the usual ones, by their name on the command line: {"max-gap", "3"}. For people to read.
std::vector<std::pair<std::string, std::string>> unusual_options(const ReadingOptions& options);

/// A mark of a missing value and how often it was met.
struct MarkCount {
  std::string mark;
  std::size_t count = 0;
  bool operator==(const MarkCount&) const = default;
};

/// A number that looks like a mark: an extreme value far outside the rest of its series.
struct SuspectedMark {
  std::size_t series = 0;
  double value = 0;
  std::size_t count = 0;
  bool masked = false;  ///< by --missing auto
  bool operator==(const SuspectedMark&) const = default;
};

/// A place no window crosses.
struct Gap {
  std::size_t row = 0;                 ///< the first row behind it
  std::int64_t before = 0, after = 0;  ///< times of the rows around it
  std::size_t rows = 0;                ///< rows that are not there; 0 for a declared gap without a hole
  bool declared = false;
  bool operator==(const Gap&) const = default;
};

/// What reading found. Counts are of the whole table.
struct ReadingReport {
  bool long_form = false;  ///< id, time, value; else wide: the time and one column per series
  char separator = ',';
  bool decimal_comma = false;
  bool byte_order_mark = false;
  std::size_t repaired_names = 0;           ///< names with bytes that are not UTF-8, now U+FFFD
  std::vector<std::string> unused_columns;  ///< of a long table
  std::vector<std::string> left_out;        ///< columns or series, as ReadingOptions::ignored asked
  bool reversed = false;                    ///< strict: rows stood newest first and were turned round
  std::size_t offsets = 0;                  ///< times with an offset from UTC, which was taken off
  TimeAxis time_axis = TimeAxis::rows;      ///< the one gone by
  std::vector<MarkCount> marks;             ///< most frequent first; the empty field has the mark ""
  std::vector<SuspectedMark> suspected;
  std::size_t holes = 0, inserted_rows = 0;  ///< strict: holes filled with rows of missing values
  std::vector<Gap> gaps;                     ///< in the order of rows; strict ones and declared ones
  std::size_t late_series = 0;               ///< series that begin after the table's first row or end before its last
  /// Distances of neighbouring rows that are none of one step ahead, ignored under `rows`; see TimeAxisReport.
  std::size_t ignored_gaps = 0, duplicates = 0, unsorted = 0, irregular = 0;
};

}  // namespace vdn
