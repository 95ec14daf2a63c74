#include <vdn/predictive/series_dependence.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <vdn/core/error.hpp>
#include <vdn/kernels/random_fill.hpp>
#include <vdn/predictive/correlation_root.hpp>
#include <vdn/predictive/normal_scores.hpp>

namespace vdn {
namespace {

/// Sums of products of levels at common origins, [D][D]; those of series d with itself only where e is known too.
struct Products {
  explicit Products(std::size_t series)
      : both(series * series), own(series * series), count(series * series), size(series) {}
  void add(std::size_t d, double x, std::size_t e, double y) {
    both[d * size + e] += x * y;
    own[d * size + e] += x * x;
    own[e * size + d] += y * y;
    ++count[d * size + e];
  }
  /// Of a pair seen together less often than this any number might come out. e < d.
  bool known(std::size_t d, std::size_t e) const {
    constexpr std::uint32_t least = 8;
    return count[d * size + e] >= least;
  }
  /// 0 where it is not known.
  double correlation(std::size_t d, std::size_t e) const {
    if (!known(d, e)) return 0.0;
    const double scale = std::sqrt(own[d * size + e] * own[e * size + d]);
    return scale > 0 ? std::clamp(both[d * size + e] / scale, -1.0, 1.0) : 0.0;
  }
  /// Windows that do not overlap among those of a pair, of `windows` at the origins of all.
  double independent(std::size_t d, std::size_t e, double windows) const {
    return std::max(1.0, std::min(windows, static_cast<double>(count[d * size + e])));
  }
  std::vector<double> both, own;     ///< both: e < d alone
  std::vector<std::uint32_t> count;  ///< of common origins, e < d alone
  std::size_t size;
};

/// max(0, 1 - sum of variances / sum of squares) over the pairs that are known.
double shrinkage(const Products& products, double windows) {
  double variance = 0, squares = 0;
  for (std::size_t d = 0; d < products.size; ++d) {
    for (std::size_t e = 0; e < d; ++e) {
      if (!products.known(d, e)) continue;
      const double c = products.correlation(d, e);
      variance += (1 - c * c) * (1 - c * c) / products.independent(d, e, windows);
      squares += c * c;
    }
  }
  return squares > 0 ? std::max(0.0, 1 - variance / squares) : 0.0;
}

/// Places of `numbers` in ascending order, equals in order of place.
std::vector<std::size_t> ascending(std::span<const double> numbers) {
  std::vector<std::size_t> order(numbers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return numbers[a] < numbers[b]; });
  return order;
}

std::vector<double> path_levels(ConstMatrix<float> paths) {
  std::vector<double> levels(paths.rows);
  const auto count = static_cast<double>(paths.rows);
  for (std::size_t h = 0; h < paths.cols; ++h) {
    double sum = 0, squares = 0;
    for (std::size_t n = 0; n < paths.rows; ++n) sum += double{paths(n, h)};
    const double mean = sum / count;
    for (std::size_t n = 0; n < paths.rows; ++n) squares += std::pow(double{paths(n, h)} - mean, 2);
    if (squares == 0) continue;
    const double deviation = std::sqrt(squares / count);
    for (std::size_t n = 0; n < paths.rows; ++n) levels[n] += (double{paths(n, h)} - mean) / deviation;
  }
  return levels;
}

}  // namespace

std::vector<double> SeriesDependenceFit::levels_of(const kernels::MixtureBatch<float>& batch) {
  const std::size_t B = batch.target.rows, H = batch.target.cols;
  std::vector<double> numbers(B * H), levels(B, std::numeric_limits<double>::quiet_NaN());
  const Matrix<double> z(numbers.data(), B, H);
  normal_scores(batch, z);
  for (std::size_t b = 0; b < B; ++b) {
    const auto observed = batch.observed.row(b);
    const auto count = std::count_if(observed.begin(), observed.end(), [](std::uint8_t known) { return known != 0; });
    if (count > 0) levels[b] = std::accumulate(z.row(b).begin(), z.row(b).end(), 0.0) / static_cast<double>(count);
  }
  return levels;
}

void SeriesDependenceFit::merge(const SeriesDependenceFit& other) {
  levels_.insert(levels_.end(), other.levels_.begin(), other.levels_.end());
}

SeriesDependence SeriesDependenceFit::finish(double independent_windows) const {
  if (!(independent_windows > 0)) throw Error(ErrorKind::software, "series dependence", "no number of windows");
  std::vector<Level> levels = levels_;
  std::stable_sort(levels.begin(), levels.end(), [](const Level& a, const Level& b) { return a.origin < b.origin; });
  Products products(series_);
  bool together = false;
  for (std::size_t first = 0; first < levels.size();) {
    std::size_t end = first;
    while (end < levels.size() && levels[end].origin == levels[first].origin) ++end;
    for (std::size_t i = first; i < end; ++i) {
      for (std::size_t j = first; j < end; ++j) {
        if (levels[j].series >= levels[i].series) continue;
        products.add(levels[i].series, levels[i].level, levels[j].series, levels[j].level);
        together = true;
      }
    }
    first = end;
  }
  if (!together) return {};
  const double kept = shrinkage(products, independent_windows);
  std::vector<double> numbers(series_ * series_);
  const Matrix<double> c(numbers.data(), series_, series_);
  for (std::size_t d = 0; d < series_; ++d) {
    c(d, d) = 1;
    for (std::size_t e = 0; e < d; ++e) c(d, e) = c(e, d) = kept * products.correlation(d, e);
  }
  take_correlation_root(c);
  return {std::vector<float>(numbers.begin(), numbers.end())};
}

void pair_paths(const SeriesDependence& dependence, StreamKey stream, std::uint32_t origin,
                std::span<const std::uint32_t> series, Matrix<float> paths) {
  if (dependence.empty() || series.size() < 2) return;
  const auto D = static_cast<std::size_t>(std::sqrt(static_cast<double>(dependence.factor.size())) + 0.5);
  const std::size_t P = paths.rows / series.size(), H = paths.cols;
  const ConstMatrix<float> factor(dependence.factor.data(), D, D);
  std::vector<double> normals(P * D), scores(P);
  const Matrix<double> u(normals.data(), P, D);
  for (std::size_t n = 0; n < P; ++n) {
    kernels::fill_normal<double>({stream, 0, origin, static_cast<std::uint32_t>(n)}, u.row(n));
  }
  std::vector<float> before(P * H);
  for (std::size_t g = 0; g < series.size(); ++g) {
    const auto row = factor.row(series[g]);
    for (std::size_t n = 0; n < P; ++n) {
      scores[n] = std::inner_product(row.begin(), row.end(), u.row(n).begin(), 0.0);
    }
    const Matrix<float> own = paths.slice({g * P, (g + 1) * P});
    const std::vector<std::size_t> from = ascending(path_levels(own)), to = ascending(scores);
    std::copy(own.flat().begin(), own.flat().end(), before.begin());
    for (std::size_t k = 0; k < P; ++k) {
      std::copy_n(before.begin() + static_cast<std::ptrdiff_t>(from[k] * H), H, own.row(to[k]).begin());
    }
  }
}

}  // namespace vdn
