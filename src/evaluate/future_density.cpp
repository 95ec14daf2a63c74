#include <vdn/evaluate/future_density.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace vdn {
namespace {

/// ln(e^a + e^b).
double log_sum(double a, double b) {
  const double larger = std::max(a, b), smaller = std::min(a, b);
  return std::isinf(smaller) ? larger : larger + std::log1p(std::exp(smaller - larger));
}

}  // namespace

FutureDensity::FutureDensity(ConstMatrix<float> targets, std::span<const Window> windows, std::size_t paths)
    : paths_(static_cast<double>(paths)),
      targets_(targets),
      windows_(windows),
      log_density_(windows.size(), -std::numeric_limits<double>::infinity()),
      observed_(windows.size()) {}

void FutureDensity::add(const kernels::MixtureBatch<float>& forecast, std::size_t row, std::size_t window,
                        std::size_t paths) {
  const std::size_t H = forecast.mean.cols, J = forecast.log_weight.cols;
  std::vector<float> target(H);
  std::vector<std::uint8_t> known(H);
  gather_target(targets_, windows_[window], target, known);
  observed_[window] = static_cast<double>(std::count(known.begin(), known.end(), 1));
  const Range own{row * J, (row + 1) * J};
  float nll = 0;
  kernels::mixture_nll<float>(kernels::Objective::joint,
                              {{target.data(), 1, H},
                               {known.data(), 1, H},
                               forecast.mean.slice(own),
                               forecast.scale.slice(own),
                               forecast.log_weight.slice({row, row + 1}),
                               forecast.draws},
                              {&nll, 1});
  const double share = static_cast<double>(paths) / paths_;
  log_density_[window] = log_sum(log_density_[window], std::log(share) - double{nll} * observed_[window]);
}

double FutureDensity::joint_nll(std::size_t window) const {
  return observed_[window] > 0 ? -log_density_[window] / observed_[window] : 0.0;
}

}  // namespace vdn
