#include <vdn/model/drift.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include <vdn/core/error.hpp>
#include <vdn/kernels/eigen.hpp>

namespace vdn {
namespace {

constexpr double least_variance = 1e-20;  // of neurons that never move

/// rows [n, m] -> rows rows^T [n, n].
std::vector<double> gram(ConstMatrix<double> rows) {
  std::vector<double> product(rows.rows * rows.rows);
  for (std::size_t a = 0; a < rows.rows; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      const auto x = rows.row(a), y = rows.row(b);
      double sum = 0.0;
      for (std::size_t c = 0; c < x.size(); ++c) sum += x[c] * y[c];
      product[a * rows.rows + b] = product[b * rows.rows + a] = sum;
    }
  }
  return product;
}

std::vector<double> transposed(ConstMatrix<double> a) {
  std::vector<double> t(a.size());
  for (std::size_t r = 0; r < a.rows; ++r) {
    for (std::size_t c = 0; c < a.cols; ++c) t[c * a.rows + r] = a(r, c);
  }
  return t;
}

/// The leading directions of centred rows [W, P], by falling variance: eigenvectors of the covariance, taken from the
/// smaller of X^T X and X X^T (then direction = X^T u / |X^T u|).
std::vector<std::vector<double>> leading_directions(ConstMatrix<double> centred, std::size_t most) {
  const std::size_t W = centred.rows, P = centred.cols;
  const bool by_columns = P <= W;
  const std::vector<double> columns = by_columns ? transposed(centred) : std::vector<double>();
  std::vector<double> product = gram(by_columns ? ConstMatrix<double>(columns.data(), P, W) : centred);
  const std::size_t n = by_columns ? P : W;
  std::vector<double> values(n);
  kernels::symmetric_eigen({product.data(), n, n}, values);
  std::vector<std::vector<double>> directions;
  for (std::size_t k = n; k-- > 0 && directions.size() < most;) {
    if (!(values[k] > 1e-9 * values[n - 1])) break;  // the rest is rounding
    const std::span<const double> vector(product.data() + k * n, n);
    std::vector<double> direction(vector.begin(), vector.end());
    if (!by_columns) {
      direction.assign(P, 0.0);
      for (std::size_t w = 0; w < W; ++w) {
        for (std::size_t c = 0; c < P; ++c) direction[c] += vector[w] * centred(w, c);
      }
      for (double& value : direction) value /= std::sqrt(values[k]);
    }
    directions.push_back(std::move(direction));
  }
  return directions;
}

/// Squared coordinates along the directions [R], and behind them the squared length of what is left.
std::vector<double> squares(const RegimeCloud& cloud, std::span<const float> point) {
  const std::size_t R = cloud.directions();
  std::vector<double> along(R + 1);
  double length = 0.0;
  for (std::size_t c = 0; c < point.size(); ++c) {
    const double x = double{point[c]} - double{cloud.mean[c]};
    length += x * x;
    for (std::size_t r = 0; r < R; ++r) along[r] += x * double{cloud.basis[c * R + r]};
  }
  double explained = 0.0;
  for (std::size_t r = 0; r < R; ++r) explained += along[r] *= along[r];
  along[R] = std::max(0.0, length - explained);
  return along;
}

bool finite(const std::vector<float>& numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](float number) { return std::isfinite(number); });
}

bool positive(const std::vector<float>& numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](float number) { return std::isfinite(number) && number > 0; });
}

bool sound(const RegimeCloud& c) {
  return !c.mean.empty() && !c.variance.empty() && c.basis.size() == c.mean.size() * c.directions() && finite(c.mean) &&
         finite(c.basis) && positive(c.variance);
}

}  // namespace

