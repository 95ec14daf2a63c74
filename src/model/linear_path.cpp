#include <vdn/model/linear_path.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include <vdn/core/error.hpp>
#include <vdn/kernels/dense.hpp>
#include <vdn/kernels/eigen.hpp>
#include <vdn/model/robust_line.hpp>

namespace vdn {
namespace {

/// Windows of the series that are complete: their sums, all steps.
LineSums sums_of_series(std::span<const float> series, std::span<const WindowRun> runs, std::size_t d,
                        const WindowSample& sample, std::size_t lookback, std::size_t horizon) {
  LineMoments moments(lookback, horizon);
  const std::vector<std::size_t> steps = horizon_steps(horizon, horizon);
  if (sample.periodic()) {
    add_sampled_windows({series, runs, d, sample, lookback, steps}, {}, moments);
  } else {
    add_complete_windows(series, runs, moments);
  }
  return LineSums(moments, lookback, steps);
}

/// The correction of series d: its own map, cut to the rank.
void correct_series(const LineSums& s, const LineOptions& options, std::size_t d, LinearPath& line) {
  const std::size_t H = line.horizon, L = line.lookback, r = line.rank;
  const std::span bias = std::span(line.series_bias).subspan(d * H, H);
  std::copy(line.bias.begin(), line.bias.end(), bias.begin());
  if (!moves(s)) return;
  LineOptions of_series = options;
  of_series.penalty = options.series_penalty;
  LineWeights own = solve_line(s, of_series, line.weight);
  for (std::size_t i = 0; i < own.weight.size(); ++i) own.weight[i] -= line.weight[i];
  const ConstMatrix<double> change(own.weight.data(), H, L);
  const std::vector<double> product = normal_matrix(s, L, options.drift);
  std::vector<double> image(H * L), spread(H * H), values(H);
  kernels::dense_product(change, {product.data(), L, L}, {image.data(), H, L});
  kernels::dense_product_transposed({image.data(), H, L}, change, {spread.data(), H, H});
  const Matrix<double> vectors(spread.data(), H, H);
  kernels::symmetric_eigen(vectors, values);
  const ConstMatrix<double> leading = vectors.slice({H - r, H});  // U^T
  const Matrix<double> in(line.series_in.data() + d * r * L, r, L);
  kernels::dense_product(leading, change, in);
  const Matrix<double> out(line.series_out.data() + d * H * r, H, r);
  for (std::size_t h = 0; h < H; ++h) {
    for (std::size_t k = 0; k < r; ++k) out(h, k) = leading(k, h);
  }
  std::vector<double> weight(H * L);
  kernels::dense_product(out, in, {weight.data(), H, L});
  for (std::size_t i = 0; i < weight.size(); ++i) weight[i] += line.weight[i];
  const std::vector<double> own_bias = bias_for(s, {weight.data(), H, L}, options.drift);
  std::copy(own_bias.begin(), own_bias.end(), bias.begin());
}

void check(ConstMatrix<float> scaled, const Windows& windows, std::size_t lookback, std::size_t horizon,
           const LineOptions& options) {
  for (const auto& [key, penalty] :
       {std::pair{"line.penalty", options.penalty}, std::pair{"line.series_penalty", options.series_penalty}}) {
    if (!(penalty >= 0) || !std::isfinite(penalty)) throw Error(ErrorKind::config, key, "must be zero or positive");
  }
  if (windows.empty()) throw Error(ErrorKind::data, "line", "there is no training window", "shorten the look-back");
  const bool inside = windows.series() == scaled.rows && windows.last_origin() + horizon <= scaled.cols;
  if (lookback == 0 || horizon == 0 || !inside) {
    throw Error(ErrorKind::software, "fit_linear_path", "the windows do not lie inside the series");
  }
}

template <class Real>
void forecast_one(const LinearPath& line, std::size_t d, std::span<const Real> context, std::span<Real> out) {
  const double last = static_cast<double>(context.back());
  const auto along = [&](std::span<const double> weight) {
    double sum = weight.back() * last;
    for (std::size_t l = 0; l + 1 < weight.size(); ++l) sum += weight[l] * (static_cast<double>(context[l]) - last);
    return sum;
  };
  std::vector<double> inner(line.rank);
  for (std::size_t k = 0; k < line.rank; ++k) inner[k] = along(line.in_of(d).row(k));
  for (std::size_t h = 0; h < line.horizon; ++h) {
    double sum = last + line.bias_of(d)[h] + along(line.weights().row(h));
    for (std::size_t k = 0; k < line.rank; ++k) sum += line.out_of(d)(h, k) * inner[k];
    out[h] = static_cast<Real>(sum);
  }
}

}  // namespace

LinearPath fit_linear_path(ConstMatrix<float> scaled, const Windows& training, std::size_t lookback,
                           std::size_t horizon, const LineOptions& options, Scheduler& scheduler,
                           std::span<const std::uint32_t> phases, Range known) {
  check(scaled, training, lookback, horizon, options);
  const std::vector<std::size_t> steps = horizon_steps(horizon, horizon);
  SeasonalProfile profile;
  WindowSample sample{.most = std::max<std::size_t>(2048, 4 * lookback), .phases = phases};
  if (options.cycle > 0) {
    if (known.size() < 3 * options.cycle) {
      throw Error(ErrorKind::data, "line.cycle", "the training rows hold fewer than three of its cycles",
                  "set line.cycle = 0 or a shorter one");
    }
    profile = fit_profile(scaled, phases, known, options.cycle);
    sample.profile = &profile;
  }
  const LineMoments moments =
      sample.periodic() ? sampled_moments(scaled, training, lookback, sample, steps, scheduler)
                        : pooled_moments(scaled, training, lookback, horizon, options.least_context, scheduler);
  if (sample.periodic() && moments.count < 2 * lookback) {
    throw Error(ErrorKind::data, "line.cycle",
                "fewer complete training windows than twice the look-back, too few for a periodic line",
                "set line.cycle = 0");
  }
  if (moments.count == 0) throw Error(ErrorKind::data, "line", "no training window has an observed value");
  LineWeights pooled = solve_line(LineSums(moments, lookback, steps), options, {});
  if (options.robust) {
    WindowSample weighted = sample;
    weighted.most = windows_of_each(most_weighed, scaled.rows);
    pooled = reweighted_line(std::move(pooled), scaled, training, lookback, weighted, steps, options, scheduler);
  }
  LinearPath line{lookback, horizon, std::move(pooled.weight), std::move(pooled.bias)};
  line.rank = std::min({options.rank, horizon, lookback});
  line.profile = profile;
  if (line.rank == 0) return line;
  line.series_in.resize(scaled.rows * line.rank * lookback);
  line.series_out.resize(scaled.rows * horizon * line.rank);
  line.series_bias.resize(scaled.rows * horizon);
  scheduler.run(scaled.rows, [&](std::size_t d) {
    correct_series(sums_of_series(scaled.row(d), training.runs_of(d), d, sample, lookback, horizon), options, d, line);
  });
  return line;
}

void LinearPath::forecast(std::size_t d, std::span<const double> context, std::span<double> out) const {
  forecast_one(*this, d, context, out);
}

void LinearPath::forecast(std::size_t d, std::span<const float> context, std::span<float> out) const {
  forecast_one(*this, d, context, out);
}

void LinearPath::forecast(std::span<const Window> windows, Matrix<double> context, Matrix<double> out) const {
  std::vector<double> last(context.rows);
  for (std::size_t b = 0; b < context.rows; ++b) {
    const auto x = context.row(b);
    last[b] = x.back();
    for (double& value : x.first(lookback - 1)) value -= last[b];
  }
  kernels::dense_product_transposed(context, weights(), out);
  std::vector<double> inner(rank);
  for (std::size_t b = 0; b < context.rows; ++b) {
    const std::size_t d = windows[b].series;
    const auto bias_here = bias_of(d);
    for (std::size_t h = 0; h < horizon; ++h) out(b, h) += last[b] + bias_here[h];
    if (rank == 0) continue;
    kernels::dense_product_transposed({&context(b, 0), 1, lookback}, in_of(d), {inner.data(), 1, rank});
    for (std::size_t h = 0; h < horizon; ++h) {
      for (std::size_t k = 0; k < rank; ++k) out(b, h) += out_of(d)(h, k) * inner[k];
    }
  }
}

}  // namespace vdn
