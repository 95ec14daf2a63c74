#pragma once
// Times of repeated runs, in milliseconds.

#include <chrono>
#include <cstddef>
#include <vector>

namespace vdn::bench {

/// Quantiles of the runs by linear interpolation.
struct Timing {
  std::size_t runs = 0;
  double median = 0.0, p10 = 0.0, p90 = 0.0, p99 = 0.0;
};

/// Throws Error (software) without runs.
Timing summarise(std::vector<double> milliseconds);

/// Milliseconds that `work` takes.
template <class Work>
double milliseconds(Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace vdn::bench