bool sound(const DriftReference& d) {
  if (d == DriftReference{}) return true;
  return sound(d.level) && sound(d.move) && d.level.mean.size() == d.move.mean.size() && !d.activity.empty() &&
         finite(d.activity) && !d.location.empty() && d.location.size() % drift_kinds == 0 &&
         d.location.size() == d.spread.size() && finite(d.location) && positive(d.spread) && d.known() &&
         finite(d.levels) && std::is_sorted(d.levels.begin(), d.levels.end());
}

std::size_t drift_lag(std::size_t lookback, std::size_t season) {
  if (season > 1 && season <= lookback) return season;
  return std::max<std::size_t>(1, lookback / 8);
}

double RegimeCloud::distance(std::span<const float> point) const {
  if (point.size() != mean.size()) throw Error(ErrorKind::software, "drift", "mu has another size");
  const std::vector<double> along = squares(*this, point);
  double sum = 0.0;
  for (std::size_t r = 0; r < along.size(); ++r) sum += along[r] / double{variance[r]};
  return std::sqrt(sum / static_cast<double>(along.size()));
}

RegimeCloud fit_cloud(ConstMatrix<float> points) {
  const std::size_t W = points.rows, P = points.cols;
  if (W < 2) throw Error(ErrorKind::software, "fit_cloud", "too few points");
  const double rows = static_cast<double>(W);
  std::vector<double> centred(points.flat().begin(), points.flat().end()), mean(P);
  for (std::size_t c = 0; c < P; ++c) {
    for (std::size_t w = 0; w < W; ++w) mean[c] += double{points(w, c)} / rows;
    for (std::size_t w = 0; w < W; ++w) centred[w * P + c] -= mean[c];
  }
  const auto directions = leading_directions({centred.data(), W, P}, drift_directions);
  const std::size_t R = directions.size();
  RegimeCloud cloud;
  cloud.mean.assign(mean.begin(), mean.end());
  cloud.basis.resize(P * R);
  for (std::size_t c = 0; c < P; ++c) {
    for (std::size_t r = 0; r < R; ++r) cloud.basis[c * R + r] = static_cast<float>(directions[r][c]);
  }
  cloud.variance.assign(R + 1, 1.0f);
  std::vector<double> variance(R + 1);
  for (std::size_t w = 0; w < W; ++w) {
    const std::vector<double> along = squares(cloud, points.row(w));
    for (std::size_t r = 0; r <= R; ++r) variance[r] += along[r] / rows;
  }
  for (std::size_t r = 0; r <= R; ++r) cloud.variance[r] = static_cast<float>(std::max(variance[r], least_variance));
  return cloud;
}

DriftDistances DriftReference::distances(std::span<const float> mu, std::span<const float> before,
                                         double surprise) const {
  std::vector<float> moved(mu.size());
  std::transform(mu.begin(), mu.end(), before.begin(), moved.begin(), std::minus<>());
  return {level.distance(mu), move.distance(moved), surprise};
}

double DriftReference::threshold(double false_alarms) const {
  const double place = (1.0 - false_alarms) * static_cast<double>(levels.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= levels.size()) return levels.back();
  const double share = place - static_cast<double>(below);
  return (1.0 - share) * double{levels[below]} + share * double{levels[below + 1]};
}

DriftTracker::DriftTracker(const DriftReference& reference)
    : reference_(reference), average_(reference.location.size(), std::numeric_limits<double>::quiet_NaN()) {}

double DriftTracker::add(std::size_t series, const DriftDistances& distances) {
  const std::size_t D = average_.size() / drift_kinds;
  double score = -std::numeric_limits<double>::infinity();
  for (std::size_t kind = 0; kind < drift_kinds; ++kind) {
    const std::size_t at = kind * D + series;
    double& average = average_[at];
    if (!std::isnan(distances[kind])) {
      const double deviations = (distances[kind] - double{reference_.location[at]}) / double{reference_.spread[at]};
      const double value = std::min(deviations, cut);
      average = std::isnan(average) ? value : average + weight * (value - average);
    }
    if (!std::isnan(average)) score = std::max(score, average);
  }
  return score;
}

}  // namespace vdn
