// C3: does the share of neurons outside their band foretell the test error, early enough to prune by it?

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include <vdn/core/random.hpp>
#include <vdn/study/measure.hpp>
#include <vdn/study/statistics.hpp>

#include "study/studies.hpp"

namespace vdn::studies {
namespace {

/// Draws of one random configuration: number i of its stream.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : stream_(stream_key(seed, Purpose::search)) {}
  double uniform() { return to_uniform(philox(stream_, {next_++, 0, 0, 0})[0]); }
  double log_between(double low, double high) { return low * std::pow(high / low, uniform()); }
  double between(double low, double high) { return low + (high - low) * uniform(); }
  template <std::size_t n>
  double one_of(const std::array<double, n>& values) {
    return values[std::min(n - 1, static_cast<std::size_t>(uniform() * static_cast<double>(n)))];
  }

 private:
  StreamKey stream_;
  std::uint32_t next_ = 0;
};

/// The source's ranges; warm-up and ramp as shares of the planned steps. The mode is drawn too: with
/// one mode alone nearly all neurons end where it puts them.
std::vector<std::pair<std::string, std::string>> random_configuration(std::uint64_t number) {
  Draws draws(number);
  const auto text = [](double value) { return fmt::format("{:.6g}", value); };
  const double beta_highest = draws.one_of<4>({1.5e-3, 2.5e-3, 4e-3, 6e-3});
  constexpr std::array<const char*, 4> modes{"penalty", "projection", "homeostasis",
                                             "penalty+homeostat+thermostat+guard"};
  const auto mode = static_cast<std::size_t>(draws.uniform() * 4);
  return {{"control.mode", modes[std::min<std::size_t>(mode, 3)]},
          {"train.learning_rate", text(draws.log_between(2e-4, 2e-3))},
          {"neuron.sigma_start", text(draws.log_between(.25, 1))},
          {"penalty.weight", text(draws.one_of<5>({.6, .8, 1.2, 1.8, 2.5}))},
          {"thermostat.beta_highest", text(beta_highest)},
          {"neuron.beta", text(std::min(6e-4, .35 * beta_highest))},
          {"band.target", text(draws.one_of<3>({.03, .05, .08}))},
          {"homeostat.rate", text(draws.between(.08, .24))},
          {"homeostat.cap", text(draws.between(1.1, 1.8))},
          {"band.spread", draws.uniform() < .5 ? "homogeneous" : "shuffled"},
          {"band.ratio", text(draws.log_between(2, 10))},
          {"neuron.dims", text(draws.one_of<5>({1, 2, 4, 8, 16}))},
          {"control.warmup", text(draws.between(.05, .2))},
          {"control.every", text(draws.one_of<3>({1, 5, 10}))}};
}

double trace_at(const TrialResult& r, const char* name, std::size_t epoch) {
  const auto found = r.traces.find(name);
  if (found == r.traces.end() || found->second.empty()) return std::nan("");
  return found->second[std::min(epoch, found->second.size() - 1)];
}

std::vector<double> traces_at(const TrialResults& results, const char* name, std::size_t epoch) {
  std::vector<double> values;
  for (const TrialResult& r : results) values.push_back(trace_at(r, name, epoch));
  return values;
}

/// What dropping the worse half by `early` after an epoch would have saved and lost.
struct Outcome {
  double saved = 0.0;  ///< share of the epochs not run
  double lost = 0.0;   ///< relative: test MSE of the survivors' choice by validation over that of all
};

Outcome drop_half(const TrialResults& results, const std::vector<double>& early, std::size_t after) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < results.size(); ++i) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return early[a] < early[b]; });
  const std::size_t kept = (order.size() + 1) / 2;
  double all = 0, run = 0, best_all = INFINITY, best_kept = INFINITY, mse_all = 0, mse_kept = 0;
  for (std::size_t place = 0; place < order.size(); ++place) {
    const TrialResult& r = results[order[place]];
    const double epochs = r.figure("epochs"), nll = r.figure("validation_nll");
    all += epochs;
    run += place < kept ? epochs : std::min(epochs, static_cast<double>(after));
    if (nll < best_all) {
      best_all = nll;
      mse_all = r.figure("mse");
    }
    if (place < kept && nll < best_kept) {
      best_kept = nll;
      mse_kept = r.figure("mse");
    }
  }
  return {1 - run / all, mse_kept / mse_all - 1};
}

