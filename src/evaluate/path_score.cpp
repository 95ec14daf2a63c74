#include <vdn/evaluate/path_score.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include <vdn/core/error.hpp>
#include <vdn/evaluate/sample.hpp>
#include <vdn/kernels/mixture.hpp>

namespace vdn {
namespace {

constexpr std::size_t batch_windows = 32;

/// Sums of one window's scores.
struct Sums {
  double energy = 0, independent = 0, inside_80 = 0, inside_90 = 0, crps = 0, joint_nll = 0;
  bool observed = false;
};

/// mean |s - s_n| - mean |s_n - s_m| / 2; sorts the sums. Over the sorted ones sum_{n<m} (s_m - s_n) is linear.
double crps_of(std::vector<double>& sums, double target) {
  std::sort(sums.begin(), sums.end());
  const auto N = static_cast<double>(sums.size());
  double to_target = 0, apart = 0;
  for (std::size_t n = 0; n < sums.size(); ++n) {
    to_target += std::abs(target - sums[n]);
    apart += (2 * static_cast<double>(n) + 1 - N) * sums[n];
  }
  return to_target / N - apart / (N * N);
}

/// u of the window's rank: a function of what it is, not of when it is asked.
double rank_uniform(std::uint64_t seed, Window window) {
  return to_uniform(philox(stream_key(seed, Purpose::paths, 2), {0, 0, window.origin, window.series})[0]);
}

void score_sum(std::span<const float> target, std::span<const std::uint8_t> observed, ConstMatrix<float> paths,
               double uniform, Sums& out) {
  const auto sum_of = [&](std::span<const float> values) {
    double sum = 0;
    for (std::size_t h = 0; h < values.size(); ++h) sum += observed[h] ? double{values[h]} : 0.0;
    return sum;
  };
  std::vector<double> sums;
  for (std::size_t n = 0; n < paths.rows; ++n) sums.push_back(sum_of(paths.row(n)));
  const double truth = sum_of(target);
  const auto below = std::count_if(sums.begin(), sums.end(), [&](double sum) { return sum < truth; });
  const double place = (static_cast<double>(below) + uniform) / static_cast<double>(sums.size() + 1);
  out.inside_80 = place > .1 && place < .9 ? 1 : 0;
  out.inside_90 = place > .05 && place < .95 ? 1 : 0;
  out.crps = crps_of(sums, truth);
}

}  // namespace

PathScores score_paths(Forecaster& forecaster, ConstMatrix<float> scaled, std::span<const Window> windows,
                       std::size_t paths, Scheduler& scheduler) {
  if (paths < 2) throw Error(ErrorKind::usage, "--paths", "scores of paths need 2 of them at least");
  const std::size_t H = forecaster.horizon();
  PathSampler sampler(forecaster);
  std::vector<float> joint(batch_windows * paths * H), apart(joint.size());
  std::vector<Sums> sums(windows.size());
  for (std::size_t first = 0; first < windows.size(); first += batch_windows) {
    const auto batch = windows.subspan(first, std::min(batch_windows, windows.size() - first));
    const Matrix<float> x(joint.data(), batch.size() * paths, H), z(apart.data(), batch.size() * paths, H);
    FutureDensity density(scaled, batch, paths);
    sampler.sample(scaled, batch, paths, x, scheduler, &density);
    sampler.sample_independent(scaled, batch, paths, z, scheduler);
    scheduler.run(batch.size(), [&](std::size_t b) {
      Sums& out = sums[first + b];
      std::vector<float> target(H);
      std::vector<std::uint8_t> observed(H);
      gather_target(scaled, batch[b], target, observed);
      out.observed = std::find(observed.begin(), observed.end(), 1) != observed.end();
      if (!out.observed) return;
      const Range own{b * paths, (b + 1) * paths};
      out.energy = static_cast<double>(kernels::energy_score<float>(target, observed, x.slice(own)));
      out.independent = static_cast<double>(kernels::energy_score<float>(target, observed, z.slice(own)));
      score_sum(target, observed, x.slice(own), rank_uniform(forecaster.settings().seed, batch[b]), out);
      out.joint_nll = density.joint_nll(b);
    });
  }
  PathScores scores{.paths = paths};
  for (const Sums& one : sums) {
    if (!one.observed) continue;
    ++scores.windows;
    scores.energy += one.energy;
    scores.energy_independent += one.independent;
    scores.sum_coverage_80 += one.inside_80;
    scores.sum_coverage_90 += one.inside_90;
    scores.sum_crps += one.crps;
    scores.joint_nll += one.joint_nll;
  }
  if (scores.windows == 0) throw Error(ErrorKind::data, "", "no window has an observed target to score paths against");
  for (double* sum : {&scores.energy, &scores.energy_independent, &scores.sum_coverage_80, &scores.sum_coverage_90,
                      &scores.sum_crps, &scores.joint_nll}) {
    *sum /= static_cast<double>(scores.windows);
  }
  return scores;
}

}  // namespace vdn
