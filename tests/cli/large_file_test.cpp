// A table of 300 MB through vdn inspect: bounded memory.

#include <gtest/gtest.h>

#include <fstream>

#include "cli/run_vdn.hpp"

namespace vdn::test {
namespace {

constexpr std::size_t series = 321, rows = 118000;

/// 321 series by row number, a daily sine each, two decimals. Returns the bytes written.
std::size_t write_large_table(const std::filesystem::path& path) {
  std::ofstream file(path, std::ios::binary);
  std::string line = "t";
  for (std::size_t d = 0; d < series; ++d) line += ",s" + std::to_string(d);
  std::size_t written = 0;
  for (std::size_t row = 0; row <= rows; ++row) {
    line += '\n';
    written += line.size();
    file << line;
    line = std::to_string(row);
    for (std::size_t d = 0; d < series; ++d) {
      const std::size_t value = 100000 + (row % 24) * (24 - row % 24) * 50 + (row * 7919 + d * 104729) % 1000;
      line += ',' + std::to_string(value / 100) + '.' + static_cast<char>('0' + value / 10 % 10) +
              static_cast<char>('0' + value % 10);
    }
  }
  return written;
}

TEST(LongReading, OfATableOf300MBTakesBoundedMemory) {
  const Workplace place;
  const double bytes = static_cast<double>(write_large_table(place.path() / "data.csv"));
  ASSERT_GT(bytes, 300e6);
  const Outcome run = place.run({"inspect", "data.csv", "--json"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.json().at("rows"), rows);
  const double values = 8.0 * series * rows;
  EXPECT_LT(static_cast<double>(run.peak_memory), 1.5 * values + 64e6);
  RecordProperty("megabytes", static_cast<int>(static_cast<double>(run.peak_memory) / 1e6));
}

}  // namespace
}  // namespace vdn::test
