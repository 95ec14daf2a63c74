#include <vdn/evaluate/prune.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include <vdn/core/error.hpp>
#include <vdn/predictive/metrics.hpp>
#include <vdn/train/calibrate.hpp>
#include <vdn/train/fit_job.hpp>
#include <vdn/train/record_drift.hpp>
#include <vdn/train/validation.hpp>

namespace vdn {
namespace {

constexpr std::size_t ranking_windows = 64, refit_windows = 256, measured_windows = 512;
constexpr double round_share = 2.0 / 3.0;  // of the neurons that stay in a round
constexpr std::size_t refinements = 3;     // halvings of the last step towards the loss allowed

/// Everything a round needs.
struct Ground {
  Forecaster& whole;
  ConstMatrix<float> scaled;
  std::vector<Window> ranking, refit, measured;
  Scheduler& scheduler;
};

/// A network of some of the whole's neurons.
struct Candidate {
  Forecaster model;
  std::vector<std::size_t> kept;
  PrunePoint point;
};

void check_table(const Forecaster& model, const SeriesSet& series) {
  const DataRecord& record = model.data();
  const Borders& borders = record.borders;
  const auto refuse = [&](const std::string& problem) {
    throw Error(ErrorKind::data, series.source, problem,
                "pruning measures on the rows of the fit: give the table the model was fitted on");
  };
  if (series.length() < borders.val_end) {
    refuse(fmt::format("has {} rows, the model was fitted on {}", series.length(), borders.val_end));
  }
  if (!record.times) return;
  if (series.times.front() != record.times->first ||
      series.times[borders.val_end - 1] != record.times->validation_last) {
    refuse("does not have the times the model was fitted on");
  }
}

void check_target(const PruneTarget& target, std::size_t neurons) {
  if (target.neurons.has_value() == target.loss.has_value()) {
    throw Error(ErrorKind::usage, "", "either --keep or --loss is needed", "give one, such as --keep 50%");
  }
  if (target.neurons && (*target.neurons == 0 || *target.neurons > neurons)) {
    throw Error(ErrorKind::usage, "--keep", fmt::format("{} of {} neurons cannot be kept", *target.neurons, neurons),
                fmt::format("give 1 to {}, or a percentage", neurons));
  }
  if (target.loss && !(*target.loss >= 0.0 && *target.loss < 1.0)) {
    throw Error(ErrorKind::usage, "--loss", fmt::format("{:g}% is no loss to allow", 100.0 * *target.loss),
                "give a percentage from 0 to 100, such as 1%");
  }
}

/// Of 1000 forecasts, the better of two runs.
double seconds_of(Forecaster& model, const Ground& g) {
  ForecastBatch out;
  const std::span<const Window> windows(g.measured.data(), std::min<std::size_t>(256, g.measured.size()));
  double best = 0.0;
  for (int repeat = 0; repeat < 2; ++repeat) {
    const auto begin = std::chrono::steady_clock::now();
    model.forecast(g.scaled, windows, out, g.scheduler);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    if (repeat == 0 || took.count() < best) best = took.count();
  }
  return 1000.0 * best / static_cast<double>(windows.size());
}

PrunePoint measure(Forecaster& model, const Ground& g) {
  const Uncalibrated scope(model);
  MetricAccumulator metrics(model.horizon(), g.whole.scaler().deviation);
  constexpr std::size_t block = 64;
  ForecastBatch forecast;
  for (std::size_t first = 0; first < g.measured.size(); first += block) {
    const std::span<const Window> windows(g.measured.data() + first, std::min(block, g.measured.size() - first));
    model.forecast(g.scaled, windows, forecast, g.scheduler);
    const WindowTargets targets(g.scaled, windows, model.horizon());
    metrics.add(targets.series(), forecast.mixtures({0, windows.size()}, targets));
  }
  const Metrics m = metrics.scaled();
  return {model.network().neurons().neurons(), m.nll, m.crps, seconds_of(model, g)};
}

/// `count` of the neurons of `from`: those that contribute most.
Candidate smaller(Candidate& from, std::span<const double> contribution, std::size_t count, const Ground& g) {
  std::vector<std::size_t> order(from.kept.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return contribution[a] > contribution[b]; });
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < count; ++i) kept.push_back(from.kept[order[i]]);
  std::sort(kept.begin(), kept.end());
  Candidate candidate{keep_neurons(g.whole, kept), kept, {}};
  refit_head(candidate.model, g.whole, kept, g.scaled, g.refit, g.scheduler);
  candidate.point = measure(candidate.model, g);
  return candidate;
}

