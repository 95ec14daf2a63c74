#include <vdn/model/naive_pool.hpp>

#include <algorithm>
#include <cmath>

#include <vdn/model/baselines.hpp>

namespace vdn {
namespace {

/// Component j of windows first, first + 1, ...
void add_part(const NaivePart& part, const PointRule& rule, ConstMatrix<float> scaled, std::span<const Window> windows,
              ForecastBatch& out, std::size_t first, std::size_t j) {
  const std::size_t H = out.horizon(), J = out.components();
  std::vector<double> numbers(windows.size() * H);
  const Matrix<double> point(numbers.data(), windows.size(), H);
  rule.forecast(scaled, windows, point);
  for (std::size_t b = 0; b < windows.size(); ++b) {
    const std::size_t row = (first + b) * J + j;
    const auto from = point.row(b);
    std::transform(from.begin(), from.end(), out.mean().row(row).begin(),
                   [](double x) { return static_cast<float>(x); });
    std::copy_n(part.scale.begin() + static_cast<std::ptrdiff_t>(windows[b].series * H), H,
                out.scale().row(row).begin());
    out.log_weight()(first + b, j) = static_cast<float>(std::log(part.weight));
  }
}

}  // namespace

bool has_season_rule(std::size_t season, std::size_t lookback) {
  return season > 1 && season <= lookback;
}

void add_naive(const NaivePool& pool, std::size_t season, std::size_t lookback, ConstMatrix<float> scaled,
               std::span<const Window> windows, ForecastBatch& out, std::size_t first) {
  if (pool.empty()) return;
  const std::size_t H = out.horizon(), network = out.components() - pool.components();
  const auto lower = static_cast<float>(std::log1p(-pool.weight()));
  for (std::size_t b = 0; b < windows.size(); ++b) {
    for (float& weight : out.log_weight().row(first + b).first(network)) weight += lower;
  }
  std::size_t j = network;
  if (pool.last.weight > 0) add_part(pool.last, RepeatLast(lookback, H), scaled, windows, out, first, j++);
  if (pool.season.weight > 0) add_part(pool.season, SeasonalNaive(season, lookback, H), scaled, windows, out, first, j);
}

}  // namespace vdn
