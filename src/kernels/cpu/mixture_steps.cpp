// Density, distribution function, mean and quantiles of a mixture: the fast form. Lanes are horizon steps.

#include <vector>

#include <vdn/kernels/mixture_steps.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/mixture_steps.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/cpu/packed_mixture-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels {
namespace HWY_NAMESPACE {
namespace {

/// The distribution function at x with its first three derivatives.
struct CdfAt {
  Vec cdf, density, slope, curve;
};
CdfAt evaluate(Lanes d, const PackedMixture& mixture, Vec x) {
  CdfAt at{hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};
  for (std::size_t j = 0; j < mixture.components(); ++j) {
    const Vec inverse = mixture.inverse_scale(d, j);
    const Vec weight = hn::Set(d, mixture.weight(j));
    const Vec z = hn::Mul(hn::Sub(x, mixture.mean(d, j)), inverse);
    const Normal own = normal(d, z);
    const Vec density = hn::Mul(hn::Mul(weight, inverse), own.density), narrower = hn::Mul(density, inverse);
    at.cdf = hn::MulAdd(weight, own.cdf, at.cdf);
    at.density = hn::Add(at.density, density);
    at.slope = hn::NegMulAdd(narrower, z, at.slope);
    at.curve = hn::MulAdd(hn::Mul(narrower, inverse), hn::MulSub(z, z, hn::Set(d, 1.0f)), at.curve);
  }
  return at;
}

/// Mean and standard deviation of the packed steps, near enough to start from.
struct Spread {
  Vec mean, deviation;
};
Spread spread_of(Lanes d, const PackedMixture& mixture) {
  const Vec origin = mixture.mean(d, 0);  // of the first component: squares lose less about it
  Vec sum = hn::Zero(d), squares = hn::Zero(d);
  for (std::size_t j = 0; j < mixture.components(); ++j) {
    const Vec weight = hn::Set(d, mixture.weight(j)), scale = mixture.scale(d, j);
    const Vec apart = hn::Sub(mixture.mean(d, j), origin);
    sum = hn::MulAdd(weight, apart, sum);
    squares = hn::MulAdd(weight, hn::MulAdd(apart, apart, hn::Mul(scale, scale)), squares);
  }
  const Vec share = hn::Set(d, static_cast<float>(1 / mixture.total_weight())), mean = hn::Mul(sum, share);
  const Vec variance = hn::NegMulAdd(mean, mean, hn::Mul(squares, share));
  return {hn::Add(origin, mean), hn::Sqrt(hn::Max(variance, hn::Set(d, 1e-30f)))};
}

/// Between the smallest and the largest quantile of a component lie those of the mixture, of any level between.
struct Bracket {
  Vec lo, hi;
};
Vec middle_of(Lanes d, Bracket bracket) {
  return hn::MulAdd(hn::Sub(bracket.hi, bracket.lo), hn::Set(d, 0.5f), bracket.lo);
}
Bracket bracket_of(Lanes d, const PackedMixture& mixture, float lowest, float highest) {
  Bracket bracket{hn::Set(d, 3e38f), hn::Set(d, -3e38f)};
  for (std::size_t j = 0; j < mixture.components(); ++j) {
    const Vec scale = mixture.scale(d, j);
    const Vec mean = mixture.mean(d, j);
    bracket = {hn::Min(bracket.lo, hn::MulAdd(scale, hn::Set(d, lowest), mean)),
               hn::Max(bracket.hi, hn::MulAdd(scale, hn::Set(d, highest), mean))};
  }
  return bracket;
}

/// One step from x towards cdf = level, kept inside the bracket (else its middle). With n = (cdf - level)/f,
/// a = f'/(2f), b = f''/(6f) the solution is x - n - a n^2 - (2a^2 - b) n^3 - ...: Halley's step x - n/(1 - a n) has
/// all but (a^2 - b) n^3 of that, which is then taken off as well.
struct Step {
  Vec x;
  LaneMask trusted;  ///< within 1e-6 of the level, by Taylor's theorem
};
HWY_INLINE Step step_from(Lanes d, Vec x, const CdfAt& at, Vec level, Bracket bracket, Vec quartic) {
  const Vec half = hn::Set(d, 0.5f), sixth = hn::Set(d, 1.0f / 6.0f), miss = hn::Sub(at.cdf, level);
  const Vec density = hn::Max(at.density, hn::Set(d, 1e-30f));
  const Vec n = hn::Div(miss, density), share = hn::Div(n, density);
  const Vec bend = hn::Mul(hn::Mul(share, at.slope), half);                // a n
  const Vec twist = hn::Mul(hn::Mul(hn::Mul(share, n), at.curve), sixth);  // b n^2
  const Vec bounded = hn::Min(hn::Max(bend, hn::Set(d, -1.0f)), half);
  const Vec halley = hn::Div(n, hn::Sub(hn::Set(d, 1.0f), bounded));
  const Vec third = hn::Mul(n, hn::MulSub(bend, bend, twist));  // (a^2 - b) n^3
  const LaneMask refine = hn::Lt(hn::Abs(third), hn::Mul(half, hn::Abs(halley)));
  const Vec wanted = hn::Sub(x, hn::Add(halley, hn::IfThenElseZero(refine, third)));
  const LaneMask inside = hn::And(hn::Ge(wanted, bracket.lo), hn::Le(wanted, bracket.hi));
  const Vec next = hn::IfThenElse(inside, wanted, middle_of(d, bracket)), move = hn::Sub(next, x),
            square = hn::Mul(move, move);
  // What the polynomial of degree 3 has left there, and all that may be beyond it.
  const Vec bent = hn::MulAdd(hn::MulAdd(hn::Mul(at.curve, move), sixth, hn::Mul(at.slope, half)), square, miss);
  const Vec left = hn::MulAdd(hn::Mul(square, square), quartic, hn::Abs(hn::MulAdd(at.density, move, bent)));
  return {next, hn::Lt(left, hn::Set(d, 6e-7f))};
}

/// At most what the fourth power of a step adds to the distribution function beyond its third: |F''''| / 24 is nowhere
/// above the sum of w |phi'''| / (24 s^4), and |phi'''| is below 0.5506.
Vec quartic_bound(Lanes d, const PackedMixture& mixture) {
  Vec sum = hn::Zero(d);
  for (std::size_t j = 0; j < mixture.components(); ++j) {
    const Vec inverse = mixture.inverse_scale(d, j), square = hn::Mul(inverse, inverse);
    sum = hn::MulAdd(hn::Mul(square, square), hn::Set(d, mixture.weight(j)), sum);
  }
  return hn::Mul(sum, hn::Set(d, 0.5506f / 24.0f));
}

/// The point inside the bracket where the distribution function is `level`, looked for from x on. Steps that jump to
/// and fro over a narrow component would close in slowly: from the fifth on every other one halves the bracket.
Vec solve(Lanes d, const PackedMixture& mixture, Vec level, Bracket bracket, Vec quartic, Vec x) {
  Vec solution = x;
  LaneMask done = hn::Gt(hn::Zero(d), hn::Zero(d));
  for (int iteration = 0; iteration < 80 && !hn::AllTrue(d, done); ++iteration) {
    const CdfAt at = evaluate(d, mixture, x);
    const Vec miss = hn::Sub(at.cdf, level);
    const LaneMask below = hn::Lt(miss, hn::Zero(d));
    bracket = {hn::IfThenElse(below, x, bracket.lo), hn::IfThenElse(below, bracket.hi, x)};
    const Step next = step_from(d, x, at, level, bracket, quartic);
    const Vec resolution = hn::Mul(hn::Abs(bracket.hi), hn::Set(d, 1.5e-7f));
    const LaneMask exact =
        hn::Or(hn::Le(hn::Abs(miss), hn::Set(d, 2e-7f)), hn::Le(hn::Sub(bracket.hi, bracket.lo), resolution));
    const Vec result = hn::IfThenElse(exact, x, next.x);
    solution = hn::IfThenElse(done, solution, result);
    done = hn::Or(done, hn::Or(exact, next.trusted));
    const bool halves = iteration >= 4 && iteration % 2 == 0;
    x = hn::IfThenElse(done, solution, halves ? middle_of(d, bracket) : result);
  }
  return solution;
}

/// The quantiles of 16 steps, ascending. Where the levels lay in the 16 steps before, in deviations from the mean, and
/// how far the level before was from there is where each is looked for first: mostly one evaluation finds it.
class QuantileSearch {
 public:
  explicit QuantileSearch(std::span<const double> levels) : levels_(levels), normal_(levels.size()) {
    std::ranges::transform(levels, normal_.begin(),
                           [](double level) { return static_cast<float>(normal_quantile(level)); });
  }
  /// Forgets the steps before: those of another row.
  void begin_row(Lanes d) {
    place_.resize(levels_.size() * hn::Lanes(d));
    for (std::size_t l = 0; l < levels_.size(); ++l)
      hn::StoreU(hn::Set(d, normal_[l]), d, place_.data() + l * hn::Lanes(d));
  }
  /// Calls take(l, quantile) for every level.
  template <class Take>
  HWY_INLINE void find(Lanes d, const PackedMixture& mixture, const Take& take) {
    if (levels_.empty()) return;
    const Spread spread = spread_of(d, mixture);
    const Vec quartic = quartic_bound(d, mixture);
    Bracket bracket = bracket_of(d, mixture, normal_.front(), normal_.back());
    Vec drift = hn::Zero(d);
    for (std::size_t l = 0; l < levels_.size(); ++l) {
      float* place = place_.data() + l * hn::Lanes(d);
      const Vec usual = hn::MulAdd(spread.deviation, hn::LoadU(d, place), spread.mean);
      const Vec start = hn::Min(hn::Max(hn::Add(usual, drift), bracket.lo), bracket.hi);
      const Vec level = hn::Set(d, static_cast<float>(levels_[l] * mixture.total_weight()));
      bracket.lo = hn::Max(bracket.lo, solve(d, mixture, level, bracket, quartic, start));
      drift = hn::Sub(bracket.lo, usual);
      hn::StoreU(hn::Div(hn::Sub(bracket.lo, spread.mean), spread.deviation), d, place);
      take(l, bracket.lo);
    }
  }

