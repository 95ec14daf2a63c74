#include <vdn/train/neuron_state.hpp>

#include <algorithm>
#include <cmath>

#include <vdn/control/regulator.hpp>

namespace vdn {

NeuronState initial_state(const Settings& settings) {
  NeuronState state;
  state.bands = control::make_bands(settings, settings.neurons, settings.seed);
  state.beta.assign(settings.neurons, settings.beta);
  if (settings.prior == Prior::ar1) state.phi.assign(settings.neurons, settings.phi);
  return state;
}

NeuronState recorded_state(const Forecaster& model) {
  NeuronState state = initial_state(model.settings());
  const RegimeRecord& regime = model.regime();
  if (!regime.band_low.empty() && !regime.band_high.empty()) state.bands = bands_of(regime);
  if (!regime.beta.empty()) state.beta.assign(regime.beta.begin(), regime.beta.end());
  state.phi = model.network().neurons().phi<float>(ConstParameters<float>{model.parameters()});
  return state;
}

void add_state(RegimeRecord& regime, const Settings& settings, const NeuronState& state) {
  std::vector<double> targets = control::make_bands(settings, settings.neurons, settings.seed).low;
  for (double& target : targets) target /= settings.band_lower;
  add_bands(regime, state.bands, targets);
  regime.beta.assign(state.beta.begin(), state.beta.end());
  regime.phi.assign(state.phi.begin(), state.phi.end());
}

diagnostics::CollapseContext collapse_context(const Settings& settings, const NeuronFigures& figures) {
  diagnostics::CollapseContext context;
  context.band = control::holds_band(settings.mode);
  if (settings.mode.has(control::Constraint::guard)) context.sigma_lowest = settings.guard_lowest;
  const bool stationary = settings.prior == Prior::ar1 && settings.ar_form == ArForm::kl;
  if (!stationary || figures.phi.empty() || figures.band_low.empty()) return context;
  const double tau = control::persistence_deviation(bands_of(figures), settings.tau_factor);
  for (const double phi : figures.phi) context.prior_sigma.push_back(tau / std::sqrt(1.0 - phi * phi));
  return context;
}

}  // namespace vdn
