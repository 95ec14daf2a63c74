#pragma once
// The neural forecaster: settings, scaler, linear path and network parameters, ready to forecast any window.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <vdn/core/arena.hpp>
#include <vdn/data/calendar.hpp>
#include <vdn/data/reading.hpp>
#include <vdn/data/scaling.hpp>
#include <vdn/data/splits.hpp>
#include <vdn/data/windows.hpp>
#include <vdn/diagnostics/regime.hpp>
#include <vdn/model/drift.hpp>
#include <vdn/model/forecast_model.hpp>
#include <vdn/model/linear_path.hpp>
#include <vdn/model/naive_pool.hpp>
#include <vdn/model/network.hpp>
#include <vdn/model/packed_line.hpp>
#include <vdn/predictive/calibration.hpp>
#include <vdn/predictive/path_dependence.hpp>
#include <vdn/predictive/series_dependence.hpp>

namespace vdn {

/// Times of the rows that bound the parts (calendar.hpp).
struct PartTimes {
  std::int64_t first = 0;            ///< row 0
  std::int64_t train_last = 0;       ///< the last row of training
  std::int64_t validation_last = 0;  ///< ... of validation
  std::int64_t test_last = 0;        ///< ... of the test; that of validation when there is no test
  std::int64_t last = 0;             ///< row T - 1
  bool operator==(const PartTimes&) const = default;
};

/// What a model remembers of the data it was fitted on.
struct DataRecord {
  std::string source;                     ///< name or path as given
  std::vector<std::string> series_names;  ///< D
  TimeStep step;
  std::size_t rows = 0;         ///< T at the time of fitting
  std::int64_t seen_until = 0;  ///< time of the last row fitted or validated on (calendar.hpp)
  std::string split = "auto";
  Borders borders;
  std::size_t season = 1;  ///< rows of the leading season, for the seasonal naive baseline
  ReadingOptions reading;  ///< how the table was read; later tables are read the same way
  // Empty in models read from files of version 1:
  std::optional<PartTimes> times = {};
  std::optional<std::size_t> missing = {};  ///< values missing while their series exist
  std::string values_sha256 = {};           ///< of the values as read (data/checksum.hpp)
};

/// How training went.
struct TrainingRecord {
  std::size_t epochs = 0;      ///< run
  std::size_t best_epoch = 0;  ///< kept, counted from 1; 0 when training was stopped before the first validation
  std::size_t steps = 0;
  double seconds = 0.0;
  /// Of the best epoch, or measured after pruning; NaN when there is neither.
  double validation_nll = std::numeric_limits<double>::quiet_NaN();
  double validation_mse = std::numeric_limits<double>::quiet_NaN();
  bool interrupted = false;
  std::string version = {};  ///< of the vdn that trained it; empty when not known
};

/// Where every setting came from, by its name: "preset default", "fit.toml:12", "--set"; "horizon" too. Empty when
/// nobody recorded it.
using SettingOrigins = std::map<std::string, std::string>;

/// What a network of these settings needs of a series.
WindowShape window_shape(const Settings& settings);

/// A forecaster. Fitting (train/) fills `parameters`; forecasting leaves them alone but uses buffers of the object, so
/// one object serves one caller at a time (inside a call it uses all threads of the scheduler).
class Forecaster : public ForecastModel {
 public:
  /// `line` may be empty when settings.line is none. Parameters start at their initial values.
  Forecaster(const Settings& settings, std::string preset, Scaler scaler, DataRecord data, LinearPath line);

  ~Forecaster() override;
  Forecaster(Forecaster&&) noexcept;
  Forecaster& operator=(Forecaster&&) noexcept;

  std::string name() const override;
  std::size_t horizon() const override { return network_.horizon(); }
  std::size_t context_rows() const override;
  /// With the settings' score.draws, calibrated unless that is switched off.
  void forecast(ConstMatrix<float> scaled, std::span<const Window> windows, ForecastBatch& out,
                Scheduler& scheduler) override;
  /// The same from latent draws number draws.begin ... draws.end - 1 of every window: sample paths take fresh ones.
  void forecast(ConstMatrix<float> scaled, std::span<const Window> windows, Range draws, ForecastBatch& out,
                Scheduler& scheduler);
  /// True when a forecast depends on which latent draws it is made of: not for a deterministic twin or a plug-in.
  bool stochastic() const { return !plug_in_ && !network_.neurons().shape().deterministic; }
  /// The draws of a forecast: score.draws, or the single one of a plug-in forecast.
  Range score_draws() const { return {0, plug_in_ ? 1 : settings().score_draws}; }

