#pragma once
// How costs grow with what they should be linear in.

#include <string>
#include <vector>

#include <vdn/core/scheduler.hpp>
#include <vdn/model/settings.hpp>

namespace vdn::bench {

struct ScaleBench {
  std::string of;  ///< neurons, draws, batch (a training step) or series (scaling and one forecast each)
  std::vector<std::size_t> sizes;  ///< each twice the one before
  std::vector<double> median_ms;   ///< of each size
  double exponent = 0.0;           ///< of milliseconds = a * size^exponent, least squares over the logarithms
};

/// The exponent of points (size, ms), as above; at least two.
double fit_exponent(const std::vector<std::size_t>& sizes, const std::vector<double>& ms);

/// Four sizes each, `runs` runs a size. Sizes are large, so that what does not grow with them does not flatten the
/// line.
std::vector<ScaleBench> bench_scale(const Settings& settings, std::size_t runs, Scheduler& scheduler);

}  // namespace vdn::bench
