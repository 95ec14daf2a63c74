#pragma once
// Complete windows of a series that are read one by one: those a cycle is taken out of, or that have weights. Letters:
// L look-back, H horizon, D series.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <vdn/data/windows.hpp>
#include <vdn/model/seasonal_profile.hpp>

namespace vdn {

/// How many are read, and what is taken out of them first.
struct WindowSample {
  std::size_t most = 0;                        ///< of a series, spread over its rows
  const SeasonalProfile* profile = nullptr;    ///< null: no cycle is taken out
  std::span<const std::uint32_t> phases = {};  ///< of the table's rows (data/row_phases.hpp), with a profile
  bool periodic() const { return profile != nullptr; }
};

/// Those of series d: windows of `runs` that are neither padded nor miss a value up to the last of `steps`, at most
/// sample.most of them, at all phases. Views its arguments, which must outlive it.
class SampledWindows {
 public:
  SampledWindows(std::span<const float> series, std::span<const WindowRun> runs, std::size_t d,
                 const WindowSample& sample, std::size_t lookback, std::span<const std::size_t> steps);
  std::size_t count() const { return origins_.size(); }
  /// Window k into row [L + steps]: context, and the targets at the steps after its origin. With a profile less a s,
  /// with the amplitude a that the context shows.
  void read(std::size_t k, std::span<double> row) const;

 private:
  std::span<const float> series_;
  std::size_t d_;
  WindowSample sample_;
  std::size_t lookback_;
  std::span<const std::size_t> steps_;
  std::vector<std::size_t> origins_;
};

/// The first missing row at or after each row; size T + 1, T where there is none.
std::vector<std::size_t> next_missing(std::span<const float> series);

}  // namespace vdn
