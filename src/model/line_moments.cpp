#include <vdn/model/line_moments.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include <vdn/kernels/dense.hpp>

namespace vdn {
namespace {

void add_numbers(const std::vector<double>& from, std::vector<double>& to) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += from[i];
}

/// Adds the windows starting at rows 0, stride, ..., (count - 1) stride of `x`, whose centre was subtracted.
void add_run(std::span<const double> x, std::size_t count, std::size_t stride, double centre, LineMoments& moments) {
  const std::size_t width = moments.width(), lookback = moments.lookback;
  const Matrix<double> products(moments.product.data(), lookback, width);
  const std::size_t past = count * stride;  // where one more window would start
  std::vector<double> lagged(width);        // lagged[d] = sum_k x_{k stride + i} x_{k stride + i + d} for the present i
  std::vector<double> sums(width);          // of this run
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
      sums[i] = sum;
      if (i < lookback) {
        for (std::size_t d = 0; d < width - i; ++d) products(i, i + d) += lagged[d];
      } else {
        moments.target_square[i - lookback] += lagged[0];
      }
      if (i + stride >= width) break;
      const double *enters = x.data() + past + i, *leaves = x.data() + i;
      const double entering = *enters, leaving = *leaves;
      sum += entering - leaving;
      for (std::size_t d = 0; d < width - i - stride; ++d) lagged[d] += entering * enters[d] - leaving * leaves[d];
    }
  }
  const double n = static_cast<double>(count), last = sums[lookback - 1];
  for (std::size_t i = 0; i < width; ++i) moments.level_difference[i] += centre * (sums[i] - last);
  moments.level_sum += n * centre;
  moments.level_square += centre * (2 * last + n * centre);
  add_numbers(sums, moments.sum);
  moments.count += count;
}

/// Adds `count` neighbouring windows whose rows are `values`.
void add_values(std::span<const float> values, std::size_t count, std::size_t stride, LineMoments& moments) {
  double mean = 0;
  for (const float value : values) mean += value;
  mean /= static_cast<double>(values.size());
  std::vector<double> x(values.begin(), values.end());
  for (double& value : x) value -= mean;
  add_run(x, count, stride, mean, moments);
}

/// The run with more windows on its left, as far as `least` rows of context allow.
WindowRun extended(WindowRun run, std::size_t least) {
  const std::size_t first = std::min<std::size_t>(run.first, run.begin + least);
  const std::size_t more = (run.first - first) / run.stride;
  run.first -= static_cast<std::uint32_t>(more * run.stride);
  run.count += static_cast<std::uint32_t>(more);
  return run;
}

}  // namespace

LineMoments::LineMoments(std::size_t lookback_, std::size_t horizon_)
    : lookback(lookback_),
      horizon(horizon_),
      product(lookback * width()),
      sum(width()),
      target_square(horizon),
      level_difference(width()) {}

void LineMoments::add(const LineMoments& other) {
  add_numbers(other.product, product);
  add_numbers(other.sum, sum);
  add_numbers(other.target_square, target_square);
  add_numbers(other.level_difference, level_difference);
  level_sum += other.level_sum;
  level_square += other.level_square;
  count += other.count;
}

void add_complete_windows(std::span<const float> series, std::span<const WindowRun> runs, LineMoments& moments) {
  const std::size_t lookback = moments.lookback, width = moments.width();
  const std::vector<std::size_t> gap = next_missing(series);
  for (const WindowRun& run : runs) {
    const auto start = [&](std::size_t k) { return run.origin(k) - lookback; };
    const auto complete = [&](std::size_t k) {
      return run.origin(k) >= run.begin + lookback && gap[start(k)] >= start(k) + width;
    };
    for (std::size_t k = 0; k < run.count;) {
      std::size_t end = k;
      while (end < run.count && complete(end)) ++end;
      if (end > k) {
        const std::size_t rows_of_run = start(end - 1) + width - start(k);
        add_values(series.subspan(start(k), rows_of_run), end - k, run.stride, moments);
      }
      k = end + 1;
    }
  }
}

