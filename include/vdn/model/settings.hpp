#pragma once
// Everything a user may set, declared once. The table behind it gives the TOML reader, --set, --help and
// docs/parameters.md.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <vdn/control/settings.hpp>
#include <vdn/core/parameter_table.hpp>
#include <vdn/diagnostics/collapse.hpp>
#include <vdn/kernels/mixture.hpp>
#include <vdn/model/linear_path.hpp>
#include <vdn/neuron/layer.hpp>
#include <vdn/nn/head.hpp>

namespace vdn {

/// What is subtracted from a window and what it is divided by before the network sees it; undone on output.
enum class WindowNorm { none, last, last_deviation, mean_deviation };
const char* window_norm_name(WindowNorm norm);
/// The closed-form linear path beside the network: kept as it is, or with a change of its weights that is trained.
enum class LineMode { none, frozen, tuned };
/// Whether the line's forecasts move with the level of a window, or give it a weight of its own.
enum class LineLevel { carried, free };
enum class LineDrift { fitted, none };
enum class LineLoss { squares, robust };
/// How components are weighted: all alike, M against each other within each draw, or all S*M against each other.
enum class MixtureWeights { uniform, per_draw, score };
/// Whom the latent draws of a forecast belong to: each series has its own, or all series of an origin share them.
enum class DrawSharing { none, series };
/// The twins a claim about the neuron is made against (docs/method.md).
enum class Twin { none, deterministic, mixture, noise };
/// Which validation figure keeps the best epoch.
enum class Selection { nll, mse, crps, elbo, constrained };
using neuron::ArForm;
using neuron::Prior;
/// Whether the predictive distribution is mapped by its record on validation rows kept for that (split conformal).
enum class CalibrationMode { none, split };
enum class CorrectionMode { whole, judged };
/// What shares the predictive distribution with the network.
enum class PoolMode { none, naive };

/// What the `constrained` selection asks of the neurons (docs/control.md); shares of neurons.
struct SelectionSettings {
  double select_low = 0.20, select_low_weight = 6.0;         ///< weight * relu(low - .20)^2 is added to the NLL
  double select_high = 0.10, select_high_weight = 12.0;      ///< likewise
  double select_inside = 0.58, select_inside_weight = 10.0;  ///< weight * relu(.58 - inside)^2
  double select_band = 1.5, select_band_weight = 0.25;       ///< of the distance from the band (control::band_distance)
  std::uint64_t gate_epoch = 4;                              ///< first epoch the gates close
  double gate_high = 0.12, gate_inside = 0.50, gate_low = 0.48, gate_band = 9.0;
  bool operator==(const SelectionSettings&) const = default;
};

/// A setting that is chosen on validation windows when the fit begins as long as it is empty ("auto"); of a model it
/// never is.
template <class Value>
using Automatic = std::optional<Value>;

/// Those of the control and the diagnostics of neurons come first, from the modules that act on them.
struct Settings : control::ControlSettings, diagnostics::CollapseSettings, SelectionSettings {
  std::uint64_t horizon = 0;     // set by the command, not by the table
  std::uint64_t lookback = 336;  // 0: chosen on validation windows when the fit begins
  Automatic<WindowNorm> window_norm = WindowNorm::mean_deviation;  // auto: by short fits when the fit begins
  double window_floor = 0.1;
  std::uint64_t least_context = 8;

  LineMode line = LineMode::tuned;
  double line_rate = 0.1;
  Automatic<double> line_penalty;
  Automatic<LineLevel> line_level = LineLevel::carried;
  Automatic<LineDrift> line_drift;
  Automatic<std::uint64_t> line_cycle;
  Automatic<std::uint64_t> line_rank;
  Automatic<double> line_series_penalty;
  Automatic<LineLoss> line_loss = LineLoss::squares;

  std::uint64_t encoder_width = 64;
  std::uint64_t moving_average = 25;
  bool pair = false;
  std::uint64_t stride_ar = 4;
  bool tells_series = true;

