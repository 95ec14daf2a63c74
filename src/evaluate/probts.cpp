#include <vdn/evaluate/probts.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include <vdn/core/error.hpp>
#include <vdn/evaluate/sample_steps.hpp>
#include <vdn/kernels/mixture_steps.hpp>

namespace vdn {
namespace {

constexpr std::size_t level_count = probts_levels;
constexpr std::size_t median = 9;  ///< index of the level .5

/// .05, .10 ... .95.
constexpr std::array<double, level_count> levels = [] {
  std::array<double, level_count> values{};
  for (std::size_t i = 0; i < level_count; ++i) values[i] = static_cast<double>(i + 1) / 20;
  return values;
}();

/// Sums over observed targets, original units.
struct Sums {
  double absolute = 0;                ///< |y|
  double loss = 0, loss_exact = 0;    ///< 2 |(q - y)(1[y <= q] - level)|, mean over levels
  double error = 0, error_exact = 0;  ///< |y - median|
  std::size_t points = 0;
  void add(const Sums& other) {
    absolute += other.absolute;
    loss += other.loss;
    loss_exact += other.loss_exact;
    error += other.error;
    error_exact += other.error_exact;
    points += other.points;
  }
};

/// Quantiles of the steps of one row of a batch: [19, H] into `out`.
void exact_quantiles(const kernels::MixtureBatch<float>& batch, std::size_t row, Matrix<float> out) {
  const std::size_t components = batch.log_weight.cols;
  const Range parts{row * components, (row + 1) * components};
  kernels::mixture_quantiles<float>(
      {{}, {}, batch.mean.slice(parts), batch.scale.slice(parts), batch.log_weight.slice({row, row + 1}), batch.draws},
      levels, out);
}

/// Scores one series at one origin. `samples` [H, P] (sorted in place) and `exact` [19, H] in scaled units.
Sums score_row(Matrix<float> samples, ConstMatrix<float> exact, std::span<const double> targets, const Scaler& scaler,
               std::size_t series) {
  const auto original = [&](ProbtsQuantiles quantiles) {
    for (double& value : quantiles) value = scaler.to_original(series, value);
    return quantiles;
  };
  Sums sums;
  for (std::size_t h = 0; h < samples.rows; ++h) {
    const double y = targets[h];
    if (std::isnan(y)) continue;
    const ProbtsQuantiles sampled = original(sample_quantiles(samples.row(h)));
    ProbtsQuantiles own;
    for (std::size_t l = 0; l < level_count; ++l) own[l] = exact(l, h);
    own = original(own);
    sums.add({std::abs(y), quantile_loss(sampled, y), quantile_loss(own, y), std::abs(y - sampled[median]),
              std::abs(y - own[median]), 1});
  }
  return sums;
}

/// paths [P, H] as [H, P].
void transpose(ConstMatrix<float> paths, Matrix<float> out) {
  for (std::size_t p = 0; p < paths.rows; ++p) {
    for (std::size_t h = 0; h < paths.cols; ++h) out(h, p) = paths(p, h);
  }
}

void check(const ForecastModel& model, ConstMatrix<float> scaled, ConstMatrix<double> values, const Scaler& scaler,
           std::span<const Window> windows, const ProbtsOptions& options) {
  const char* problem = nullptr;
  if (options.batch == 0 || options.paths < 2) problem = "needs a batch of at least 1 and at least 2 paths";
  if (values.rows != scaled.rows || values.cols != scaled.cols || scaler.mean.size() != scaled.rows) {
    problem = "the values, the scaled values and the scaler differ in size";
  }
  for (const Window window : windows) {
    if (window.series >= scaled.rows || window.origin < model.context_rows() ||
        window.origin + model.horizon() > scaled.cols) {
      problem = "the windows do not lie inside the series";
    }
  }
  if (problem) throw Error(ErrorKind::software, "score_probts", problem);
}

/// The sums of every (origin, series) pair, in their order.
std::vector<Sums> score_rows(ForecastModel& model, ConstMatrix<float> scaled, ConstMatrix<double> values,
                             const Scaler& scaler, std::span<const Window> windows, Scheduler& scheduler,
                             const ProbtsOptions& options) {
  const StreamKey stream = stream_key(options.seed, Purpose::paths);
  const std::size_t H = model.horizon(), P = options.paths;
  std::vector<Sums> rows(windows.size());
  ForecastBatch forecast;
  std::vector<float> given;  // [B*P, H] of options.source
  for (std::size_t first = 0; first < windows.size(); first += options.batch) {
    const auto batch = windows.subspan(first, std::min(options.batch, windows.size() - first));
    model.forecast(scaled, batch, forecast, scheduler);
    const kernels::MixtureBatch<float> mixtures{
        {}, {}, forecast.mean(), forecast.scale(), forecast.log_weight(), forecast.draws()};
    if (options.source) given.resize(batch.size() * P * H);
    const Matrix<float> paths(given.data(), given.size() / H, H);
    if (options.source) options.source(batch, paths);
    scheduler.run(batch.size(), [&](std::size_t b) {
      const Window window = batch[b];
      std::vector<float> drawn(H * P), own(level_count * H);
      const Matrix<float> samples(drawn.data(), H, P), exact(own.data(), level_count, H);
      if (options.source) {
        transpose(paths.slice({b * P, (b + 1) * P}), samples);
      } else {
        sample_steps(mixtures, b, {.stream = stream, .series = window.series, .origin = window.origin}, samples);
      }
      exact_quantiles(mixtures, b, exact);
      rows[first + b] =
          score_row(samples, exact, values.row(window.series).subspan(window.origin, H), scaler, window.series);
    });
  }
  return rows;
}

}  // namespace

std::size_t probts_windows(std::size_t test_rows, std::size_t horizon) {
  return test_rows <= horizon ? 0 : (test_rows - horizon + probts_stride - 1) / probts_stride;
}

double quantile_loss(const ProbtsQuantiles& quantiles, double y) {
  double sum = 0;
  for (std::size_t l = 0; l < level_count; ++l) {
    sum += 2 * std::abs((quantiles[l] - y) * ((y <= quantiles[l] ? 1.0 : 0.0) - levels[l]));
  }
  return sum / level_count;
}

ProbtsQuantiles sample_quantiles(std::span<float> values) {
  std::sort(values.begin(), values.end());
  ProbtsQuantiles out;
  for (std::size_t l = 0; l < level_count; ++l) {
    const double at = levels[l] * static_cast<double>(values.size() - 1);
    const std::size_t below = static_cast<std::size_t>(at), above = std::min(below + 1, values.size() - 1);
    const double low = values[below], high = values[above];
    out[l] = low + (at - static_cast<double>(below)) * (high - low);
  }
  return out;
}

std::vector<Window> windows_by_origin(const Windows& windows) {
  std::vector<Window> sorted;
  sorted.reserve(windows.count());
  for (std::size_t i = 0; i < windows.count(); ++i) sorted.push_back(windows[i]);
  std::stable_sort(sorted.begin(), sorted.end(), [](Window a, Window b) { return a.origin < b.origin; });
  return sorted;
}

ProbtsScore score_probts(ForecastModel& model, ConstMatrix<float> scaled, ConstMatrix<double> values,
                         const Scaler& scaler, std::span<const Window> windows, Scheduler& scheduler,
                         const ProbtsOptions& options) {
  check(model, scaled, values, scaler, windows, options);
  const std::vector<Sums> rows = score_rows(model, scaled, values, scaler, windows, scheduler, options);
  ProbtsScore score;
  for (std::size_t at = 0; at < rows.size();) {
    Sums sums;
    for (const std::uint32_t origin = windows[at].origin; at < rows.size() && windows[at].origin == origin; ++at) {
      sums.add(rows[at]);
    }
    score.points += sums.points;
    if (sums.absolute == 0) continue;
    score.crps += sums.loss / sums.absolute;
    score.nmae += sums.error / sums.absolute;
    score.crps_exact += sums.loss_exact / sums.absolute;
    score.nmae_exact += sums.error_exact / sums.absolute;
    ++score.windows;
  }
  const double count =
      score.windows > 0 ? static_cast<double>(score.windows) : std::numeric_limits<double>::quiet_NaN();
  for (double* figure : {&score.crps, &score.nmae, &score.crps_exact, &score.nmae_exact}) *figure /= count;
  return score;
}

}  // namespace vdn
