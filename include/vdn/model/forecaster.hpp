#pragma once
// The neural forecaster: settings, scaler, linear path and network parameters, ready to forecast any window.

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
#include <vdn/data/scaling.hpp>
#include <vdn/data/splits.hpp>
#include <vdn/model/forecast_model.hpp>
#include <vdn/model/linear_path.hpp>
#include <vdn/model/network.hpp>

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
  // Empty in models read from files of version 1:
  std::optional<PartTimes> times = {};
  std::optional<std::size_t> missing = {};  ///< values missing among the D*T
  std::string values_sha256 = {};           ///< of the values as read (data/checksum.hpp)
  std::map<std::string, std::string> reading =
      {};  ///< options the table was read with that are not the usual ones, by name
};

/// How training went.
struct TrainingRecord {
  std::size_t epochs = 0;      ///< run
  std::size_t best_epoch = 0;  ///< kept, counted from 1; 0 when training was stopped before the first validation
  std::size_t steps = 0;
  double seconds = 0.0;
  double validation_nll = std::numeric_limits<double>::quiet_NaN();  ///< of the best epoch; NaN when there is none
  double validation_mse = std::numeric_limits<double>::quiet_NaN();
  bool interrupted = false;
  std::string version = {};  ///< of the vdn that trained it; empty when not known
};

/// What the neurons did over the validation windows (METHOD sections 3 and 7): moments over all the windows, never
/// averages of batches.
struct RegimeRecord {
  double mu2_mean = 0.0;    ///< mean over neurons of m_i = mean mu_i^2
  double sigma_mean = 0.0;  ///< mean posterior deviation
  double kl_mean = 0.0;     ///< mean KL per neuron, nats
  double info_sum = 0.0;    ///< sum over neurons of info_i = 0.5 ln(1 + v_i / mean sigma_i^2), v_i = variance of mu_i
  double alive = 0.0;       ///< share of neurons with info_i > alive_information
  std::vector<float> mu2, sigma, kl, info;  ///< [N] each: m_i, mean sigma_i, mean KL_i, info_i; empty when not known
  bool known() const { return !mu2.empty(); }
};

/// Where every setting came from, by its name: "preset default", "fit.toml:12", "--set"; "horizon" too. Empty when
/// nobody recorded it.
using SettingOrigins = std::map<std::string, std::string>;

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
  void forecast(ConstMatrix<float> scaled, std::span<const Window> windows, ForecastBatch& out,
                Scheduler& scheduler) override;

  /// From here on forecasts set z = mu (the plug-in forecast: one draw, fast, not the mean of a non-linear head), or
  /// draw again.
  void use_plug_in(bool plug_in);

  const Settings& settings() const { return network_.settings(); }
  const std::string& preset() const { return preset_; }
  const Network& network() const { return network_; }
  const Scaler& scaler() const { return scaler_; }
  const DataRecord& data() const { return data_; }
  const LinearPath& line() const { return line_; }
  std::span<float> parameters() { return parameters_; }
  std::span<const float> parameters() const { return parameters_; }
  TrainingRecord& training() { return training_; }
  const TrainingRecord& training() const { return training_; }
  /// Of the best epoch.
  RegimeRecord& regime() { return regime_; }
  const RegimeRecord& regime() const { return regime_; }
  SettingOrigins& origins() { return origins_; }
  const SettingOrigins& origins() const { return origins_; }

  /// Runs windows through the network in blocks and shows each block to `visit`: its rows in the workspace, and the
  /// number of the block among scan_slots() that run side by side (a slot's visits come one after another, in the order
  /// of the windows). Workspace row b holds window `first + b`. Targets are filled when `targets`.
  using Visit =
      std::function<void(const Network::Workspace<float>& w, Range rows, std::size_t first, std::size_t slot)>;
  void scan(ConstMatrix<float> scaled, std::span<const Window> windows, bool targets, Scheduler& scheduler,
            const Visit& visit);
  static constexpr std::size_t scan_slots() { return 4; }

  /// Writes rows `rows` of a workspace: normalised contexts, offset, factor, and target with its mask when `targets`.
  void fill(ConstMatrix<float> scaled, std::span<const Window> windows, const Network::Workspace<float>& w, Range rows,
            bool targets) const;
  /// Latent noise and dropout masks of those rows: pure functions of (seed, step, window, draw).
  void draw(std::span<const Window> windows, std::uint64_t step, const Network::Workspace<float>& w, Range rows,
            bool training) const;

  /// The measured contribution of every neuron: marginal log-likelihood per window and step lost when the neuron is set
  /// to its prior mean, on the given windows (METHOD section 1). Size N, nats.
  std::vector<double> contribution(ConstMatrix<float> scaled, std::span<const Window> windows, Scheduler& scheduler);

 private:
  struct Plan;
  float normalise(std::span<float> context, float& centre) const;

  Network network_;
  std::string preset_;
  Scaler scaler_;
  DataRecord data_;
  LinearPath line_;
  std::vector<float> line_weight_, line_bias_, line_row_sum_;  // [H,L], [H], [H] in single precision
  std::vector<float> parameters_;
  TrainingRecord training_;
  RegimeRecord regime_;
  SettingOrigins origins_;
  bool plug_in_ = false;
  std::unique_ptr<Plan> plan_;  // buffers of scan(), made at first use
};

/// The step under which latent draws of scoring and prediction are keyed; training counts up from 0.
inline constexpr std::uint64_t scoring_step = ~std::uint64_t{0};

}  // namespace vdn
