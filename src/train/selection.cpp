#include <vdn/train/selection.hpp>

#include <algorithm>
#include <cmath>

#include <vdn/control/penalty.hpp>

namespace vdn {
namespace {

double squared_excess(double value, double bound) {
  const double excess = std::max(0.0, value - bound);
  return excess * excess;
}

double distance_of(const Settings& s, const NeuronFigures& neurons) {
  const control::Bands bands{{neurons.band_low.begin(), neurons.band_low.end()},
                             {neurons.band_high.begin(), neurons.band_high.end()}};
  return control::band_distance(s, bands, std::vector<double>(neurons.mu2.begin(), neurons.mu2.end()), s.penalty_high);
}

EpochScore constrained(const Settings& s, std::size_t epoch, const ValidationReport& v) {
  const RegimeRecord& r = v.regime;
  const double distance = distance_of(s, r);
  const bool gated = r.frac_high > s.gate_high || r.inside < s.gate_inside ||
                     (r.frac_low > s.gate_low && r.inside < s.select_inside) || distance > s.gate_band;
  return {v.nll + constraint_penalty(s, r, {r.frac_low, r.frac_high, r.inside}), epoch < s.gate_epoch || !gated};
}

double negative_elbo(const Settings& s, const ValidationReport& v) {
  const double kl = v.regime.kl_mean * static_cast<double>(s.neurons) + v.regime.macro_kl;
  return v.nll + kl / static_cast<double>(s.horizon);
}

}  // namespace

double constraint_penalty(const Settings& s, const NeuronFigures& neurons, const BandShares& shares) {
  return s.select_low_weight * squared_excess(shares.low, s.select_low) +
         s.select_high_weight * squared_excess(shares.high, s.select_high) +
         s.select_inside_weight * squared_excess(s.select_inside, shares.inside) +
         s.select_band_weight * squared_excess(distance_of(s, neurons), s.select_band);
}

bool better(const EpochScore& a, const EpochScore& b) {
  if (!std::isfinite(a.value)) return false;
  return a.valid == b.valid ? a.value < b.value : a.valid;
}

EpochScore score_epoch(const Settings& settings, const EpochReport& epoch, const ValidationReport& validation) {
  EpochScore score{validation.nll, true};
  switch (settings.selection) {
    case Selection::nll:
      break;
    case Selection::mse:
      score.value = validation.mse;
      break;
    case Selection::crps:
      score.value = validation.crps;
      break;
    case Selection::elbo:
      score.value = negative_elbo(settings, validation);
      break;
    case Selection::constrained:
      score = constrained(settings, epoch.epoch, validation);
      break;
  }
  if (settings.mode.has(control::Constraint::budget)) {
    score.valid =
        score.valid && std::abs(epoch.train_kl - settings.budget) <= settings.budget_tolerance * settings.budget;
  }
  return score;
}

}  // namespace vdn
