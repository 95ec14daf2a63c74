#include <vdn/predictive/path_dependence.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include <vdn/core/error.hpp>
#include <vdn/predictive/correlation_root.hpp>
#include <vdn/predictive/normal_scores.hpp>
#include <vdn/predictive/paths.hpp>

namespace vdn {

std::vector<float> PathDependence::factor(std::size_t horizon) const {
  std::vector<float> factor(horizon * horizon);
  const Matrix<float> f(factor.data(), horizon, horizon);
  if (autocorrelation.empty()) {
    for (std::size_t h = 0; h < horizon; ++h) f(h, h) = 1;
    return factor;
  }
  if (autocorrelation.size() != horizon) {
    throw Error(ErrorKind::software, "path dependence", "the horizon is another one");
  }
  std::vector<double> numbers(horizon * horizon);
  const Matrix<double> root(numbers.data(), horizon, horizon);
  for (std::size_t h = 0; h < horizon; ++h) {
    for (std::size_t k = 0; k < horizon; ++k) root(h, k) = autocorrelation[h > k ? h - k : k - h];
  }
  take_correlation_root(root);
  std::transform(numbers.begin(), numbers.end(), factor.begin(), [](double x) { return static_cast<float>(x); });
  return factor;
}

PathDependenceFit::PathDependenceFit(std::size_t horizon, std::uint64_t seed) : horizon_(horizon), seed_(seed) {
  for (int future = 0; future < future_count; ++future) {
    sums_[future].resize(horizon);
    counts_[future].resize(horizon);
  }
}

void PathDependenceFit::add(const kernels::MixtureBatch<float>& batch, std::size_t first_window) {
  const std::size_t B = batch.log_weight.rows, H = horizon_;
  if (batch.target.rows != B || batch.target.cols != H) {
    throw Error(ErrorKind::software, "path dependence", "shapes do not fit");
  }
  add_scores(real, batch, batch.target);
  std::vector<float> together(H * H);  // every residual is the first normal
  for (std::size_t h = 0; h < H; ++h) together[h * H] = 1;
  std::vector<float> paths(simulations * H), target(B * H);
  const Matrix<float> targets(target.data(), B, H), drawn(paths.data(), simulations, H);
  const StreamKey stream = stream_key(seed_, Purpose::paths, 1);  // step 0 is that of forecasts
  for (const auto& [future, factor] : {std::pair<Future, ConstMatrix<float>>{held, {}},
                                       std::pair<Future, ConstMatrix<float>>{common, {together.data(), H, H}}}) {
    for (std::size_t n = 0; n < simulations; ++n) {
      for (std::size_t b = 0; b < B; ++b) {
        sample_paths(batch, b, factor, {{stream, future, static_cast<std::uint32_t>(first_window + b), 0}, 0}, drawn);
        std::copy_n(drawn.row(n).data(), H, targets.row(b).data());
      }
      add_scores(future, batch, targets);
    }
  }
}

/// Sums z_h z_{h+l} of the targets over the steps observed in the batch.
void PathDependenceFit::add_scores(Future future, const kernels::MixtureBatch<float>& batch,
                                   ConstMatrix<float> target) {
  const std::size_t B = target.rows, H = horizon_;
  std::vector<double> numbers(B * H);
  const Matrix<double> scores(numbers.data(), B, H);
  kernels::MixtureBatch<float> with = batch;
  with.target = target;
  normal_scores(with, scores);  // 0 where nothing is observed: adds nothing
  for (std::size_t b = 0; b < B; ++b) {
    const auto z = scores.row(b);
    const auto known = batch.observed.row(b);
    const bool complete = std::all_of(known.begin(), known.end(), [](std::uint8_t step) { return step != 0; });
    for (std::size_t l = 0; l < H; ++l) {
      double sum = 0, count = complete ? static_cast<double>(H - l) : 0.0;
      for (std::size_t h = 0; h + l < H; ++h) sum += z[h] * z[h + l];
      if (!complete) {
        for (std::size_t h = 0; h + l < H; ++h) count += batch.observed(b, h) && batch.observed(b, h + l) ? 1 : 0;
      }
      sums_[future][l] += sum;
      counts_[future][l] += count;
    }
  }
}

void PathDependenceFit::merge(const PathDependenceFit& other) {
  for (int future = 0; future < future_count; ++future) {
    for (std::size_t l = 0; l < horizon_; ++l) {
      sums_[future][l] += other.sums_[future][l];
      counts_[future][l] += other.counts_[future][l];
    }
  }
}

PathDependence PathDependenceFit::finish() const {
  PathDependence result{std::vector<double>(horizon_, 0.0)};
  result.autocorrelation[0] = 1;
  for (std::size_t l = 1; l < horizon_; ++l) {
    if (counts_[real][l] == 0) continue;
    const double c = sums_[real][l] / counts_[real][l], c0 = sums_[held][l] / counts_[held][l];
    const double c1 = sums_[common][l] / counts_[common][l];
    // Where components bring along all there is, or more, residuals have no say.
    if (c1 - c0 > 1e-3) result.autocorrelation[l] = std::clamp((c - c0) / (c1 - c0), 0.0, 1.0);
  }
  return result;
}

}  // namespace vdn
