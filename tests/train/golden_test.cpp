// Replays tests/golden/golden.json, written by PyTorch (tools/make_golden.py): every output, every gradient and five
// AdamW steps of small networks. The double form must agree to 1e-9 relative, the float form to 1e-4 per tensor.

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include <vdn/train/step.hpp>

#include "support/support.hpp"

namespace vdn {
namespace {

using nlohmann::json;

const json& golden() {
  static const json document = [] {
    std::ifstream file(test::source_folder() / "tests/golden/golden.json");
    return json::parse(file);
  }();
  return document;
}

std::vector<double> tensor(const json& node) {
  if (node.is_number()) return {node.get<double>()};
  return node.at("data").get<std::vector<double>>();
}

template <class Enum>
Enum choose(const std::string& word, const std::map<std::string, Enum>& words) {
  return words.at(word);
}

/// What a case says of its prior; without, it is the standard one.
void set_prior(const json& config, Settings& s) {
  const std::string prior = config.value("prior", "standard");
  s.prior =
      choose<Prior>(prior, {{"standard", Prior::standard}, {"ar1", Prior::ar1}, {"hierarchical", Prior::hierarchical}});
  if (s.prior == Prior::hierarchical) s.macro_dims = config.at("G");
  if (s.prior != Prior::ar1) return;
  s.ar_form =
      choose<ArForm>(config.at("ar_form"), {{"mean", ArForm::mean}, {"draws", ArForm::draws}, {"kl", ArForm::kl}});
  s.ar_weight = config.at("ar_weight");
  s.phi = config.at("phi");
  s.learn_phi = config.at("learn_phi");
  s.band_target = config.at("band_target");
}

Settings settings_of(const json& config) {
  Settings s;
  s.horizon = config.at("H");
  s.lookback = config.at("L");
  s.encoder_width = config.at("C");
  s.neurons = config.at("N");
  s.dims = config.at("K");
  s.components = config.at("M");
  s.tail = 0.0;
  s.head_width = config.at("Q");
  s.moving_average = config.at("W");
  s.pair = config.at("pair");
  s.draws = config.at("S");
  s.dropout = 0.0;  // masks come from the file
  s.sigma = choose<neuron::SigmaMode>(config.at("sigma"), {{"scalar", neuron::SigmaMode::scalar},
                                                           {"per_unit", neuron::SigmaMode::per_unit},
                                                           {"per_unit_input", neuron::SigmaMode::per_unit_input}});
  s.pooling = choose<neuron::Pooling>(
      config.at("pooling"),
      {{"mean", neuron::Pooling::mean}, {"sum", neuron::Pooling::sum}, {"sum_sqrtk", neuron::Pooling::sum_sqrtk}});
  s.twin = config.at("deterministic").get<bool>() ? Twin::deterministic : Twin::none;
  s.scale = choose<nn::ScaleMode>(config.at("scale"),
                                  {{"per_step", nn::ScaleMode::per_step}, {"per_input", nn::ScaleMode::per_input}});
  s.weights = choose<MixtureWeights>(
      config.at("weights"),
      {{"uniform", MixtureWeights::uniform}, {"per_draw", MixtureWeights::per_draw}, {"score", MixtureWeights::score}});
  using kernels::Objective;
  s.objective = choose<Objective>(config.at("objective"), {{"tempered_joint", Objective::tempered_joint},
                                                           {"marginal", Objective::marginal},
                                                           {"joint", Objective::joint},
                                                           {"mixed", Objective::mixed},
                                                           {"elbo", Objective::elbo}});
  s.line = LineMode::frozen;
  s.local_decoder = config.at("local_decoder");
  s.local_decoder_weight = config.at("local_decoder_weight");
  set_prior(config, s);
  return s;
}

/// One case of the file with its base merged in.
struct Case {
  explicit Case(const json& node)
      : config(node.at("config")), outputs(node.at("outputs")), gradients(node.at("gradients")) {
    const std::string base = node.at("base");
    if (!base.empty()) {
      inputs = golden().at("base").at(base).at("inputs");
      parameters = golden().at("base").at(base).at("parameters");
    }
    inputs.update(node.at("inputs"));
    if (base.empty()) parameters = node.at("parameters");
  }
  json config, inputs, parameters, outputs, gradients;
};

template <class Real>
void put(const std::vector<double>& values, std::span<Real> out) {
  ASSERT_EQ(values.size(), out.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<Real>(values[i]);
}

/// A training step holding a case's parameters and inputs.
template <class Real>
class Replay {
 public:
  explicit Replay(const Case& c)
      : case_(c), network(settings_of(c.config), 0), step(network, c.config.at("B"), c.config.at("S")) {
    for (const auto& entry : network.layout().entries()) {
      put<Real>(tensor(c.parameters.at(entry.name)), step.values().subspan(entry.slot.offset, entry.slot.size()));
    }
    const auto beta = tensor(c.inputs.at("beta"));
    std::copy(beta.begin(), beta.end(), step.beta().begin());
    fill();
  }

  StepReport run(Scheduler& scheduler) {
    return step.differentiate(scheduler, [](Range) {});
  }

 private:
  void fill() {
    const auto& w = step.workspace();
    const auto current = tensor(case_.inputs.at("x_cur"));
    const std::size_t B = w.rows, L = network.settings().lookback, P = network.encoder().windows();
    for (std::size_t b = 0; b < B; ++b) {
      for (std::size_t l = 0; l < L; ++l) w.encoder.x(b * P, l) = static_cast<Real>(current[b * L + l]);
    }
    if (P == 2) {
      const auto previous = tensor(case_.inputs.at("x_prev"));
      for (std::size_t i = 0; i < B * L; ++i) w.encoder.x(i / L * P + 1, i % L) = static_cast<Real>(previous[i]);
    }
    const auto eps = tensor(case_.inputs.at("eps"));
    if (!eps.empty()) put<Real>(eps, w.neurons.eps.flat());
    if (case_.inputs.contains("earlier_eps")) {
      put<Real>(tensor(case_.inputs.at("earlier_eps")), w.neurons.ar1.earlier_eps.flat());
    }
    if (case_.inputs.contains("macro_eps")) {
      put<Real>(tensor(case_.inputs.at("macro_eps")), w.neurons.hierarchical.eps.flat());
    }
    put<Real>(tensor(case_.inputs.at("dropout_mask")), w.head.mask.flat());
    put<Real>(tensor(case_.inputs.at("target")), w.target.flat());
    const auto observed = tensor(case_.inputs.at("observed"));
    for (std::size_t i = 0; i < observed.size(); ++i) {
      w.observed.flat()[i] = observed[i] != 0.0;
      if (observed[i] == 0.0) w.target.flat()[i] = std::numeric_limits<Real>::quiet_NaN();
    }
    put<Real>(tensor(case_.inputs.at("offset")), w.offset.flat());
    put<Real>(tensor(case_.inputs.at("factor")), w.factor);
  }

  const Case& case_;

 public:
  Network network;
  TrainingStep<Real> step;
};

/// norm(a - b) <= tolerance * norm(b) + 1e-12; tensors that are zero must be zero to 1e-12 (float: 1e-7).
template <class Real>
void expect_close(std::span<const Real> got, const std::vector<double>& want, const std::string& name) {
  ASSERT_EQ(got.size(), want.size()) << name;
  double difference = 0.0, norm = 0.0;
  for (std::size_t i = 0; i < want.size(); ++i) {
    difference += std::pow(static_cast<double>(got[i]) - want[i], 2);
    norm += want[i] * want[i];
  }
  const bool single = std::is_same_v<Real, float>;
  EXPECT_LE(std::sqrt(difference), (single ? 1e-4 : 1e-9) * std::sqrt(norm) + (single ? 1e-7 : 1e-12)) << name;
}

template <class Real>
void replay_case(const json& node) {
  SCOPED_TRACE(node.at("name").get<std::string>());
  const Case c(node);
  Replay<Real> replay(c);
  Scheduler scheduler(2);
  const StepReport report = replay.run(scheduler);
  const auto& w = replay.step.workspace();
  const auto check = [&](const char* name, std::span<const Real> got) {
    expect_close<Real>(got, tensor(c.outputs.at(name)), name);
  };
  check("context", w.neurons.posterior.context.flat());
  check("mu", w.neurons.posterior.mu.flat());
  check("sigma", w.neurons.posterior.sigma.flat());
  check("z", w.neurons.z.flat());
  check("kl", w.neurons.kl.flat());
  check("out", w.head.out.flat());
  check("mean", w.mean.flat());
  check("scale", w.scale.flat());
  check("log_weight", w.log_weight.flat());
  check("nll", w.nll);
  const double total = c.outputs.at("total"), recon = c.outputs.at("recon");
  const double tolerance = std::is_same_v<Real, float> ? 1e-4 : 1e-9;
  if (c.outputs.contains("macro_kl")) check("macro_kl", w.neurons.hierarchical.kl.flat());
  const double ar = c.outputs.value("ar", 0.0);
  EXPECT_NEAR(report.ar, ar, tolerance * ar);
  EXPECT_NEAR(report.loss, total, tolerance * std::abs(total));
  EXPECT_NEAR(report.reconstruction, recon, tolerance * std::abs(recon));
  for (const auto& entry : replay.network.layout().entries()) {
    expect_close<Real>(replay.step.gradients().subspan(entry.slot.offset, entry.slot.size()),
                       tensor(c.gradients.at(entry.name)), "gradient of " + entry.name);
  }
}

TEST(Golden, EveryOutputAndGradientInDouble) {
  for (const auto& node : golden().at("cases")) replay_case<double>(node);
}

TEST(Golden, EveryOutputAndGradientInFloat) {
  for (const auto& node : golden().at("cases")) replay_case<float>(node);
}

const json& find_case(const std::string& name) {
  for (const auto& node : golden().at("cases")) {
    if (node.at("name") == name) return node;
  }
  throw std::runtime_error("no golden case " + name);
}

TEST(Golden, LocalElbosSumToTheGlobalOne) {
  for (const char* name : {"reference_tempered_joint", "ar1_kl_scalar", "hierarchical"}) {
    const Case c(find_case(name));
    Replay<double> replay(c);
    Scheduler scheduler(2);
    const StepReport report = replay.run(scheduler);
    std::vector<double> elbo(replay.network.neurons().neurons());
    replay.step.local_elbo(report, elbo);
    EXPECT_NEAR(std::accumulate(elbo.begin(), elbo.end(), 0.0), -c.outputs.at("total").get<double>(), 1e-12);
  }
}

TEST(Golden, TheWeightOfTheAr1PenaltyMayChangeFromStepToStep) {
  const Case c(find_case("ar1_mean"));
  Replay<double> replay(c);
  Scheduler scheduler(2);
  const double before = replay.run(scheduler).loss;
  EXPECT_EQ(replay.step.ar_weight(), c.config.at("ar_weight"));
  replay.step.ar_weight() = 0.0;
  const StepReport report = replay.run(scheduler);
  EXPECT_NEAR(report.loss, before - c.config.at("ar_weight").get<double>() * report.ar, 1e-12);
  EXPECT_GT(report.ar, 0.0);
}

template <class Real>
void replay_adamw(const json& run) {
  SCOPED_TRACE(run.at("name").get<std::string>());
  Case c(find_case(run.at("case")));
  Replay<Real> replay(c);
  Settings settings = replay.network.settings();
  settings.learning_rate = run.at("lr");
  settings.weight_decay = run.at("weight_decay");
  settings.clip = run.at("max_norm");
  Scheduler scheduler(2);
  const double tolerance = std::is_same_v<Real, float> ? 1e-4 : 1e-9;
  for (std::size_t t = 0; t < run.at("steps"); ++t) {
    StepReport report = replay.run(scheduler);
    EXPECT_NEAR(report.loss, run.at("total")[t], tolerance * std::abs(run.at("total")[t].get<double>()));
    replay.step.update(scheduler, settings, t + 1, report);
    const double norm = run.at("gradient_norm")[t];
    EXPECT_NEAR(report.gradient_norm, norm, tolerance * norm);
  }
  for (const auto& entry : replay.network.layout().entries()) {
    expect_close<Real>(replay.step.values().subspan(entry.slot.offset, entry.slot.size()),
                       tensor(run.at("parameters").at(entry.name)), entry.name);
  }
}

TEST(Golden, FiveAdamWStepsInDouble) {
  for (const auto& run : golden().at("adamw")) replay_adamw<double>(run);
}

TEST(Golden, FiveAdamWStepsInFloat) {
  for (const auto& run : golden().at("adamw")) replay_adamw<float>(run);
}

}  // namespace
}  // namespace vdn