 private:
  std::span<const double> levels_;
  std::vector<float> normal_;  ///< [L] the levels' quantiles of a standard normal
  std::vector<float> place_;   ///< [L, lanes]
};

void MixtureQuantiles(const MixtureBatch<float>& batch, std::span<const double> levels, float* quantiles) {
  const Lanes d;
  const std::size_t horizon = batch.mean.cols;
  QuantileSearch search(levels);
  for_each_pack(d, batch, [&](const PackedMixture& mixture, std::size_t b, std::size_t h) {
    if (h == 0) search.begin_row(d);
    search.find(d, mixture, [&](std::size_t l, Vec quantile) {
      store_steps(d, quantile, quantiles + (b * levels.size() + l) * horizon, h, horizon);
    });
  });
}

void MixtureLogDensity(const MixtureBatch<float>& batch, float* log_density) {
  const Lanes d;
  const std::size_t components = batch.log_weight.cols, horizon = batch.target.cols;
  for (std::size_t b = 0; b < batch.target.rows; ++b) {
    const std::size_t first = b * components;
    for (std::size_t h = 0; h < horizon; h += hn::Lanes(d)) {
      const Targets at =
          load_targets(d, batch.target.data + b * horizon, batch.observed.data + b * horizon, h, horizon);
      LogSumExp sum(d);
      for (std::size_t j = first; j < first + components; ++j) {
        const Vec mean = load_steps(d, batch.mean.data + j * horizon, h, horizon, 0.0f);
        const Vec scale = load_steps(d, batch.scale.data + j * horizon, h, horizon, 1.0f);
        sum.add(d, hn::Add(log_normal(d, at.y, mean, scale), hn::Set(d, batch.log_weight.data[j])));
      }
      store_steps(d, hn::IfThenElseZero(at.observed, sum.value(d)), log_density + b * horizon, h, horizon);
    }
  }
}

void MixtureCdf(const MixtureBatch<float>& batch, float* cdf) {
  const Lanes d;
  const std::size_t components = batch.log_weight.cols, horizon = batch.target.cols;
  std::vector<float> weight(components);
  for (std::size_t b = 0; b < batch.target.rows; ++b) {
    fill_weights(batch, b, weight);
    const float *means = batch.mean.data + b * components * horizon,
                *scales = batch.scale.data + b * components * horizon;
    for (std::size_t h = 0; h < horizon; h += hn::Lanes(d)) {
      const Targets at =
          load_targets(d, batch.target.data + b * horizon, batch.observed.data + b * horizon, h, horizon);
      Vec sum = hn::Zero(d);
      for (std::size_t j = 0; j < components; ++j) {
        const Vec mean = load_steps(d, means + j * horizon, h, horizon, 0.0f);
        const Vec scale = load_steps(d, scales + j * horizon, h, horizon, 1.0f);
        sum = hn::MulAdd(hn::Set(d, weight[j]), normal(d, standardise(d, at.y, mean, scale)).cdf, sum);
      }
      store_steps(d, hn::IfThenElseZero(at.observed, sum), cdf + b * horizon, h, horizon);
    }
  }
}

void MixtureMean(const MixtureBatch<float>& batch, float* mean) {
  const Lanes d;
  const std::size_t components = batch.log_weight.cols, horizon = batch.mean.cols;
  std::vector<float> weight(components);
  for (std::size_t b = 0; b < batch.log_weight.rows; ++b) {
    fill_weights(batch, b, weight);
    const float* means = batch.mean.data + b * components * horizon;
    for (std::size_t h = 0; h < horizon; h += hn::Lanes(d)) {
      Vec sum = hn::Zero(d);
      for (std::size_t j = 0; j < components; ++j)
        sum = hn::MulAdd(hn::Set(d, weight[j]), load_steps(d, means + j * horizon, h, horizon, 0.0f), sum);
      store_steps(d, sum, mean + b * horizon, h, horizon);
    }
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace vdn::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vdn::kernels {

HWY_EXPORT(MixtureQuantiles);
HWY_EXPORT(MixtureLogDensity);
HWY_EXPORT(MixtureCdf);
HWY_EXPORT(MixtureMean);

template <>
void mixture_quantiles<float>(const MixtureBatch<float>& batch, std::span<const double> levels,
                              Matrix<float> quantiles) {
  HWY_DYNAMIC_DISPATCH(MixtureQuantiles)(batch, levels, quantiles.data);
}

template <>
void mixture_log_density<float>(const MixtureBatch<float>& batch, Matrix<float> log_density) {
  HWY_DYNAMIC_DISPATCH(MixtureLogDensity)(batch, log_density.data);
}

template <>
void mixture_cdf<float>(const MixtureBatch<float>& batch, Matrix<float> cdf) {
  HWY_DYNAMIC_DISPATCH(MixtureCdf)(batch, cdf.data);
}

template <>
void mixture_mean<float>(const MixtureBatch<float>& batch, Matrix<float> mean) {
  HWY_DYNAMIC_DISPATCH(MixtureMean)(batch, mean.data);
}

}  // namespace vdn::kernels
#endif