class Pruning : public Study {
 public:
  std::string name() const override { return "pruning"; }
  std::string claim() const override {
    return "C3: the share of neurons outside their band correlates with the test MSE and serves as an early signal "
           "to stop a configuration. Random configurations of the source's ranges; rank correlations; information "
           "and validation NLL stand beside it.";
  }
  std::vector<std::string> usual_data() const override { return {"exchange", "etth1"}; }
  std::size_t usual_seeds() const override { return 40; }

  std::vector<Trial> plan(const StudyOptions& options) const override {
    refuse_arms(*this, options);
    std::vector<Trial> plan;
    const std::size_t count = options.seeds ? options.seeds : usual_seeds();
    for (std::uint64_t number = 0; number < count; ++number) {
      for (const std::string& data : options.data.empty() ? usual_data() : options.data) {
        StudyOptions own = options;
        own.set = random_configuration(number);
        own.set.insert(own.set.end(), options.set.begin(), options.set.end());
        plan.push_back({"random", data, options.preset, study_settings(own, data, number)});
      }
    }
    return plan;
  }

  TrialResult measure(const Trial& trial, const LoadedData& data, Scheduler& scheduler,
                      TrainingObserver& observer) const override {
    return measure_trial(name(), trial, data, scheduler, observer, {});
  }

  StudyFindings find(const TrialResults& results) const override {
    StudyFindings found;
    StudyTable table{
        "Rank correlation with the test MSE, and dropping the worse half after epoch 2",
        {"data", "configurations", "signal", "after epoch 2", "at the end", "epochs saved", "test MSE lost"}};
    for (const std::string& data : data_of(results)) {
      const TrialResults own = select(results, data, "random");
      const std::vector<double> mse = figures(own, "mse");
      for (const auto& [words, trace, sign] : {std::tuple{"share outside the band", "outside", 1.0},
                                               {"information", "info", -1.0},
                                               {"validation NLL", "validation_nll", 1.0}}) {
        std::vector<double> early = traces_at(own, trace, 1);
        const Outcome outcome = [&] {
          std::vector<double> worse = early;
          for (double& value : worse) value *= sign;
          return drop_half(own, worse, 2);
        }();
        table.rows.push_back(
            {data, std::to_string(own.size()), words, fmt::format("{:+.2f}", rank_correlation(early, mse)),
             fmt::format("{:+.2f}", rank_correlation(traces_at(own, trace, 1000), mse)),
             fmt::format("{:.0f}%", 100 * outcome.saved), fmt::format("{:+.1f}%", 100 * outcome.lost)});
      }
    }
    found.tables.push_back(table);
    LineChart chart{.title = "Share of neurons outside their band after epoch 2, by rank of the test MSE",
                    .x_label = "rank of the configuration by test MSE",
                    .y_label = "share outside"};
    std::size_t style = 0;
    for (const std::string& data : data_of(results)) {
      TrialResults own = select(results, data, "random");
      std::stable_sort(own.begin(), own.end(),
                       [](const auto& a, const auto& b) { return a.figure("mse") < b.figure("mse"); });
      ChartLine line{data, {}, traces_at(own, "outside", 1), style++, true};
      for (std::size_t i = 0; i < own.size(); ++i) line.x.push_back(static_cast<double>(i + 1));
      chart.lines.push_back(std::move(line));
    }
    if (!chart.lines.empty()) found.picture = chart;
    return found;
  }
};

}  // namespace

std::unique_ptr<Study> pruning() {
  return std::make_unique<Pruning>();
}

}  // namespace vdn::studies