namespace {

/// Sums windows given row after row, context and targets, each times its weight; those of a block at once.
class BlockSums {
 public:
  explicit BlockSums(LineMoments& moments) : moments_(moments), rows_(most * moments.width()), weights_(most) {}
  /// Room for the next window.
  std::span<double> next(double weight) {
    if (count_ == most) flush();
    weights_[count_] = weight;
    return std::span(rows_).subspan(count_++ * moments_.width(), moments_.width());
  }
  /// Adds what was not yet added.
  void flush() {
    const std::size_t L = moments_.lookback, W = moments_.width();
    if (count_ == 0) return;
    std::vector<double> contexts(L * count_), products(L * W);
    for (std::size_t b = 0; b < count_; ++b) {
      const auto row = std::span(rows_).subspan(b * W, W);
      const double w = weights_[b];
      for (std::size_t i = 0; i < L; ++i) contexts[i * count_ + b] = w * row[i];
      for (std::size_t i = 0; i < W; ++i) moments_.sum[i] += w * row[i];
      for (std::size_t h = 0; h + L < W; ++h) moments_.target_square[h] += w * row[L + h] * row[L + h];
    }
    kernels::dense_product({contexts.data(), L, count_}, {rows_.data(), count_, W}, {products.data(), L, W});
    add_numbers(products, moments_.product);
    moments_.count += count_;
    count_ = 0;
  }

 private:
  static constexpr std::size_t most = 256;
  LineMoments& moments_;
  std::vector<double> rows_, weights_;
  std::size_t count_ = 0;
};

}  // namespace

void add_sampled_windows(const SampledWindows& windows, std::span<const double> weights, LineMoments& moments) {
  BlockSums sums(moments);
  for (std::size_t k = 0; k < windows.count(); ++k) windows.read(k, sums.next(weights.empty() ? 1.0 : weights[k]));
  sums.flush();
}

void add_filled_windows(std::span<const float> series, std::span<const WindowRun> runs, std::size_t least_context,
                        LineMoments& moments) {
  for (std::size_t r = 0; r < runs.size(); ++r) {
    const bool first_of_stretch = r == 0 || runs[r - 1].begin != runs[r].begin;
    const WindowRun run = first_of_stretch ? extended(runs[r], least_context) : runs[r];
    const auto rows = series.subspan(run.begin, run.last() + moments.horizon - run.begin);
    const auto known = std::find_if(rows.begin(), rows.end(), [](float value) { return !std::isnan(value); });
    if (known == rows.end()) continue;
    std::vector<float> filled(moments.lookback, *known);  // row run.begin stands at [lookback]
    for (const float value : rows) filled.push_back(std::isnan(value) ? filled.back() : value);
    add_values(std::span<const float>(filled).subspan(run.first - run.begin), run.count, run.stride, moments);
  }
}

LineMoments moments_of_parts(std::size_t series, std::size_t lookback, std::size_t horizon, Scheduler& scheduler,
                             const std::function<void(std::size_t, LineMoments&)>& add) {
  constexpr std::size_t most_parts = 8;
  const std::size_t parts = std::min(most_parts, series);
  std::vector<LineMoments> part(parts, LineMoments(lookback, horizon));
  scheduler.run(parts, [&](std::size_t p) {
    for (std::size_t d = p * series / parts; d < (p + 1) * series / parts; ++d) add(d, part[p]);
  });
  for (std::size_t p = 1; p < parts; ++p) part[0].add(part[p]);
  return std::move(part[0]);
}

LineMoments complete_moments(ConstMatrix<float> scaled, const Windows& windows, std::size_t lookback,
                             std::size_t horizon, Scheduler& scheduler) {
  return moments_of_parts(scaled.rows, lookback, horizon, scheduler, [&](std::size_t d, LineMoments& sums) {
    add_complete_windows(scaled.row(d), windows.runs_of(d), sums);
  });
}

