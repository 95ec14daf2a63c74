#include <vdn/control/band_calibration.hpp>

#include <algorithm>
#include <cmath>

namespace vdn::control {
namespace {

/// Linear between order statistics, of activity_i / end_i.
double quantile(std::span<const double> activity, const std::vector<double>& end, double level) {
  std::vector<double> ratio(activity.size());
  for (std::size_t i = 0; i < ratio.size(); ++i) ratio[i] = activity[i] / end[i];
  std::sort(ratio.begin(), ratio.end());
  const double place = level * static_cast<double>(ratio.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, ratio.size() - 1);
  return std::lerp(ratio[below], ratio[above], place - static_cast<double>(below));
}

/// A third of the way, in logarithms, to what was asked.
double follow(double scale, double wanted) {
  return std::clamp(std::exp(0.7 * std::log(scale) + 0.3 * std::log(wanted)), 0.02, 3.0);
}

}  // namespace

void BandCalibration::after_step(ControlContext& context) {
  if (!context.warm() || context.step % settings_.calibration_every != 0) return;
  const auto e = context.averages.activity.values();
  const Occupancy now = occupancy(context.bands, e);
  const bool may_grow = now.inside() >= 0.58 && now.high <= settings_.calibration_high;
  const auto bound = [&](double wanted, double scale) {
    return std::clamp(wanted, scale / 1.10, scale * (may_grow ? 1.02 : 1.0));
  };
  double low = bound(quantile(e, original_.low, 0.20), scale_low_);
  const double high = bound(quantile(e, original_.high, 0.90), scale_high_);
  if (now.low > 0.48) low = std::min(low, 0.98 * scale_low_);
  scale_low_ = follow(scale_low_, low);
  scale_high_ = std::max(follow(scale_high_, high), 1.05 * scale_low_);
  for (std::size_t i = 0; i < e.size(); ++i) {
    context.bands.low[i] = scale_low_ * original_.low[i];
    context.bands.high[i] = std::max(scale_high_ * original_.high[i], 1.05 * context.bands.low[i]);
  }
}

void BandCalibration::remember(StateArchive& archive) {
  archive.value(scale_low_);
  archive.value(scale_high_);
}

}  // namespace vdn::control
