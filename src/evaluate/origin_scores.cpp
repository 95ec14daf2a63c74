#include <vdn/evaluate/origin_scores.hpp>

#include <algorithm>
#include <array>
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
  float nll = 0;
  kernels::mixture_crps<float>(one, Matrix<float>(crps.data(), 1, H));
  kernels::mixture_nll<float>(kernels::Objective::marginal, one, {&nll, 1});
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

/// Paths of all series of one origin, path n of each taken together.
class Together {
 public:
  /// Room for D windows of H steps and P paths.
  Together(std::size_t series, std::size_t horizon, std::size_t paths)
      : horizon_(horizon),
        target_(series * horizon),
        observed_(series * horizon),
        futures_(paths * series * horizon),
        paths_(futures_.data(), paths, series * horizon) {}

  /// `paths` [D*P, H], window by window.
  void gather(ConstMatrix<float> targets, std::span<const Window> windows, ConstMatrix<float> paths) {
    for (std::size_t d = 0; d < windows.size(); ++d) {
      const std::size_t at = d * horizon_;
      gather_target(targets, windows[d], std::span(target_).subspan(at, horizon_),
                    std::span(observed_).subspan(at, horizon_));
      for (std::size_t p = 0; p < paths_.rows; ++p) {
        std::copy_n(paths.row(d * paths_.rows + p).data(), horizon_, &paths_(p, at));
      }
    }
  }
  double energy() const { return double{kernels::energy_score<float>(target_, observed_, paths_)}; }
  /// The CRPS of a sample is its energy score in one dimension. NaN when no step is observed of all series.
  double sum_crps() const {
    std::vector<float> sums(paths_.rows);
    const std::uint8_t known = 1;
    double total = 0, steps = 0;
    for (std::size_t h = 0; h < horizon_; ++h) {
      float truth = 0;
      bool complete = true;
      std::fill(sums.begin(), sums.end(), 0.0f);
      for (std::size_t at = h; at < target_.size(); at += horizon_) {
        complete = complete && observed_[at];
        truth += target_[at];
        for (std::size_t p = 0; p < sums.size(); ++p) sums[p] += paths_(p, at);
      }
      if (!complete) continue;
      total += double{kernels::energy_score<float>({&truth, 1}, {&known, 1}, {sums.data(), sums.size(), 1})};
      ++steps;
    }
    return total / steps;
  }

 private:
  std::size_t horizon_;
  std::vector<float> target_;
  std::vector<std::uint8_t> observed_;
  std::vector<float> futures_;
  Matrix<float> paths_;  // [P, D*H]
};

/// Adds the mean of the windows of one origin; false when none of them is observed.
bool add_origin(std::size_t origin, std::span<const WindowScores> windows, bool paths, OriginScores& out) {
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
  if (count == 0) return false;
  out.origin.push_back(origin);
  const auto add = [&](std::vector<double>& list, double total) { list.push_back(total / count); };
  add(out.mse, sum.mse);
  add(out.crps, sum.crps);
  add(out.nll, sum.nll);
  add(out.joint_nll, sum.joint_nll);
  add(out.inside_80, sum.inside_80);
  add(out.inside_90, sum.inside_90);
  if (!paths) return true;
  add(out.energy, sum.energy);
  add(out.sum_inside_80, sum.sum_inside_80);
  add(out.sum_inside_90, sum.sum_inside_90);
  return true;
}

/// All scores of one window; `paths` may be empty.
WindowScores score_window(ForecastBatch& forecast, std::size_t b, ConstMatrix<float> targets, const Window& window,
                          ConstMatrix<float> paths) {
  const WindowTargets own(targets, {&window, 1}, forecast.horizon());
  WindowScores scores = score_steps(forecast.mixtures({b, b + 1}, own));
  if (paths.rows > 0 && scores.observed) score_future(own.values().row(0), own.observed().row(0), paths, scores);
  return scores;
}

/// The end of the windows that have the origin of `windows[first]`. Throws Error (software) when origins do not ascend.
std::size_t end_of_origin(std::span<const Window> windows, std::size_t first) {
  std::size_t end = first;
  while (end < windows.size() && windows[end].origin == windows[first].origin) ++end;
  if (end < windows.size() && windows[end].origin < windows[first].origin) {
    throw Error(ErrorKind::software, "score_origins", "origins do not ascend");
  }
  return end;
}

/// The windows of whole origins from `first` on: as many origins as hold batch_windows, one at least.
std::vector<Range> some_origins(std::span<const Window> windows, std::size_t first) {
  std::vector<Range> origins;
  while (first < windows.size()) {
    const std::size_t end = end_of_origin(windows, first);
    if (!origins.empty() && end - origins.front().begin > batch_windows) break;
    origins.push_back({first, end});
    first = end;
  }
  return origins;
}

}  // namespace

double mean_of(std::span<const double> scores) {
  return std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
}

OriginScores score_origins(Forecaster& forecaster, ConstMatrix<float> inputs, ConstMatrix<float> targets,
                           std::span<const Window> windows, std::size_t paths, Scheduler& scheduler) {
  const std::size_t H = forecaster.horizon(), P = paths >= 2 ? paths : 0;
  std::vector<float> drawn;
  ForecastBatch forecast;
  PathSampler sampler(forecaster);
  OriginScores out;
  for (std::size_t first = 0; first < windows.size();) {
    const std::vector<Range> origins = some_origins(windows, first);
    const Range own{first, origins.back().end};
    const auto batch = windows.subspan(own.begin, own.size());
    forecaster.forecast(inputs, batch, forecast, scheduler);
    drawn.resize(batch.size() * P * H);
    const Matrix<float> futures(drawn.data(), batch.size() * P, H);
    FutureDensity density(targets, batch, std::max<std::size_t>(1, P));
    if (P > 0) sampler.sample(inputs, batch, P, futures, scheduler, &density);
    std::vector<WindowScores> scores(batch.size());
    scheduler.run(batch.size(), [&](std::size_t b) {
      scores[b] = score_window(forecast, b, targets, batch[b], futures.slice({b * P, (b + 1) * P}));
      if (P == 0) density.add(forecast.mixtures(), b, b, 1);
      scores[b].joint_nll = density.joint_nll(b);
    });
    std::vector<std::array<double, 2>> together(origins.size());
    scheduler.run(P > 0 ? origins.size() : 0, [&](std::size_t k) {
      const Range w{origins[k].begin - first, origins[k].end - first};
      if (w.size() < 2) return;
      Together all(w.size(), H, P);
      all.gather(targets, batch.subspan(w.begin, w.size()), futures.slice({w.begin * P, w.end * P}));
      together[k] = {all.sum_crps(), all.energy()};
    });
    for (std::size_t k = 0; k < origins.size(); ++k) {
      const auto windows_of = std::span(scores).subspan(origins[k].begin - first, origins[k].size());
      const bool added = add_origin(windows[origins[k].begin].origin, windows_of, P > 0, out);
      if (!added || P == 0 || origins[k].size() < 2) continue;
      out.series_sum_crps.push_back(together[k][0]);
      out.joint_energy.push_back(together[k][1]);
    }
    first = own.end;
  }
  if (out.origin.empty()) throw Error(ErrorKind::data, "", "no window has an observed target to score");
  return out;
}

}  // namespace vdn
