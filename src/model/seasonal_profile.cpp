#include <vdn/model/seasonal_profile.hpp>

#include <algorithm>
#include <cmath>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

/// Sums of a series over its observed rows, so that an average over any rows takes two differences.
struct RunningSums {
  explicit RunningSums(std::span<const float> x) : sum(x.size() + 1), count(x.size() + 1) {
    for (std::size_t t = 0; t < x.size(); ++t) {
      const bool observed = !std::isnan(x[t]);
      sum[t + 1] = sum[t] + (observed ? double{x[t]} : 0.0);
      count[t + 1] = count[t] + (observed ? 1.0 : 0.0);
    }
  }
  std::vector<double> sum, count;
};

/// Average over one cycle around row t: P rows, of an even P with half of the rows at both ends. NaN where it reaches
/// over an end, or fewer than half of its rows are observed.
double centred_average(const RunningSums& sums, std::size_t t, std::size_t cycle) {
  const std::size_t reach = cycle / 2, rows = sums.sum.size() - 1;
  if (t < reach || t + reach >= rows) return std::nan("");
  const auto over = [&](const std::vector<double>& s) {
    const double outer = s[t + reach + 1] - s[t - reach];
    return cycle % 2 == 1 ? outer : .5 * (outer + s[t + reach] - s[t - reach + 1]);
  };
  const double count = over(sums.count);
  return 2 * count < static_cast<double>(cycle) ? std::nan("") : over(sums.sum) / count;
}

/// Count, sum and sum of squares of each phase.
struct PhaseSums {
  explicit PhaseSums(std::size_t cycle) : count(cycle), sum(cycle) {}
  std::vector<double> count, sum;
  double square = 0.0, total = 0.0;
};

PhaseSums sum_phases(std::span<const float> x, std::span<const std::uint32_t> phases, std::size_t cycle) {
  PhaseSums sums(cycle);
  const RunningSums running(x);
  for (std::size_t t = 0; t < x.size(); ++t) {
    const double rest = double{x[t]} - centred_average(running, t, cycle);
    if (std::isnan(rest)) continue;
    sums.count[phases[t]] += 1;
    sums.sum[phases[t]] += rest;
    sums.square += rest * rest;
    sums.total += 1;
  }
  return sums;
}

void profile_of(std::span<const float> x, std::span<const std::uint32_t> phases, std::span<float> profile) {
  constexpr double repetitions = 3;
  const std::size_t cycle = profile.size();
  const PhaseSums sums = sum_phases(x, phases, cycle);
  const double length = static_cast<double>(cycle);
  const bool all = std::all_of(sums.count.begin(), sums.count.end(), [](double count) { return count > 0; });
  if (!all || sums.total < repetitions * length) return;
  double mean = 0, explained = 0;
  for (std::size_t p = 0; p < cycle; ++p) mean += sums.sum[p] / sums.count[p] / length;
  for (std::size_t p = 0; p < cycle; ++p) explained += sums.sum[p] * sums.sum[p] / sums.count[p];
  const double within = std::max(0.0, sums.square - explained) / (sums.total - length),
               between = explained / (length - 1);
  const double kept = between > 0 ? std::max(0.0, 1 - within / between) : 0.0;
  for (std::size_t p = 0; p < cycle; ++p) {
    profile[p] = static_cast<float>(kept * (sums.sum[p] / sums.count[p] - mean));
  }
}

}  // namespace

SeasonalProfile fit_profile(ConstMatrix<float> scaled, std::span<const std::uint32_t> phases, Range known,
                            std::size_t cycle) {
  if (phases.size() != scaled.cols) throw Error(ErrorKind::software, "seasonal profile", "has phases of another table");
  SeasonalProfile profile{cycle, std::vector<float>(scaled.rows * cycle)};
  if (cycle < 2) return profile;
  for (std::size_t d = 0; d < scaled.rows; ++d) {
    profile_of(scaled.row(d).subspan(known.begin, known.size()), phases.subspan(known.begin, known.size()),
               std::span(profile.values).subspan(d * cycle, cycle));
  }
  return profile;
}

float profile_amplitude(std::span<const float> context, std::span<const std::uint32_t> phases,
                        std::span<const float> profile) {
  constexpr double prior = .1, largest = 2;  // rows' worth of the profile at amplitude 1, per row
  double n = 0, sum_x = 0, sum_s = 0, products = 0, squares = 0, energy = 0;
  for (std::size_t k = 0; k < context.size(); ++k) {
    if (std::isnan(context[k])) continue;
    const double x = double{context[k]}, s = double{profile[phases[k]]};
    n += 1;
    sum_x += x;
    sum_s += s;
    products += x * s;
    squares += s * s;
  }
  for (const float s : profile) energy += double{s} * double{s} / static_cast<double>(profile.size());
  if (n == 0 || energy == 0) return 1;
  const double ridge = prior * n * energy;
  const double a = (products - sum_x * sum_s / n + ridge) / (squares - sum_s * sum_s / n + ridge);
  return static_cast<float>(std::clamp(a, 0.0, largest));
}

}  // namespace vdn
