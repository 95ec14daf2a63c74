#pragma once
// A table as it stands in the file, before anyone judges its times.

#include <cstdint>
#include <string>
#include <vector>

#include <vdn/data/reading.hpp>
#include <vdn/data/series.hpp>

namespace vdn {

struct RawTable {
  std::string source, time_name;
  std::vector<std::string> names;     ///< size D
  TimeUnit unit = TimeUnit::second;   ///< or index: times are integers
  std::vector<std::int64_t> times;    ///< one a row, in the order of the file
  std::vector<std::uint32_t> lines;   ///< of each row
  std::vector<double> values;         ///< wide [D][rows], long [rows]; NaN where missing
  std::vector<std::uint32_t> series;  ///< long: the series of each row; wide: empty
  ReadingReport report;
};

/// Puts the rows on one axis of time. The times of a long table are those of all its series together.
///
/// strict: the times of a series ascend, and have one step (infer_step, or options.known_step where the table does not
/// contradict it) that explains at least half of their distances; all series share it and lie on one grid, which begins
/// at the first time of all. A hole of up to options.max_gap rows is filled with missing values; a longer one is a gap:
/// no rows, but a break. A series has the rows from its first observed value to its last. A table whose times all fall
/// from row to row is turned round.
///
/// rows: a wide table is taken as it is. Of a long table the distinct times in ascending order become the rows, and of
/// several values of one series at one time the last one counts.
///
/// options.gaps are breaks on either axis. Integers of eight digits that are all dates become dates.
///
/// Throws Error (data) naming file, line and times where the rules of strict are broken, and for a long table that
/// would not fit into this machine's memory; (usage) for a gap that is no time.
SeriesSet arrange(RawTable table, const ReadingOptions& options);

/// Numbers that look like marks of missing values, series after series: a minimum or maximum that is one of the usual
/// marks (9, 99, 999, ... with either sign, 32767, -32768, powers of ten from 1e10) or repeated at least three times,
/// and farther from all other values than twice their range (ten times where it is no usual mark).
std::vector<SuspectedMark> find_suspected_marks(const SeriesSet& set);

}  // namespace vdn
