#pragma once
// How fast a table is read.

#include <cstddef>
#include <string>

#include <vdn/bench/timing.hpp>

namespace vdn::bench {

struct CsvBench {
  Timing read;  ///< read_csv of the whole file
  std::size_t bytes = 0;
};

/// Writes a table of synthetic series into a new file in `folder`, reads it `runs` times and removes it. The values
/// have five decimals: eleven characters each. Throws Error where the file cannot be written.
CsvBench bench_csv(const std::string& folder, std::size_t series, std::size_t rows, std::size_t runs);

}  // namespace vdn::bench