  /// From here on forecasts set z = mu (the plug-in forecast: one draw, fast, not the mean of a non-linear head), or
  /// draw again.
  void use_plug_in(bool plug_in);
  /// From here on forecasts are calibrated (as at first), or as the network and its naive company give them.
  void use_calibration(bool calibrated) { calibrated_ = calibrated; }
  bool uses_calibration() const { return calibrated_; }
  /// From here on the latent draws of a forecast are those of its series alone, or one for all series of an origin,
  /// whose paths then are futures of all of them (at first as score.share_draws says).
  void use_draw_sharing(DrawSharing sharing) { draw_sharing_ = sharing; }
  DrawSharing draw_sharing() const { return draw_sharing_; }
  /// Where in the line's cycle the rows of the tables stand that are forecast from here on (row_phases with the time of
  /// the first row the model was fitted on as anchor). Of no use without a profile.
  void place_rows(std::vector<std::uint32_t> phases) { phases_ = std::move(phases); }
  const std::vector<std::uint32_t>& row_places() const { return phases_; }
  /// True when forecasts are calibrated: there is a calibration, and it is used.
  bool calibrated() const { return calibrated_ && !calibration_.empty(); }

  const Settings& settings() const { return network_.settings(); }
  const std::string& preset() const { return preset_; }
  const Network& network() const { return network_; }
  const Scaler& scaler() const { return scaler_; }
  const DataRecord& data() const { return data_; }
  const LinearPath& line() const { return line_; }
  std::span<const float> parameters() const { return parameters_; }
  /// For writing, up to the next forecast: that one folds and packs the weights, those after it find them ready.
  std::span<float> edit_parameters() {
    ++edits_;
    return parameters_;
  }
  TrainingRecord& training() { return training_; }
  const TrainingRecord& training() const { return training_; }
  /// Of the best epoch.
  RegimeRecord& regime() { return regime_; }
  const RegimeRecord& regime() const { return regime_; }
  /// How the predictive distribution is mapped; empty when it is not.
  Calibration& calibration() { return calibration_; }
  const Calibration& calibration() const { return calibration_; }
  /// Share a in [0, 1] of the network's correction of the line that forecasts keep: with m the mean of the mixture of
  /// score_draws() and l the line, every component is moved by (a - 1)(m - l). 1 without a line.
  double correction_share() const { return correction_share_; }
  void set_correction_share(double share) { correction_share_ = line_.lookback > 0 ? share : 1.0; }
  /// The naive forecasts beside the network; empty where it stands alone.
  NaivePool& naive() { return naive_; }
  const NaivePool& naive() const { return naive_; }
  /// How the residuals of sample paths hang together.
  PathDependence& dependence() { return dependence_; }
  const PathDependence& dependence() const { return dependence_; }
  /// How series move together; used by paths when latent draws are shared. Empty when it is not known.
  SeriesDependence& series_dependence() { return series_dependence_; }
  const SeriesDependence& series_dependence() const { return series_dependence_; }
  /// The neurons' regime over the training windows, and how far validation lay from it; not known for older models.
  DriftReference& drift() { return drift_; }
  const DriftReference& drift() const { return drift_; }
  SettingOrigins& origins() { return origins_; }
  const SettingOrigins& origins() const { return origins_; }

  /// Runs windows through the network in blocks and shows each block to `visit`: its rows in the workspace, and the
  /// number of the block among scan_slots() that run side by side (a slot's visits come one after another, in the order
  /// of the windows). Workspace row b holds window `first + b`. Targets are filled when `targets`.
  using Visit =
      std::function<void(const Network::Workspace<float>& w, Range rows, std::size_t first, std::size_t slot)>;
  void scan(ConstMatrix<float> scaled, std::span<const Window> windows, bool targets, Scheduler& scheduler,
            const Visit& visit);
  /// The same with z = mu, whatever use_plug_in says: one draw.
  void scan_plug_in(ConstMatrix<float> scaled, std::span<const Window> windows, bool targets, Scheduler& scheduler,
                    const Visit& visit);
  /// The same as far as the neurons: posteriors and prices, without what follows from draws.
  void scan_neurons(ConstMatrix<float> scaled, std::span<const Window> windows, Scheduler& scheduler,
                    const Visit& visit);
  static constexpr std::size_t scan_slots() { return 4; }
  /// Windows of a block, each of which brings `draws` rows of the head: at most 512 rows and 32 windows,
  /// which bounds the buffers.
  static std::size_t scan_block(const Settings& s, std::size_t draws) {
    return std::clamp<std::size_t>(512 / draws, 1, std::min<std::size_t>(s.row_block, 32));
  }

