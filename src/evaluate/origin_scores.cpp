#include <vdn/evaluate/origin_scores.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <vdn/core/error.hpp>
#include <vdn/evaluate/sample.hpp>
#include <vdn/kernels/mixture.hpp>
#include <vdn/predictive/mixture.hpp>

namespace vdn {
namespace {

constexpr std::size_t batch_windows = 64;

/// Sums of one window's scores over its observed points; energy and sums count once.
struct WindowScores {
  bool observed = false;
  double mse = 0, crps = 0, nll = 0, joint_nll = 0, inside_80 = 0, inside_90 = 0;  // means over observed points
  double energy = 0, sum_inside_80 = 0, sum_inside_90 = 0;
};

/// `one` is the mixture of a single window with its target.
WindowScores score_steps(const kernels::MixtureBatch<float>& one) {
  const std::size_t H = one.target.cols;
  WindowScores s;
  std::vector<float> crps(H);
  float nll = 0, joint = 0;
  kernels::mixture_crps<float>(one, Matrix<float>(crps.data(), 1, H));
  kernels::mixture_nll<float>(kernels::Objective::marginal, one, {&nll, 1});
  kernels::mixture_nll<float>(kernels::Objective::joint, one, {&joint, 1});
  double points = 0;
  StepMixture step;
  for (std::size_t h = 0; h < H; ++h) {
    if (!one.observed(0, h)) continue;
    ++points;
    step.load(one, 0, h);
    const GaussianMixture mixture = step.view();
    const double target = double{one.target(0, h)}, error = mixture.mean() - target, level = mixture.cdf(target);
    s.mse += error * error;
    s.crps += double{crps[h]};
    s.inside_80 += level >= .1 && level <= .9 ? 1 : 0;
    s.inside_90 += level >= .05 && level <= .95 ? 1 : 0;
  }
  if (points == 0) return s;
  s.observed = true;
  for (double* sum : {&s.mse, &s.crps, &s.inside_80, &s.inside_90}) *sum /= points;
  s.nll = double{nll};
  s.joint_nll = double{joint};
  return s;
}

/// Rank of the target's sum among the paths' sums, ties broken by half; `paths` [P, H].
void score_future(std::span<const float> target, std::span<const std::uint8_t> observed, ConstMatrix<float> paths,
                  WindowScores& s) {
  s.energy = double{kernels::energy_score<float>(target, observed, paths)};
  const auto sum_of = [&](std::span<const float> values) {
    double sum = 0;
    for (std::size_t h = 0; h < values.size(); ++h) sum += observed[h] ? double{values[h]} : 0.0;
    return sum;
  };
  const double truth = sum_of(target);
  double below = 0.5;
  for (std::size_t p = 0; p < paths.rows; ++p) below += sum_of(paths.row(p)) < truth ? 1 : 0;
  const double place = below / static_cast<double>(paths.rows + 1);
  s.sum_inside_80 = place > .1 && place < .9 ? 1 : 0;
  s.sum_inside_90 = place > .05 && place < .95 ? 1 : 0;
}

/// Adds the mean of the windows of one origin.
void add_origin(std::size_t origin, std::span<const WindowScores> windows, bool paths, OriginScores& out) {
  WindowScores sum;
  double count = 0;
  for (const WindowScores& s : windows) {
    if (!s.observed) continue;
    ++count;
    sum.mse += s.mse;
    sum.crps += s.crps;
    sum.nll += s.nll;
    sum.joint_nll += s.joint_nll;
    sum.inside_80 += s.inside_80;
    sum.inside_90 += s.inside_90;
    sum.energy += s.energy;
    sum.sum_inside_80 += s.sum_inside_80;
    sum.sum_inside_90 += s.sum_inside_90;
  }
  if (count == 0) return;
  out.origin.push_back(origin);
  const auto add = [&](std::vector<double>& list, double total) { list.push_back(total / count); };
  add(out.mse, sum.mse);
  add(out.crps, sum.crps);
  add(out.nll, sum.nll);
  add(out.joint_nll, sum.joint_nll);
  add(out.inside_80, sum.inside_80);
  add(out.inside_90, sum.inside_90);
  if (!paths) return;
  add(out.energy, sum.energy);
  add(out.sum_inside_80, sum.sum_inside_80);
  add(out.sum_inside_90, sum.sum_inside_90);
}

}  // namespace

double mean_of(std::span<const double> scores) {
  return std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
}

OriginScores score_origins(Forecaster& forecaster, ConstMatrix<float> inputs, ConstMatrix<float> targets,
                           std::span<const Window> windows, std::size_t paths, Scheduler& scheduler) {
  const std::size_t H = forecaster.horizon();
  const bool futures = paths >= 2;
  std::vector<WindowScores> scores(windows.size());
  std::vector<float> drawn(futures ? batch_windows * paths * H : 0);
  ForecastBatch forecast;
  PathSampler sampler(forecaster);
  for (std::size_t first = 0; first < windows.size(); first += batch_windows) {
    const auto batch = windows.subspan(first, std::min(batch_windows, windows.size() - first));
    forecaster.forecast(inputs, batch, forecast, scheduler);
    const Matrix<float> futures_of(drawn.data(), batch.size() * (futures ? paths : 0), H);
    if (futures) sampler.sample(inputs, batch, paths, futures_of, scheduler);
    const auto mixtures = forecast.mixtures();
    const std::size_t J = forecast.components();
    scheduler.run(batch.size(), [&](std::size_t b) {
      std::vector<float> target(H);
      std::vector<std::uint8_t> observed(H);
      gather_target(targets, batch[b], target, observed);
      const Range own{b * J, (b + 1) * J};
      scores[first + b] = score_steps(
          {ConstMatrix<float>(target.data(), 1, H), ConstMatrix<std::uint8_t>(observed.data(), 1, H),
           mixtures.mean.slice(own), mixtures.scale.slice(own), mixtures.log_weight.slice({b, b + 1}), mixtures.draws});
      if (futures && scores[first + b].observed) {
        score_future(target, observed, futures_of.slice({b * paths, (b + 1) * paths}), scores[first + b]);
      }
    });
  }
  OriginScores out;
  for (std::size_t first = 0; first < windows.size();) {
    std::size_t end = first;
    while (end < windows.size() && windows[end].origin == windows[first].origin) ++end;
    if (end < windows.size() && windows[end].origin < windows[first].origin) {
      throw Error(ErrorKind::software, "score_origins", "origins do not ascend");
    }
    add_origin(windows[first].origin, std::span(scores).subspan(first, end - first), futures, out);
    first = end;
  }
  if (out.origin.empty()) throw Error(ErrorKind::data, "", "no window has an observed target to score");
  return out;
}

}  // namespace vdn
