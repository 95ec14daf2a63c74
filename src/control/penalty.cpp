#include <vdn/control/penalty.hpp>

#include <algorithm>

namespace vdn::control {

double band_distance(const ControlSettings& settings, const Bands& bands, std::span<const double> activity,
                     double weight_high, std::span<double> slope, double scale) {
  const double share = 1.0 / static_cast<double>(activity.size());
  const auto unit = [&](double end) {
    return settings.penalty_form == PenaltyForm::relative ? 1.0 / std::max(end, 1e-3) : 1.0;
  };
  double sum = 0.0;
  for (std::size_t i = 0; i < activity.size(); ++i) {
    const double per_low = unit(bands.low[i]), per_high = unit(bands.high[i]);
    const double low = std::max(0.0, bands.low[i] - activity[i]) * per_low;
    const double high = std::max(0.0, activity[i] - bands.high[i]) * per_high;
    sum += settings.penalty_low * low * low + weight_high * high * high;
    if (!slope.empty()) {
      slope[i] += scale * share * 2.0 * (weight_high * high * per_high - settings.penalty_low * low * per_low);
    }
  }
  return share * sum;
}

double Penalty::before_backward(ControlContext& context, std::span<double> slope) {
  const auto m = context.statistics.activity;
  const bool focus = low_.add(occupancy(context.bands, m).low) > settings_.penalty_focus;
  const double scale = settings_.penalty_weight * context.ramp();
  return scale * band_distance(settings_, context.bands, m, settings_.penalty_high * (focus ? 0.3 : 1.0), slope, scale);
}

}  // namespace vdn::control