  /// Writes rows `rows` of a workspace: normalised contexts, offset, factor, and target with its mask when `targets`.
  /// Throws Error (software) where the line has a profile and the rows of this table were not placed.
  void fill(ConstMatrix<float> scaled, std::span<const Window> windows, const Network::Workspace<float>& w, Range rows,
            bool targets) const;
  /// Latent noise and dropout masks of those rows: pure functions of (seed, step, window, draw).
  void draw(std::span<const Window> windows, std::uint64_t step, const Network::Workspace<float>& w, Range rows,
            bool training, std::size_t first_draw = 0) const;

  /// The measured contribution of every neuron: marginal log-likelihood per window and step lost when the neuron is set
  /// to its prior mean, on the given windows (docs/method.md). Size N, nats.
  std::vector<double> contribution(ConstMatrix<float> scaled, std::span<const Window> windows, Scheduler& scheduler);
  /// The same over `draws` latent draws a window instead of score.draws.
  std::vector<double> contribution(ConstMatrix<float> scaled, std::span<const Window> windows, std::size_t draws,
                                   Scheduler& scheduler);

 private:
  struct Plan;
  void scan_draws(ConstMatrix<float> scaled, std::span<const Window> windows, Range draws, bool targets,
                  Scheduler& scheduler, const Visit& visit);
  /// The plan for `draws` draws, made unless it is there.
  Plan& plan_for(std::size_t draws);
  /// `work` fills and runs the rows of a block.
  using Work = std::function<void(const ConstParameters<float>& p, const Network::Workspace<float>& w,
                                  std::span<const Window> batch, Range rows)>;
  void scan_blocks(std::span<const Window> windows, std::size_t draws, Scheduler& scheduler, const Work& work,
                   const Visit& visit);
  float normalise(std::span<const float> rows, float last, float& centre) const;
  /// A table that holds a window; of a periodic line its context alone, without the cycle.
  struct Source {
    ConstMatrix<float> values;
    Window window;
    float amplitude = 0.0f;  ///< of the cycle
  };
  Source source_of(ConstMatrix<float> scaled, Window window, std::vector<float>& rest) const;
  /// Fills shifts_ with those of the windows, from the draws of the scores.
  void find_shifts(ConstMatrix<float> scaled, std::span<const Window> windows, Scheduler& scheduler);

  Network network_;
  std::string preset_;
  Scaler scaler_;
  DataRecord data_;
  LinearPath line_;
  PackedLine packed_line_;  // empty without a line
  std::vector<float> parameters_;
  std::uint64_t edits_ = 1;  // of the parameters
  TrainingRecord training_;
  RegimeRecord regime_;
  SettingOrigins origins_;
  Calibration calibration_;
  double correction_share_ = 1.0;
  std::vector<float> shifts_;  // (a - 1)(m - l) of the windows of a forecast, [windows][H]
  NaivePool naive_;
  PathDependence dependence_;
  SeriesDependence series_dependence_;
  DriftReference drift_;
  bool plug_in_ = false, calibrated_ = true;
  DrawSharing draw_sharing_;
  std::vector<std::uint32_t> phases_;         // of the table's rows, where the line has a profile
  std::vector<std::unique_ptr<Plan>> plans_;  // the last used first, each for another number of draws
};

/// As long as it lives, forecasts are not calibrated; then they are again as they were.
class Uncalibrated {
 public:
  explicit Uncalibrated(Forecaster& forecaster) : forecaster_(forecaster), before_(forecaster.uses_calibration()) {
    forecaster.use_calibration(false);
  }
  ~Uncalibrated() { forecaster_.use_calibration(before_); }
  Uncalibrated(const Uncalibrated&) = delete;
  Uncalibrated& operator=(const Uncalibrated&) = delete;

 private:
  Forecaster& forecaster_;
  bool before_;
};

/// The step under which latent draws of scoring and prediction are keyed; training counts up from 0.
inline constexpr std::uint64_t scoring_step = ~std::uint64_t{0};

}  // namespace vdn