  std::uint64_t neurons = 64;
  std::uint64_t dims = 1;
  neuron::Pooling pooling = neuron::Pooling::mean;
  neuron::SigmaMode sigma = neuron::SigmaMode::per_unit_input;
  double sigma_start = 0.5;
  double beta = 6e-4;
  Prior prior = Prior::standard;
  ArForm ar_form = ArForm::mean;
  double ar_weight = 1.0;
  double phi = 0.95;
  bool learn_phi = false;
  double tau_factor = 0.8;
  std::uint64_t macro_dims = 8;
  bool local_decoder = false;
  double local_decoder_weight = 1.0;

  std::uint64_t head_width = 64;
  double dropout = 0.3;
  std::uint64_t components = 4;
  MixtureWeights weights = MixtureWeights::per_draw;
  nn::ScaleMode scale = nn::ScaleMode::per_input;
  double tail = 4.0;
  double scale_floor = 0.01;
  double scale_cap = 50.0;
  bool start_at_zero = true;

  kernels::Objective objective = kernels::Objective::mixed;
  std::uint64_t draws = 4;
  std::uint64_t score_draws = 8;
  DrawSharing share_draws = DrawSharing::none;
  CalibrationMode calibration = CalibrationMode::split;
  CorrectionMode correction = CorrectionMode::judged;
  Automatic<PoolMode> pool;  // auto: by the rows of the table
  Twin twin = Twin::none;

  std::uint64_t batch = 64;
  std::uint64_t epochs = 150;
  std::uint64_t patience = 8;
  std::uint64_t windows_per_epoch = 0;   ///< 0: by how many there are (epoch_windows)
  std::uint64_t validation_windows = 0;  ///< 0: by the horizon (validation_limit)
  double learning_rate = 2e-3;
  double weight_decay = 0.0;
  double clip = 1.0;
  double average = 0.005;
  Selection selection = Selection::nll;
  std::uint64_t seed = 0;
  std::uint64_t row_block = 32;

  bool operator==(const Settings&) const = default;
};

/// True when the encoder sees the earlier window too: where it is told to, and under the ar1 prior.
bool sees_pair(const Settings& settings);
/// True when an ar1 prior adds a penalty to the loss: in its forms mean and draws, not as an exact KL.
bool pays_ar_penalty(const Settings& settings);
/// What of control.mode acts on nothing under these settings, as a sentence; empty where all of it does something.
std::string idle_constraints(const Settings& settings);
/// A rehearsal says how much of the network's correction forecasts keep (train/correction.hpp): asked for, and there is
/// a line to correct.
bool judges_correction(const Settings& settings);

/// The declarations: name, range and help of every setting (horizon, twin and seed come from the command line too).
const ParameterTable<Settings>& settings_table();

/// "default" (what users get) or "reference" (the source's network, exact). Throws (config) for another name.
Settings preset(const std::string& name);

/// The settings of a twin: same data, budget and head.
///   deterministic: z = mu, one draw, no price;  mixture: as that with S*M output components;  noise: beta = 0.
/// None has a prior of its own; where the ar1 prior gave the encoder the pair it keeps it. None is controlled:
/// control.mode becomes none, a train.selection that looks at neurons becomes nll.
Settings with_twin(Settings settings, Twin twin);
const char* twin_name(Twin twin);
Twin parse_twin(const std::string& text);

/// The rank of the line's corrections by series: line.rank, at most L and H; 0 where it is "auto".
std::size_t line_rank(const Settings& settings);
/// What the settings say of the closed-form line; what is "auto" stands at the default of LineOptions.
LineOptions line_options(const Settings& settings);

/// Longest horizon; keeps every size computed from settings inside 64 bits.
inline constexpr std::uint64_t horizon_limit = 10'000'000;

/// Throws (config) when a setting lies outside its range (docs/parameters.md), the horizon is missing or longer than
/// horizon_limit, or settings contradict each other.
void check_settings(const Settings& settings);

/// Markdown of docs/parameters.md: one row per setting with its default under both presets.
std::string settings_markdown();

}  // namespace vdn