LineMoments sampled_moments(ConstMatrix<float> scaled, const Windows& windows, std::size_t lookback,
                            const WindowSample& sample, std::span<const std::size_t> steps, Scheduler& scheduler) {
  return moments_of_parts(scaled.rows, lookback, steps.size(), scheduler, [&](std::size_t d, LineMoments& sums) {
    add_sampled_windows({scaled.row(d), windows.runs_of(d), d, sample, lookback, steps}, {}, sums);
  });
}

LineMoments pooled_moments(ConstMatrix<float> scaled, const Windows& windows, std::size_t lookback, std::size_t horizon,
                           std::size_t least_context, Scheduler& scheduler) {
  LineMoments moments = complete_moments(scaled, windows, lookback, horizon, scheduler);
  if (moments.count >= 2 * lookback) return moments;
  return moments_of_parts(scaled.rows, lookback, horizon, scheduler, [&](std::size_t d, LineMoments& sums) {
    add_filled_windows(scaled.row(d), windows.runs_of(d), std::min(least_context, lookback), sums);
  });
}

LineSums::LineSums(const LineMoments& moments, std::size_t lookback, std::span<const std::size_t> steps)
    : features(lookback),
      targets(steps.size()),
      count(static_cast<double>(moments.count)),
      product(features * features),
      cross(targets * features),
      feature_sum(features),
      target_sum(targets),
      target_square(targets) {
  const std::size_t last = moments.lookback - 1, first = moments.lookback - lookback, level = features - 1;
  const ConstMatrix<double> g(moments.product.data(), moments.lookback, moments.width());
  const double last_square = g(last, last);
  for (std::size_t i = 0; i < level; ++i) {
    const std::size_t row = first + i;
    for (std::size_t j = i; j < level; ++j) {
      // sum (x_i - last)(x_j - last) = G_ij - G_i,last - G_j,last + G_last,last
      const double value = g(row, first + j) - g(first + j, last) + (last_square - g(row, last));
      product[i * features + j] = product[j * features + i] = value;
    }
    const double with_level = g(row, last) - last_square + moments.level_difference[row];
    product[i * features + level] = product[level * features + i] = with_level;
    feature_sum[i] = moments.sum[row] - moments.sum[last];
  }
  product[level * features + level] = last_square + moments.level_square;
  feature_sum[level] = moments.sum[last] + moments.level_sum;
  for (std::size_t k = 0; k < targets; ++k) {
    const std::size_t at = moments.lookback + steps[k];
    for (std::size_t i = 0; i < level; ++i) {
      cross[k * features + i] = g(first + i, at) - g(last, at) + (last_square - g(first + i, last));
    }
    cross[k * features + level] = g(last, at) - last_square + moments.level_difference[at];
    target_sum[k] = moments.sum[at] - moments.sum[last];
    target_square[k] = moments.target_square[steps[k]] - 2 * g(last, at) + last_square;
  }
}

double LineSums::squared_error(ConstMatrix<double> weight, std::span<const double> bias) const {
  std::vector<double> image(weight.size());  // weight * product
  kernels::dense_product(weight, {product.data(), features, features}, {image.data(), weight.rows, features});
  double error = 0;
  for (std::size_t k = 0; k < targets; ++k) {
    double quadratic = 0, linear = 0, mean = 0;
    for (std::size_t i = 0; i < features; ++i) {
      quadratic += weight(k, i) * image[k * features + i];
      linear += weight(k, i) * cross[k * features + i];
      mean += weight(k, i) * feature_sum[i];
    }
    error += target_square[k] - 2 * linear + quadratic + bias[k] * (count * bias[k] + 2 * (mean - target_sum[k]));
  }
  return error;
}

std::vector<std::size_t> horizon_steps(std::size_t horizon, std::size_t most) {
  std::vector<std::size_t> steps(std::min(horizon, most));
  for (std::size_t k = 0; k < steps.size(); ++k) steps[k] = (2 * k + 1) * horizon / (2 * steps.size());
  return steps;
}

}  // namespace vdn
