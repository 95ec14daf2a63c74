#include <vdn/control/penalty.hpp>

#include <algorithm>

namespace vdn::control {

double Penalty::before_backward(ControlContext& context, std::span<double> slope) {
  const auto m = context.statistics.activity;
  const Bands& bands = context.bands;
  const bool focus = low_.add(occupancy(bands, m).low) > settings_.penalty_focus;
  const double weight_high = settings_.penalty_high * (focus ? 0.3 : 1.0);
  const double share = settings_.penalty_weight * context.ramp() / static_cast<double>(m.size());
  const auto unit = [&](double end) {
    return settings_.penalty_form == PenaltyForm::relative ? 1.0 / std::max(end, 1e-3) : 1.0;
  };
  double sum = 0.0;
  for (std::size_t i = 0; i < m.size(); ++i) {
    const double per_low = unit(bands.low[i]), per_high = unit(bands.high[i]);
    const double low = std::max(0.0, bands.low[i] - m[i]) * per_low;
    const double high = std::max(0.0, m[i] - bands.high[i]) * per_high;
    sum += settings_.penalty_low * low * low + weight_high * high * high;
    slope[i] += share * 2.0 * (weight_high * high * per_high - settings_.penalty_low * low * per_low);
  }
  return share * sum;
}

}  // namespace vdn::control
