#include <vdn/model/settings.hpp>

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

#include <vdn/nn/student_nodes.hpp>

namespace vdn {
namespace {

constexpr double unlimited = std::numeric_limits<double>::max();

constexpr std::array<std::pair<const char*, WindowNorm>, 4> window_norms{
    {{"none", WindowNorm::none},
     {"last", WindowNorm::last},
     {"last_deviation", WindowNorm::last_deviation},
     {"mean_deviation", WindowNorm::mean_deviation}}};

void declare_window(ParameterTable<Settings>& t) {
  t.automatic("window.lookback", &Settings::lookback, 100000,
              "look-back L: rows of context before the forecast; auto: that of the best line by rolling origins, of "
              "36, 96, 192, 336, 512, 720");
  t.automatic<WindowNorm>(
      "window.norm", &Settings::window_norm, {window_norms.begin(), window_norms.end()},
      "what is subtracted from a window, and whether it is divided by its deviation; undone on output; auto: the best "
      "of four short fits by validation NLL");
  t.number("window.floor", &Settings::window_floor, 1e-6, 1e3,
           "smallest deviation a window is divided by, in scaled units (joined under the root)");
  t.integer("window.least_context", &Settings::least_context, 1, 100000,
            "rows of context a window padded on the left has at least, and observed values any window; at most the "
            "look-back");
  t.choice("line.mode", &Settings::line,
           {{"none", LineMode::none}, {"frozen", LineMode::frozen}, {"tuned", LineMode::tuned}},
           "closed-form linear path: ridge regression before training, then kept as it is, or trained on slowly");
  t.number("line.rate", &Settings::line_rate, 0, 1, "learning rate of a tuned line, as a share of train.learning_rate");
  t.automatic<double>("line.penalty", &Settings::line_penalty, 0, 1e6,
                      "ridge penalty, as a multiple of the mean diagonal of the normal matrix");
  t.automatic<LineLevel>("line.level", &Settings::line_level,
                         {{"carried", LineLevel::carried}, {"free", LineLevel::free}},
                         "forecasts of the line move with the level of a window, or the level has a weight of its own");
  t.automatic<LineDrift>(
      "line.drift", &Settings::line_drift, {{"fitted", LineDrift::fitted}, {"none", LineDrift::none}},
      "every step of the line has a constant of its own, or a window that does not move is forecast to "
      "stay where it is");
  t.automatic<std::uint64_t>("line.cycle", &Settings::line_cycle, 0, 100000,
                             "rows of a cycle whose profile, one of each series, is taken out before line and network "
                             "and put back after; 0: none; auto: one found in the training rows, where rolling origins "
                             "bear it out");
  t.automatic<std::uint64_t>("line.rank", &Settings::line_rank, 0, 64,
                             "rank of each series' correction of the pooled line; 0: none; auto: 0 or 8");
  t.automatic<double>("line.series_penalty", &Settings::line_series_penalty, 0, 1e6,
                      "as line.penalty, of the distance between a series' own line and the pooled one");
  t.automatic<LineLoss>("line.loss", &Settings::line_loss,
                        {{"squares", LineLoss::squares}, {"robust", LineLoss::robust}},
                        "all windows count alike in the pooled line, or those it forecasts badly count less (Student's "
                        "t); auto: robust where that lowers the squared error at rolling origins");
}

void declare_network(ParameterTable<Settings>& t) {
  t.integer("encoder.width", &Settings::encoder_width, 1, 65536, "context width C");
  t.integer("encoder.moving_average", &Settings::moving_average, 1, 100000,
            "width of the trend's centred average; at most the look-back");
  t.toggle("encoder.pair", &Settings::pair,
           "the encoder sees the window and the one encoder.stride steps earlier; always so with the ar1 prior");
  t.integer("encoder.stride", &Settings::stride_ar, 1, 10000, "steps between the two windows of a pair");
  t.toggle("encoder.series", &Settings::tells_series,
           "the encoder knows of which series a window is, by a learned vector of every series (of 2 to 4096)");
  t.integer("neuron.count", &Settings::neurons, 1, 1000000, "neurons N");
  t.integer("neuron.dims", &Settings::dims, 1, 1024, "latent dimensions K of each neuron");
  t.choice("neuron.pooling", &Settings::pooling,
           {{"mean", neuron::Pooling::mean}, {"sum", neuron::Pooling::sum}, {"sum_sqrtk", neuron::Pooling::sum_sqrtk}},
           "how K dimensions become one activity");
  t.choice("neuron.sigma", &Settings::sigma,
           {{"scalar", neuron::SigmaMode::scalar},
            {"per_unit", neuron::SigmaMode::per_unit},
            {"per_unit_input", neuron::SigmaMode::per_unit_input}},
           "posterior deviation: one number, one per neuron and dimension, or linear in the context");
  t.number("neuron.sigma_start", &Settings::sigma_start, 1e-4, 10, "posterior deviation at the start");
  t.number("neuron.beta", &Settings::beta, 0, 1, "price of a nat of KL; 1/H makes the objective the true ELBO");
  t.choice("neuron.prior", &Settings::prior,
           {{"standard", Prior::standard}, {"ar1", Prior::ar1}, {"hierarchical", Prior::hierarchical}},
           "N(0, 1), persistence in time, or a global latent of the window that gives every neuron's prior");
  t.choice("neuron.ar_form", &Settings::ar_form, {{"mean", ArForm::mean}, {"draws", ArForm::draws}, {"kl", ArForm::kl}},
           "ar1 as a penalty on mu or on the average draw, or as the KL to the prior the previous window gives");
  t.number("neuron.ar_weight", &Settings::ar_weight, 0, 1e3, "weight lambda of the ar1 penalty");
  t.number("neuron.phi", &Settings::phi, -0.999, 0.999, "persistence phi of ar1 over encoder.stride steps");
  t.toggle("neuron.learn_phi", &Settings::learn_phi, "phi is learned, one per neuron, from neuron.phi");
  t.number("neuron.tau_factor", &Settings::tau_factor, 1e-3, 1e3,
           "deviation tau of ar1 as a multiple of the bands' typical deviation; tau is cut to .03 to 1");
  t.integer("neuron.macro_dims", &Settings::macro_dims, 1, 1024, "dimensions G of the hierarchical prior's latent");
  t.toggle("neuron.local_decoder", &Settings::local_decoder, "every neuron reconstructs its context linearly");
  t.number("neuron.local_decoder_weight", &Settings::local_decoder_weight, 0, 1e6, "weight of that reconstruction");
  t.integer("head.width", &Settings::head_width, 1, 65536, "hidden width of the head");
  t.number("head.dropout", &Settings::dropout, 0, 0.95, "dropout in the head");
  t.integer("head.components", &Settings::components, 1, 65536, "mixture components M per latent draw");
  t.number(
      "head.tail", &Settings::tail, 0, 1e3,
      "degrees of freedom of Student's t, of which every component then is one, made of three normals; 0: normals");
  t.choice(
      "head.weights", &Settings::weights,
      {{"uniform", MixtureWeights::uniform}, {"per_draw", MixtureWeights::per_draw}, {"score", MixtureWeights::score}},
      "component weights: equal, learned within each draw, or learned across all draws");
  t.choice("head.scale", &Settings::scale,
           {{"per_step", nn::ScaleMode::per_step}, {"per_input", nn::ScaleMode::per_input}},
           "predictive scale: one number per component and step, or dependent on the draw");
  t.number("head.scale_floor", &Settings::scale_floor, 1e-6, 10, "smallest predictive scale, scaled units");
  t.number("head.scale_cap", &Settings::scale_cap, 1e-3, unlimited, "largest predictive scale, scaled units");
  t.toggle("head.start_at_zero", &Settings::start_at_zero, "the network starts as the linear path");
}

void declare_control(ParameterTable<Settings>& t) {
  using namespace control;
  t.text("control.mode", &Settings::mode, mode_range(), parse_mode, print_mode,
         "constraints that keep neurons alive; see docs/control.md");
  t.choice("control.activity", &Settings::activity,
           {{"mean_square", Activity::mean_square}, {"pooled", Activity::pooled}},
           "activity of a neuron of several dimensions: mean of mu^2 over them, or the square of the pooled mu");
  t.number("control.warmup", &Settings::warmup, 0, 1e9,
           "before the homeostat acts and penalties begin: a share of the planned steps below 1, else steps");
  t.number("control.ramp", &Settings::ramp, 0, 1e9,
           "over which penalties then grow to their weight: a share of the planned steps below 1, else steps");
  t.integer("control.every", &Settings::every, 1, 1000000, "steps between two acts of homeostat and thermostat");
  t.number("band.target", &Settings::band_target, 1e-4, 1e3, "target t of a neuron's activity, the mean of mu^2");
  t.number("band.lower", &Settings::band_lower, 1e-3, 1e3, "lower end of the band, as a multiple of the target");
  t.number("band.upper", &Settings::band_upper, 1e-3, 1e3,
           "upper end of the band, as a multiple of the target; at least 1.05 times band.lower");
  t.choice(
      "band.spread", &Settings::band_spread,
      {{"homogeneous", Spread::homogeneous}, {"heterogeneous", Spread::heterogeneous}, {"shuffled", Spread::shuffled}},
      "targets all alike, spread over the neurons in order, or that in an order drawn from the seed");
  t.number("band.ratio", &Settings::band_ratio, 1, 1e3, "spread targets reach from target/ratio to target*ratio");
  t.choice("penalty.form", &Settings::penalty_form,
           {{"absolute", PenaltyForm::absolute}, {"relative", PenaltyForm::relative}},
           "distances from the band as they are, or over the end of the band that was passed");
  t.number("penalty.weight", &Settings::penalty_weight, 0, 1e6, "weight lambda_band of the band penalty");
  t.number("penalty.low", &Settings::penalty_low, 0, 1e6, "weight of neurons below their band");
  t.number("penalty.high", &Settings::penalty_high, 0, 1e6, "weight of neurons above their band");
  t.number("penalty.focus", &Settings::penalty_focus, 0, 1,
           "share of low neurons above which penalty.high counts .3 times; 1 never");
  t.choice("homeostat.goal", &Settings::homeostat_goal,
           {{"stay", Goal::stay}, {"geometric", Goal::geometric}, {"arithmetic", Goal::arithmetic}},
           "where a neuron inside its band is taken: nowhere, to the geometric or the arithmetic centre");
  t.number("homeostat.rate", &Settings::homeostat_rate, 0, 0.5, "rate eta of the homeostat at a full band");
  t.number("homeostat.cap", &Settings::homeostat_cap, 1.001, 100, "largest factor of one act, and its inverse");
  t.number("thermostat.low", &Settings::thermostat_low, 0, 1e3, "KL of a neuron below which its price falls, nats");
  t.number("thermostat.high", &Settings::thermostat_high, 0, 1e3, "KL above which its price rises, nats");
  t.number("thermostat.beta_lowest", &Settings::beta_lowest, 0, 1, "lowest price the thermostat or the budget sets");
  t.number("thermostat.beta_highest", &Settings::beta_highest, 0, 1, "highest price the thermostat sets");
  t.number("guard.lowest", &Settings::guard_lowest, 1e-4, 10, "lowest posterior deviation under the guard");
  t.number("guard.highest", &Settings::guard_highest, 1e-4, 10, "highest posterior deviation under the guard");
  t.number("share.target", &Settings::share_target, 0, 1, "share of the loss the ar1 penalty is led to");
  t.number("share.most", &Settings::share_most, 0, 1, "share above which its weight falls faster");
  t.integer("calibration.every", &Settings::calibration_every, 1, 1000000,
            "steps between two calibrations of the band");
  t.number("calibration.high", &Settings::calibration_high, 0, 1,
           "share of neurons above their band at which the band grows no more");
  t.number("budget.nats", &Settings::budget, 1e-3, 1e6, "KL per window the budget leads the layer to, nats");
  t.number("budget.tolerance", &Settings::budget_tolerance, 0, 1e6,
           "share of budget.nats by which the KL of a valid epoch may differ; other epochs are kept only without one");
  t.number("budget.beta_highest", &Settings::budget_beta_highest, 0, 1,
           "highest price the budget sets; the lowest is thermostat.beta_lowest");
}

void declare_selection(ParameterTable<Settings>& t) {
  t.number("select.low", &Settings::select_low, 0, 1, "constrained selection: share of low neurons that costs nothing");
  t.number("select.low_weight", &Settings::select_low_weight, 0, 1e6, "price of the square of what lies above it");
  t.number("select.high", &Settings::select_high, 0, 1, "share of high neurons that costs nothing");
  t.number("select.high_weight", &Settings::select_high_weight, 0, 1e6, "price of the square of what lies above it");
  t.number("select.inside", &Settings::select_inside, 0, 1, "share of neurons inside their band that is asked for");
  t.number("select.inside_weight", &Settings::select_inside_weight, 0, 1e6, "price of the square of what is missing");
  t.number("select.band", &Settings::select_band, 0, 1e6, "distance from the band that costs nothing");
  t.number("select.band_weight", &Settings::select_band_weight, 0, 1e6, "price of the square of what lies above it");
  t.integer("select.gate_epoch", &Settings::gate_epoch, 1, 100000, "constrained selection: first epoch of the gates");
  t.number("select.gate_high", &Settings::gate_high, 0, 1, "share of high neurons above which an epoch is invalid");
  t.number("select.gate_inside", &Settings::gate_inside, 0, 1, "share inside under which an epoch is invalid");
  t.number("select.gate_low", &Settings::gate_low, 0, 1,
           "share of low neurons above which an epoch is invalid unless select.inside is reached");
  t.number("select.gate_band", &Settings::gate_band, 0, 1e6, "distance from the band above which an epoch is invalid");
}

void declare_collapse(ParameterTable<Settings>& t) {
  t.number("collapse.share", &Settings::collapse_share, 0, 1,
           "share of the neurons above which a collapse mode they show is named");
  t.number("collapse.information", &Settings::collapse_information, 0, 1e3,
           "information below which a neuron with its prior's deviation has collapsed to its prior, nats");
  t.number("collapse.prior_sigma", &Settings::collapse_prior_sigma, 0, 1,
           "largest relative distance between its deviation and the prior's");
  t.number("collapse.floor", &Settings::collapse_floor, 1, 1e3,
           "deviations up to so many times the lowest allowed are deterministic");
  t.number("collapse.explosion", &Settings::collapse_explosion, 1e-3, 1e9,
           "activity that is an explosion under a control mode without a band");
  t.number("collapse.lock", &Settings::collapse_lock, 0, 1,
           "autocorrelation of mu over encoder.stride rows above which a neuron is locked");
}

void declare_training(ParameterTable<Settings>& t) {
  using kernels::Objective;
  t.choice("train.objective", &Settings::objective,
           {{"tempered_joint", Objective::tempered_joint},
            {"marginal", Objective::marginal},
            {"joint", Objective::joint},
            {"mixed", Objective::mixed},
            {"elbo", Objective::elbo}},
           "likelihood term; see docs/method.md");
  t.integer("train.draws", &Settings::draws, 1, 4096, "latent draws S in training");
  t.integer("train.batch", &Settings::batch, 1, 1u << 20, "windows per step B");
  t.integer("train.epochs", &Settings::epochs, 1, 100000, "most epochs");
  t.integer("train.patience", &Settings::patience, 1, 100000, "epochs without improvement before stopping");
  t.automatic("train.windows_per_epoch", &Settings::windows_per_epoch, 1ull << 40,
              "windows drawn per epoch at most; an epoch never repeats a window; auto: a fortieth of all, at most "
              "16,384, beyond H = 192 as many steps as those have, at least 4,096");
  t.integer(
      "train.validation_windows", &Settings::validation_windows, 0, 1ull << 40,
      "validation windows scored per epoch at most, evenly spaced; 0: 2,048, beyond H = 192 as many points as those");
  t.number("train.learning_rate", &Settings::learning_rate, 1e-8, 10, "AdamW learning rate");
  t.number("train.weight_decay", &Settings::weight_decay, 0, 10, "AdamW weight decay");
  t.number("train.clip", &Settings::clip, 0, 1e6, "largest gradient norm; 0 does not clip");
  t.number("train.average", &Settings::average, 1e-6, 1,
           "weight of a step's parameters in the moving average that is validated and kept; 1: the present ones");
  t.choice("train.selection", &Settings::selection,
           {{"nll", Selection::nll},
            {"mse", Selection::mse},
            {"crps", Selection::crps},
            {"elbo", Selection::elbo},
            {"constrained", Selection::constrained}},
           "validation figure that keeps the best epoch; constrained: NLL and what select.* asks of the neurons");
  t.integer("train.seed", &Settings::seed, 0, ParameterTable<Settings>::no_limit, "seed of everything random");
  t.integer("train.row_block", &Settings::row_block, 1, 1u << 20,
            "batch rows per task; a different value rounds differently");
  t.integer("score.draws", &Settings::score_draws, 1, 4096, "latent draws in validation, scoring and prediction");
  t.choice(
      "score.share_draws", &Settings::share_draws, {{"none", DrawSharing::none}, {"series", DrawSharing::series}},
      "latent draws of a forecast: every series has its own, or all series of an origin share them and their paths are "
      "paired, so that path n of all is one future");
  t.choice("score.correction", &Settings::correction,
           {{"whole", CorrectionMode::whole}, {"judged", CorrectionMode::judged}},
           "how much forecasts keep of what the network adds to the mean of a line: all of it, or the share that a "
           "rehearsal on earlier rows and validation bear out");
  t.automatic<PoolMode>(
      "score.pool", &Settings::pool, {{"none", PoolMode::none}, {"naive", PoolMode::naive}},
      "what shares the predictive distribution with the network: nothing, or the last value and the last season, with "
      "the weights that validation and a rehearsal bear out; auto: these for tables of fewer than 5,000 rows");
  t.choice(
      "score.calibration", &Settings::calibration, {{"none", CalibrationMode::none}, {"split", CalibrationMode::split}},
      "map the predictive distribution by its record on the later part of the validation rows, and in a rehearsal");
}

}  // namespace

const ParameterTable<Settings>& settings_table() {
  static const ParameterTable<Settings> table = [] {
    ParameterTable<Settings> t;
    declare_window(t);
    declare_network(t);
    declare_control(t);
    declare_collapse(t);
    declare_training(t);
    declare_selection(t);
    return t;
  }();
  return table;
}

Settings preset(const std::string& name) {
  Settings s;
  if (name == "default") return s;
  if (name != "reference") {
    const std::string near = nearest_word(name, std::array<std::string, 2>{"default", "reference"});
    throw Error(ErrorKind::config, "--preset", "there is no preset '" + name + "'",
                near.empty() ? "presets are default and reference" : "did you mean '" + near + "'?");
  }
  s.window_norm = WindowNorm::none;
  s.line = LineMode::none;
  s.pair = true;
  s.tells_series = false;
  s.encoder_width = 256;
  s.neurons = 1024;
  s.head_width = 256;
  s.sigma = neuron::SigmaMode::per_unit;
  s.beta = 5e-3;  // of 1, 2, 5 x 10^-n the largest that keeps 90% of the neurons alive on ETTh1's validation part
  s.dropout = 0.05;
  s.components = 1;
  s.tail = 0.0;
  s.weights = MixtureWeights::uniform;
  s.scale = nn::ScaleMode::per_step;
  s.start_at_zero = false;
  s.objective = kernels::Objective::tempered_joint;
  s.batch = 256;
  s.row_block = 64;
  s.epochs = 12;
  s.patience = 3;
  s.learning_rate = 1e-3;
  s.windows_per_epoch = 65536;
  s.validation_windows = 16384;
  s.average = 1.0;
  s.score_draws = 8;
  s.calibration = CalibrationMode::none;
  s.correction = CorrectionMode::whole;
  s.pool = PoolMode::none;
  return s;
}

bool sees_pair(const Settings& settings) {
  return settings.pair || settings.prior == Prior::ar1;
}

bool pays_ar_penalty(const Settings& settings) {
  return settings.prior == Prior::ar1 && settings.ar_form != ArForm::kl;
}

std::string idle_constraints(const Settings& settings) {
  using control::Constraint;
  const control::Mode& mode = settings.mode;
  if (mode.has(Constraint::share) && !pays_ar_penalty(settings)) {
    return "control.mode share acts on the penalty of neuron.prior = ar1 alone: without it it does nothing";
  }
  if (mode.has(Constraint::calibration) && !control::holds_band(mode)) {
    return "control.mode calibration moves a band that penalty, projection or homeostat holds: without one it does "
           "nothing";
  }
  return "";
}

bool judges_correction(const Settings& settings) {
  return settings.correction == CorrectionMode::judged && settings.line != LineMode::none;
}

Settings with_twin(Settings s, Twin twin) {
  s.twin = twin;
  if (twin == Twin::mixture) s.components *= s.draws;
  if (twin == Twin::deterministic || twin == Twin::mixture) {
    s.draws = 1;
    s.score_draws = 1;
  }
  if (twin != Twin::none) {
    s.beta = 0.0;
    s.pair = sees_pair(s);
    s.prior = Prior::standard;
    s.mode = {};
    if (s.selection == Selection::constrained || s.selection == Selection::elbo) s.selection = Selection::nll;
  }
  return s;
}

const char* twin_name(Twin twin) {
  constexpr std::array<const char*, 4> names{"none", "deterministic", "mixture", "noise"};
  return names[static_cast<std::size_t>(twin)];
}

Twin parse_twin(const std::string& text) {
  for (const Twin twin : {Twin::none, Twin::deterministic, Twin::mixture, Twin::noise}) {
    if (text == twin_name(twin)) return twin;
  }
  throw Error(ErrorKind::config, "--twin", "there is no twin '" + text + "'",
              "twins are deterministic, mixture and noise");
}

namespace {

[[noreturn]] void refuse(const std::string& key, const std::string& problem, const std::string& hint) {
  throw Error(ErrorKind::config, key, problem, hint);
}

/// Every setting inside its declared range: what lies outside could not be printed and read again.
void check_ranges(const Settings& settings) {
  Settings copy;
  for (const auto& parameter : settings_table().parameters()) {
    settings_table().set(copy, parameter.name, parameter.print(settings), "settings");
  }
}

/// What contradicts itself among the settings of control.
void check_control(const Settings& s) {
  using control::Constraint;
  if (s.twin != Twin::none && !s.mode.empty()) {
    refuse("control.mode", std::string("the ") + twin_name(s.twin) + " twin has no neurons to control", "use none");
  }
  if (s.band_upper < 1.05 * s.band_lower) {
    refuse("band.upper", "the band is narrower than 1.05 times its lower end: no neuron could stay inside it",
           "raise band.upper or lower band.lower");
  }
  if (s.thermostat_low > s.thermostat_high) refuse("thermostat.low", "lies above thermostat.high", "lower it");
  if (s.beta_lowest > s.beta_highest) {
    refuse("thermostat.beta_lowest", "lies above thermostat.beta_highest", "lower it");
  }
  if (s.beta_lowest > s.budget_beta_highest) {
    refuse("thermostat.beta_lowest", "lies above budget.beta_highest", "lower it");
  }
  if (s.mode.has(Constraint::thermostat) && s.mode.has(Constraint::budget)) {
    refuse("control.mode", "thermostat and budget would both set the price of every neuron", "take one of them");
  }
  if (s.guard_lowest >= s.guard_highest) refuse("guard.lowest", "is not below guard.highest", "lower it");
  if (s.mode.has(Constraint::guard) && (s.sigma_start < s.guard_lowest || s.sigma_start > s.guard_highest)) {
    refuse("neuron.sigma_start", "lies outside guard.lowest to guard.highest, where no gradient would move it",
           "start between them");
  }
}

}  // namespace

const char* window_norm_name(WindowNorm norm) {
  const auto named = [norm](const auto& entry) { return entry.second == norm; };
  return std::find_if(window_norms.begin(), window_norms.end(), named)->first;
}

std::size_t line_rank(const Settings& s) {
  return std::min({s.line_rank.value_or(0), s.horizon, s.lookback});
}

LineOptions line_options(const Settings& s) {
  LineOptions options;
  options.penalty = s.line_penalty.value_or(options.penalty);
  options.free_level = s.line_level.value_or(LineLevel::carried) == LineLevel::free;
  options.drift = s.line_drift.value_or(LineDrift::fitted) == LineDrift::fitted;
  options.rank = line_rank(s);
  options.cycle = s.line_cycle.value_or(0);
  options.series_penalty = s.line_series_penalty.value_or(options.series_penalty);
  options.least_context = s.least_context;
  options.robust = s.line_loss.value_or(LineLoss::squares) == LineLoss::robust;
  return options;
}

void check_settings(const Settings& s) {
  check_ranges(s);
  if (s.horizon == 0) refuse("--horizon", "the horizon must be at least 1 row", "give --horizon H");
  if (s.horizon > horizon_limit) refuse("--horizon", "the horizon is longer than any table", "give a shorter one");
  if (s.scale_floor / nn::student_nodes(s.tail).scale.front() >= s.scale_cap) {
    refuse("head.scale_floor", "the floor is not below head.scale_cap", "lower the floor");
  }
  if (s.tail > 0 && s.tail < 2)
    refuse("head.tail", "fewer than 2 degrees of freedom have no normals near them", "set 0 or at least 2");
  check_control(s);
}

std::string settings_markdown() {
  const Settings standard = preset("default"), reference = preset("reference");
  std::string text =
      "# Parameters\n\nGenerated by `vdn parameters --markdown` from the one declaration of each parameter in\n"
      "`src/model/settings.cpp`. Set one with `--set key=value` or in a TOML file given to `--config`.\n\n"
      "| key | default | reference | allowed | meaning |\n| --- | --- | --- | --- | --- |\n";
  for (const auto& p : settings_table().parameters()) {
    std::string range = p.range;
    for (std::size_t at = range.find('|'); at != std::string::npos; at = range.find('|', at + 2))
      range.insert(at, "\\");
    text += fmt::format("| `{}` | {} | {} | {} | {} |\n", p.name, p.print(standard), p.print(reference), range, p.help);
  }
  return text;
}

}  // namespace vdn
