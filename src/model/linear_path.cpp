#include <vdn/model/linear_path.hpp>

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include <vdn/core/error.hpp>

extern "C" {
void dpotrf_(const char* uplo, const int* n, double* a, const int* lda, int* info);
void dpotrs_(const char* uplo, const int* n, const int* columns, const double* a, const int* lda, double* b,
             const int* ldb, int* info);
}

namespace vdn {
namespace {

/// Sums over windows x_0 ... x_{W-1}, W = L + H, context and target in one row.
struct Moments {
  Moments(std::size_t lookback, std::size_t horizon)
      : width(lookback + horizon), product(lookback * width), sum(width) {}
  Matrix<double> products() { return {product.data(), product.size() / width, width}; }
  void add(const Moments& other) {
    for (std::size_t i = 0; i < product.size(); ++i) product[i] += other.product[i];
    for (std::size_t i = 0; i < width; ++i) sum[i] += other.sum[i];
    count += other.count;
  }

  std::size_t width;
  std::size_t count = 0;        // n
  std::vector<double> product;  // [L][W] sum x_i x_j, for j >= i
  std::vector<double> sum;      // [W] sum x_i
};

/// Adds the windows starting at rows 0, stride, ..., (count - 1) stride of `x`.
void add_run(std::span<const double> x, std::size_t count, std::size_t stride, Moments& moments) {
  const std::size_t width = moments.width;
  const Matrix<double> products = moments.products();
  const std::size_t past = count * stride;  // where one more window would start
  std::vector<double> lagged(width);        // lagged[d] = sum_k x_{k stride + i} x_{k stride + i + d} for the present i
  for (std::size_t phase = 0; phase < std::min(stride, width); ++phase) {
    double sum = 0;
    std::fill(lagged.begin(), lagged.end(), 0.0);
    for (std::size_t k = 0; k < count; ++k) {
      const double* at = x.data() + k * stride + phase;
      const double first = *at;
      sum += first;
      for (std::size_t d = 0; d < width - phase; ++d) lagged[d] += first * at[d];
    }
    for (std::size_t i = phase; i < width; i += stride) {
      moments.sum[i] += sum;
      if (i < products.rows) {
        for (std::size_t d = 0; d < width - i; ++d) products(i, i + d) += lagged[d];
      }
      if (i + stride >= width) break;
      const double *enters = x.data() + past + i, *leaves = x.data() + i;
      const double entering = *enters, leaving = *leaves;
      sum += entering - leaving;
      for (std::size_t d = 0; d < width - i - stride; ++d) lagged[d] += entering * enters[d] - leaving * leaves[d];
    }
  }
  moments.count += count;
}

/// Adds `count` neighbouring windows whose rows are `values`, relative to their mean: differences do not see it, and it
/// keeps the digits of a series far from zero.
void add_values(std::span<const float> values, std::size_t count, std::size_t stride, Moments& moments) {
  double mean = 0;
  for (const float value : values) mean += value;
  mean /= static_cast<double>(values.size());
  std::vector<double> x(values.begin(), values.end());
  for (double& value : x) value -= mean;
  add_run(x, count, stride, moments);
}

/// Adds one series: of every run the pieces of neighbouring windows that are neither padded nor miss a value.
void add_complete(std::span<const float> series, std::span<const WindowRun> runs, std::size_t lookback,
                  Moments& moments) {
  const std::size_t rows = series.size();
  std::vector<std::size_t> gap(rows + 1, rows);  // the first missing row at or after each
  for (std::size_t t = rows; t-- > 0;) gap[t] = std::isnan(series[t]) ? t : gap[t + 1];
  for (const WindowRun& run : runs) {
    const auto start = [&](std::size_t k) { return run.origin(k) - lookback; };
    const auto complete = [&](std::size_t k) {
      return run.origin(k) >= run.begin + lookback && gap[start(k)] >= start(k) + moments.width;
    };
    for (std::size_t k = 0; k < run.count;) {
      std::size_t end = k;
      while (end < run.count && complete(end)) ++end;
      if (end > k) {
        const std::size_t width = start(end - 1) + moments.width - start(k);
        add_values(series.subspan(start(k), width), end - k, run.stride, moments);
      }
      k = end + 1;
    }
  }
}

/// The run with more windows on its left, as far as `least` rows of context allow.
WindowRun extended(WindowRun run, std::size_t least) {
  const std::size_t first = std::min<std::size_t>(run.first, run.begin + least);
  const std::size_t more = (run.first - first) / run.stride;
  run.first -= static_cast<std::uint32_t>(more * run.stride);
  run.count += static_cast<std::uint32_t>(more);
  return run;
}

/// Adds one series with every missing value filled: see fit_linear_path.
void add_filled(std::span<const float> series, std::span<const WindowRun> runs, std::size_t lookback, std::size_t least,
                Moments& moments) {
  const std::size_t horizon = moments.width - lookback;
  for (std::size_t r = 0; r < runs.size(); ++r) {
    const bool first_of_stretch = r == 0 || runs[r - 1].begin != runs[r].begin;
    const WindowRun run = first_of_stretch ? extended(runs[r], least) : runs[r];
    const auto rows = series.subspan(run.begin, run.last() + horizon - run.begin);
    const auto known = std::find_if(rows.begin(), rows.end(), [](float value) { return !std::isnan(value); });
    if (known == rows.end()) continue;
    std::vector<float> filled(lookback, *known);  // row run.begin stands at [lookback]
    for (const float value : rows) filled.push_back(std::isnan(value) ? filled.back() : value);
    add_values(std::span<const float>(filled).subspan(run.first - run.begin), run.count, run.stride, moments);
  }
}

/// The sums over all series: a fixed number of accumulators, each with a fixed share of the series, added in order.
/// add(d, moments) adds series d.
template <class Add>
Moments all_moments(ConstMatrix<float> scaled, std::size_t lookback, std::size_t horizon, Scheduler& scheduler,
                    const Add& add) {
  constexpr std::size_t most_parts = 8;
  const std::size_t parts = std::min(most_parts, scaled.rows);
  std::vector<Moments> part(parts, Moments(lookback, horizon));
  scheduler.run(parts, [&](std::size_t p) {
    for (std::size_t d = p * scaled.rows / parts; d < (p + 1) * scaled.rows / parts; ++d) {
      add(d, part[p]);
    }
  });
  for (std::size_t p = 1; p < parts; ++p) part[0].add(part[p]);
  return std::move(part[0]);
}

/// The normal equations of the first L - 1 differences (the last one is always zero), centred for the intercept.
struct NormalEquations {
  std::size_t size;            // L - 1
  std::vector<double> matrix;  // [L-1][L-1]
  std::vector<double> right;   // [H][L-1]
  std::vector<double> z_mean;  // [L-1]
  std::vector<double> y_mean;  // [H]
  double mean_diagonal = 0;    // of sum z z^T, over L
};

NormalEquations normal_equations(Moments& moments, std::size_t lookback, std::size_t horizon) {
  const std::size_t last = lookback - 1, size = last;
  NormalEquations e{size, std::vector<double>(size * size), std::vector<double>(horizon * size),
                    std::vector<double>(size), std::vector<double>(horizon)};
  const Matrix<double> g = moments.products();
  const double n = static_cast<double>(moments.count);
  const auto mean_difference = [&](std::size_t i) { return (moments.sum[i] - moments.sum[last]) / n; };
  for (std::size_t h = 0; h < horizon; ++h) e.y_mean[h] = mean_difference(lookback + h);
  for (std::size_t i = 0; i < size; ++i) e.z_mean[i] = mean_difference(i);
  for (std::size_t i = 0; i < size; ++i) {
    // sum (x_i - last)(x_j - last) = G_ij - G_i,last - G_j,last + G_last,last
    const double of_i = g(last, last) - g(i, last);
    for (std::size_t j = i; j < size; ++j) {
      const double value = g(i, j) - g(j, last) + of_i;
      if (i == j) e.mean_diagonal += value / static_cast<double>(lookback);
      e.matrix[i * size + j] = e.matrix[j * size + i] = value - n * e.z_mean[i] * e.z_mean[j];
    }
    for (std::size_t h = 0; h < horizon; ++h) {
      const double value = g(i, lookback + h) - g(last, lookback + h) + of_i;
      e.right[h * size + i] = value - n * e.z_mean[i] * e.y_mean[h];
    }
  }
  return e;
}

/// Solves in place by Cholesky; e.right becomes the weights. Both are symmetric or column-major as LAPACK reads them.
void solve(NormalEquations& e, double ridge) {
  for (std::size_t i = 0; i < e.size; ++i) e.matrix[i * e.size + i] += ridge;
  const int n = static_cast<int>(e.size), columns = static_cast<int>(e.y_mean.size());
  int info = 0;
  dpotrf_("L", &n, e.matrix.data(), &n, &info);
  if (info != 0) {
    throw Error(ErrorKind::config, "line", "the normal matrix is not positive definite", "raise line.penalty");
  }
  dpotrs_("L", &n, &columns, e.matrix.data(), &n, e.right.data(), &n, &info);
}

void check(ConstMatrix<float> scaled, const Windows& windows, std::size_t lookback, std::size_t horizon,
           double penalty) {
  if (!(penalty >= 0) || !std::isfinite(penalty)) {
    throw Error(ErrorKind::config, "line.penalty", "must be zero or positive");
  }
  if (windows.empty()) throw Error(ErrorKind::data, "line", "there is no training window", "shorten the look-back");
  const bool inside = windows.series() == scaled.rows && windows.last_origin() + horizon <= scaled.cols;
  if (lookback == 0 || horizon == 0 || !inside) {
    throw Error(ErrorKind::software, "fit_linear_path", "the windows do not lie inside the series");
  }
}

template <class Real>
void forecast_one(const LinearPath& line, std::span<const Real> context, std::span<Real> out) {
  const double last = static_cast<double>(context.back());
  for (std::size_t h = 0; h < line.horizon; ++h) {
    const auto weight = line.weights().row(h);
    double sum = last + line.bias[h];
    for (std::size_t l = 0; l < line.lookback; ++l) sum += weight[l] * (static_cast<double>(context[l]) - last);
    out[h] = static_cast<Real>(sum);
  }
}

}  // namespace

LinearPath fit_linear_path(ConstMatrix<float> scaled, const Windows& training, std::size_t lookback,
                           std::size_t horizon, double penalty, Scheduler& scheduler, std::size_t least_context) {
  check(scaled, training, lookback, horizon, penalty);
  Moments moments = all_moments(scaled, lookback, horizon, scheduler, [&](std::size_t d, Moments& sums) {
    add_complete(scaled.row(d), training.runs_of(d), lookback, sums);
  });
  if (moments.count < 2 * lookback) {
    moments = all_moments(scaled, lookback, horizon, scheduler, [&](std::size_t d, Moments& sums) {
      add_filled(scaled.row(d), training.runs_of(d), lookback, std::min(least_context, lookback), sums);
    });
  }
  if (moments.count == 0) throw Error(ErrorKind::data, "line", "no training window has an observed value");
  NormalEquations e = normal_equations(moments, lookback, horizon);
  LinearPath line{lookback, horizon, std::vector<double>(horizon * lookback), e.y_mean};
  // Contexts that never move (but for rounding; scaled values are near 1) leave the mean step alone to learn.
  if (e.size == 0 || !(e.mean_diagonal > 1e-24 * static_cast<double>(moments.count))) return line;
  solve(e, penalty * e.mean_diagonal);
  for (std::size_t h = 0; h < horizon; ++h) {
    for (std::size_t l = 0; l < e.size; ++l) {
      const double weight = e.right[h * e.size + l];
      line.weight[h * lookback + l] = weight;
      line.bias[h] -= weight * e.z_mean[l];
    }
  }
  return line;
}

void LinearPath::forecast(std::span<const double> context, std::span<double> out) const {
  forecast_one(*this, context, out);
}

void LinearPath::forecast(std::span<const float> context, std::span<float> out) const {
  forecast_one(*this, context, out);
}

void LinearPath::forecast(Matrix<double> context, Matrix<double> out) const {
  for (std::size_t b = 0; b < context.rows; ++b) {
    const auto x = context.row(b);
    const double last = x.back();
    for (double& value : x) value -= last;
    for (std::size_t h = 0; h < horizon; ++h) out(b, h) = last + bias[h];
  }
  const int rows = static_cast<int>(context.rows), inputs = static_cast<int>(lookback);
  const int outputs = static_cast<int>(horizon);
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, outputs, inputs, 1.0, context.data, inputs, weight.data(),
              inputs, 1.0, out.data, outputs);
}

}  // namespace vdn