/// The whole network's map holds what a rehearsal said of its spread beside what validation says: the pruned one, which
/// is not rehearsed, is stretched by the same ratio of the two.
void keep_rehearsed_factor(Forecaster& pruned, const FitWindows& windows, const Ground& g) {
  const Calibration& stored = g.whole.calibration();
  if (stored.empty() || pruned.calibration().empty()) return;
  const auto uncalibrated = [&] {
    const Uncalibrated scope(g.whole);
    return held_out(g.whole, g.scaled, windows, g.scheduler);
  };
  const HeldOut validation = uncalibrated();
  const Calibration own = validation.forecasts.finish(validation.independent_windows);
  for (std::size_t h = 0; h < own.factor.size(); ++h) {
    pruned.calibration().factor[h] *= stored.factor[h] / own.factor[h];
  }
}

/// What `pruned` reaches on the windows the epochs of the whole network were chosen by.
void record_validation(Forecaster& pruned, const FitWindows& windows, const Ground& g) {
  const Settings& s = pruned.settings();
  const std::vector<Window> chosen_by = spread_windows(windows.selection, validation_limit(s));
  const ValidationReport report = validate(pruned, g.scaled, chosen_by, g.scheduler, initial_state(s));
  pruned.training().validation_nll = report.nll;
  pruned.training().validation_mse = report.mse;
}

std::size_t next_size(std::size_t present) {
  return std::min(present - 1, static_cast<std::size_t>(std::ceil(round_share * static_cast<double>(present))));
}

}  // namespace

Pruned prune(Forecaster& whole, const LoadedData& data, const PruneTarget& target, Scheduler& scheduler,
             const std::function<void(const PrunePoint&)>& progress) {
  const std::size_t N = whole.network().neurons().neurons();
  check_target(target, N);
  const std::vector<float> values = scale_for(whole, data.series);
  check_table(whole, data.series);
  const FitWindows windows =
      fit_windows(data.series, parse_split(whole.data().split), whole.data().borders, whole.settings());
  const Ground g{whole,
                 {values.data(), data.series.count(), data.series.length()},
                 thin_windows(windows.training, ranking_windows),
                 thin_windows(windows.training, refit_windows),
                 thin_windows(windows.validation, measured_windows),
                 scheduler};
  std::vector<PrunePoint> curve;
  const auto note = [&](const PrunePoint& point) {
    curve.push_back(point);
    if (progress) progress(point);
  };
  std::vector<std::size_t> all(N);
  std::iota(all.begin(), all.end(), std::size_t{0});
  Candidate best{keep_neurons(whole, all), all, measure(whole, g)};
  note(best.point);
  const double most = best.point.crps * (1.0 + target.loss.value_or(0.0));
  const std::size_t last = target.neurons.value_or(1);
  while (best.kept.size() > last) {
    const std::vector<double> contribution = best.model.contribution(g.scaled, g.ranking, scheduler);
    const std::size_t size = std::max(last, next_size(best.kept.size()));
    Candidate next = smaller(best, contribution, size, g);
    note(next.point);
    if (!target.loss || next.point.crps <= most) {
      best = std::move(next);
      continue;
    }
    std::size_t bad = size, good = best.kept.size();
    Candidate from{keep_neurons(whole, best.kept), best.kept, best.point};
    for (std::size_t i = 0; i < refinements && good - bad > 1; ++i) {
      const std::size_t middle = (good + bad) / 2;
      Candidate between = smaller(from, contribution, middle, g);
      note(between.point);
      if (between.point.crps <= most) {
        good = middle;
        best = std::move(between);
      } else {
        bad = middle;
      }
    }
    break;
  }
  std::sort(curve.begin(), curve.end(), [](const auto& a, const auto& b) { return a.neurons > b.neurons; });
  calibrate(best.model, g.scaled, windows, scheduler);
  if (judges_correction(whole.settings())) keep_rehearsed_factor(best.model, windows, g);
  record_drift(best.model, g.scaled, windows, scheduler);
  if (best.kept.size() < N) record_validation(best.model, windows, g);
  return {std::move(best.model), std::move(best.kept), std::move(curve)};
}

}  // namespace vdn
