#pragma once
// From a DATA argument to series, and what is odd about their time axis.

#include <cstddef>
#include <string>

#include <vdn/data/csv.hpp>
#include <vdn/data/named.hpp>
#include <vdn/data/series.hpp>

namespace vdn {

/// The series, and the named set they are (null for a user's file).
struct LoadedData {
  SeriesSet series;
  const NamedSet* set = nullptr;
  std::string path;
  ReadingOptions reading;  ///< as used: the time axis decided
};

/// Finds (find_data) and reads (read_csv). An automatic time axis is strict for a user's table; named sets go by row
/// number, as their benchmarks do. Throws what those two throw, and Error (data) when a named set has another shape
/// than it should.
LoadedData load_named(const std::string& name_or_path, const ReadingOptions& options = {});

/// The series of load_named alone.
SeriesSet load_data(const std::string& name_or_path, const ReadingOptions& options = {});

/// Counts of neighbouring rows whose distance is not one step, each in one class, and of missing values.
struct TimeAxisReport {
  std::size_t gaps = 0;        ///< more than one step ahead
  std::size_t duplicates = 0;  ///< the same time again
  std::size_t unsorted = 0;    ///< back in time
  std::size_t irregular = 0;   ///< ahead, but less than one step
  std::size_t first_row = 0;   ///< row (from 0) that comes after the first such distance; 0 when there is none
  std::size_t missing = 0;     ///< values that are missing
  bool regular() const { return gaps + duplicates + unsorted + irregular == 0; }
};
TimeAxisReport time_axis_report(const SeriesSet& set);

}  // namespace vdn
