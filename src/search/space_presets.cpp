#include <array>

#include <vdn/search/space.hpp>

namespace vdn::search {
namespace {

using Values = std::vector<std::string>;

Dimension range(std::string key, Scale scale, double low, double high) {
  return {std::move(key), scale, low, high, {}, {}};
}

Dimension choice(std::string key, Values choices) {
  return {std::move(key), Scale::choice, 0.0, 0.0, std::move(choices), {}};
}

Dimension when_homeostasis(Dimension dimension) {
  dimension.when = {"control.mode", {"homeostasis"}};
  return dimension;
}

/// Optimiser, regularisation, size and objective of the network; control as a question of yes or no, at work before
/// the first rung.
SearchSpace default_space() {
  return {{range("train.learning_rate", Scale::log, 3e-4, 3e-3),
           range("head.dropout", Scale::linear, 0.0, 0.5),
           choice("train.average", {"0.002", "0.005", "0.02"}),
           choice("train.batch", {"32", "64", "128"}),
           range("neuron.count", Scale::log_integer, 32, 256),
           choice("encoder.width", {"64", "128", "256"}),
           choice("head.width", {"64", "128", "256"}),
           choice("head.components", {"2", "4", "8", "16"}),
           choice("head.tail", {"0", "4"}),
           choice("train.draws", {"2", "4", "8"}),
           range("neuron.beta", Scale::log, 1e-4, 1e-2),
           range("neuron.sigma_start", Scale::log, 0.25, 1.0),
           choice("line.rate", {"0", "0.03", "0.1", "0.3"}),
           choice("train.objective", {"joint", "mixed", "marginal"}),
           choice("window.norm", {"last", "last_deviation", "mean_deviation"}),
           choice("train.weight_decay", {"0", "0.001", "0.01"}),
           choice("control.mode", {"none", "homeostasis"}),
           when_homeostasis(range("band.target", Scale::log, 0.03, 0.3)),
           when_homeostasis(choice("control.warmup", {"16", "32"})),
           when_homeostasis(choice("control.ramp", {"16", "32"}))},
          {},
          {}};
}

/// The ranges of the source's own search. It calibrates no band; targets are shuffled, or band.ratio would change
/// nothing. An epoch has 256 steps of 64 windows, as many as the source's: warm-up and ramp are steps.
SearchSpace source_space() {
  return {
      {range("train.learning_rate", Scale::log, 2e-4, 2e-3), range("neuron.sigma_start", Scale::log, 0.25, 1.0),
       choice("penalty.weight", {"0.6", "0.8", "1.2", "1.8", "2.5"}),
       choice("thermostat.beta_highest", {"0.0015", "0.0025", "0.004", "0.006"}),
       choice("band.target", {"0.03", "0.05", "0.08"}), range("homeostat.rate", Scale::linear, 0.08, 0.24),
       range("homeostat.cap", Scale::linear, 1.1, 1.8), range("neuron.phi", Scale::linear, 0.85, 0.97),
       range("neuron.tau_factor", Scale::linear, 0.5, 1.0), range("band.ratio", Scale::log, 2.0, 10.0),
       choice("neuron.dims", {"1", "2", "4", "8", "16"}), choice("control.warmup", {"64", "96", "128", "160", "224"}),
       choice("control.ramp", {"64", "96", "128"}), choice("control.every", {"1", "5", "10"})},
      {{"neuron.beta", "thermostat.beta_highest", 0.35, 6e-4}},
      {{"control.mode", "penalty+homeostat+thermostat+guard+share"},
       {"neuron.prior", "ar1"},
       {"band.spread", "shuffled"},
       {"train.windows_per_epoch", "16384"}}};
}

}  // namespace

SearchSpace preset_space(const std::string& name) {
  if (name == "default") return default_space();
  if (name == "source") return source_space();
  const std::string near = nearest_word(name, std::array<std::string, 2>{"default", "source"});
  throw Error(
      ErrorKind::config, "--space", "there is no search space '" + name + "'",
      near.empty() ? "spaces are default and source" : "did you mean '" + near + "'? Spaces are default and source");
}

}  // namespace vdn::search
