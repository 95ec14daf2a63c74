// Density, distribution function, mean and quantiles of a mixture: the fast form. Lanes are horizon steps.

#include <vector>

#include <vdn/kernels/mixture_steps.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/mixture_steps.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/cpu/mixture-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels {
namespace HWY_NAMESPACE {
namespace {

/// The components of the steps [h, h + lanes) of one row; lanes past the end are standard normals.
struct PackedMixture {
  std::size_t components;
  double total = 0;            ///< sum of the weights
  std::vector<float> weight;   ///< [J]
  std::vector<float> mean;     ///< [J, lanes]
  std::vector<float> scale;    ///< [J, lanes]
  std::vector<float> inverse;  ///< [J, lanes] 1/scale

  explicit PackedMixture(std::size_t size)
      : components(size), weight(size), mean(size * max_lanes), scale(mean), inverse(mean) {}

  void set_weights(const float* log_weight) {
    total = 0;
    for (std::size_t j = 0; j < components; ++j) {
      weight[j] = static_cast<float>(std::exp(double{log_weight[j]}));
      total += weight[j];
    }
  }
  void load(Lanes d, const float* means, const float* scales, std::size_t h, std::size_t horizon) {
    for (std::size_t j = 0; j < components; ++j) {
      const Vec width = load_steps(d, scales + j * horizon, h, horizon, 1.0f);
      hn::StoreU(load_steps(d, means + j * horizon, h, horizon, 0.0f), d, mean.data() + j * hn::Lanes(d));
      hn::StoreU(width, d, scale.data() + j * hn::Lanes(d));
      hn::StoreU(hn::Div(hn::Set(d, 1.0f), width), d, inverse.data() + j * hn::Lanes(d));
    }
  }
};

/// The distribution function at x with its first and second derivative.
struct CdfAt {
  Vec x, cdf, density, slope;
};
CdfAt evaluate(Lanes d, const PackedMixture& mixture, Vec x) {
  CdfAt at{x, hn::Zero(d), hn::Zero(d), hn::Zero(d)};
  for (std::size_t j = 0; j < mixture.components; ++j) {
    const Vec inverse = hn::LoadU(d, mixture.inverse.data() + j * hn::Lanes(d));
    const Vec weight = hn::Set(d, mixture.weight[j]);
    const Vec z = hn::Mul(hn::Sub(x, hn::LoadU(d, mixture.mean.data() + j * hn::Lanes(d))), inverse);
    const Normal own = normal(d, z);
    const Vec density = hn::Mul(hn::Mul(weight, inverse), own.density);
    at.cdf = hn::MulAdd(weight, own.cdf, at.cdf);
    at.density = hn::Add(at.density, density);
    at.slope = hn::NegMulAdd(hn::Mul(density, inverse), z, at.slope);
  }
  return at;
}

/// One step of Halley's method from `at` towards cdf = level, kept strictly inside [lo, hi] (else the middle).
struct Step {
  Vec x;
  LaneMask trusted;  ///< inside, and the curvature small enough for the step to land within 1e-6 of the level
};
HWY_INLINE Step halley(Lanes d, const CdfAt& at, Vec level, Vec lo, Vec hi) {
  const Vec density = hn::Max(at.density, hn::Set(d, 1e-30f));
  const Vec newton = hn::Div(hn::Sub(at.cdf, level), density);
  const Vec bend = hn::Mul(hn::Mul(newton, hn::Set(d, 0.5f)), hn::Div(at.slope, density));
  const Vec bounded = hn::Min(hn::Max(bend, hn::Set(d, -1.0f)), hn::Set(d, 0.5f));
  const Vec x = hn::Sub(at.x, hn::Div(newton, hn::Sub(hn::Set(d, 1.0f), bounded)));
  const LaneMask inside = hn::And(hn::Ge(x, lo), hn::Le(x, hi));
  const Vec middle = hn::MulAdd(hn::Sub(hi, lo), hn::Set(d, 0.5f), lo);
  return {hn::IfThenElse(inside, x, middle), hn::And(inside, hn::Lt(hn::Abs(bend), hn::Set(d, 0.01f)))};
}

/// Between the smallest and the largest quantile of a component lies that of the mixture.
struct Bracket {
  Vec lo, hi;
};
Bracket bracket_of(Lanes d, const PackedMixture& mixture, float normal_level) {
  Bracket bracket{hn::Set(d, 3e38f), hn::Set(d, -3e38f)};
  for (std::size_t j = 0; j < mixture.components; ++j) {
    const Vec own = hn::MulAdd(hn::LoadU(d, mixture.scale.data() + j * hn::Lanes(d)), hn::Set(d, normal_level),
                               hn::LoadU(d, mixture.mean.data() + j * hn::Lanes(d)));
    bracket = {hn::Min(bracket.lo, own), hn::Max(bracket.hi, own)};
  }
  return bracket;
}

/// The point where the distribution function is `level`, starting from `at`, the last point evaluated.
Vec solve(Lanes d, const PackedMixture& mixture, Vec level, Bracket bracket, CdfAt& at) {
  Vec x = halley(d, at, level, bracket.lo, bracket.hi).x, solution = x;
  LaneMask done = hn::Gt(hn::Zero(d), hn::Zero(d));
  for (int iteration = 0; iteration < 60 && !hn::AllTrue(d, done); ++iteration) {
    at = evaluate(d, mixture, x);
    const Vec miss = hn::Sub(at.cdf, level);
    const LaneMask below = hn::Lt(miss, hn::Zero(d));
    bracket = {hn::IfThenElse(below, x, bracket.lo), hn::IfThenElse(below, bracket.hi, x)};
    const Step next = halley(d, at, level, bracket.lo, bracket.hi);
    const Vec size = hn::Abs(miss);
    const Vec resolution = hn::Mul(hn::Abs(bracket.hi), hn::Set(d, 1.5e-7f));
    const LaneMask exact = hn::Or(hn::Le(size, hn::Set(d, 2e-7f)), hn::Le(hn::Sub(bracket.hi, bracket.lo), resolution));
    const LaneMask closing = hn::And(next.trusted, hn::Lt(size, hn::Set(d, 3e-4f)));
    const Vec result = hn::IfThenElse(exact, x, next.x);
    solution = hn::IfThenElse(done, solution, result);
    done = hn::Or(done, hn::Or(exact, closing));
    x = solution;
  }
  return solution;
}

void MixtureQuantiles(const MixtureBatch<float>& batch, std::span<const double> levels, float* quantiles) {
  const Lanes d;
  const std::size_t components = batch.log_weight.cols, horizon = batch.mean.cols;
  PackedMixture mixture(components);
  std::vector<float> normal_levels(levels.size());
  std::ranges::transform(levels, normal_levels.begin(),
                         [](double level) { return static_cast<float>(normal_quantile(level)); });
  for (std::size_t b = 0; b < batch.log_weight.rows; ++b) {
    mixture.set_weights(batch.log_weight.data + b * components);
    const std::size_t first = b * components * horizon;
    for (std::size_t h = 0; h < horizon; h += hn::Lanes(d)) {
      mixture.load(d, batch.mean.data + first, batch.scale.data + first, h, horizon);
      CdfAt at{};
      Vec last = hn::Set(d, -3e38f);
      for (std::size_t l = 0; l < levels.size(); ++l) {
        const Bracket bracket = bracket_of(d, mixture, normal_levels[l]);
        if (l == 0)
          at = evaluate(d, mixture, hn::MulAdd(hn::Sub(bracket.hi, bracket.lo), hn::Set(d, 0.5f), bracket.lo));
        const Vec level = hn::Set(d, static_cast<float>(levels[l] * mixture.total));
        last =
            hn::Max(last, solve(d, mixture, level, {hn::Max(bracket.lo, hn::Min(last, bracket.hi)), bracket.hi}, at));
        store_steps(d, last, quantiles + (b * levels.size() + l) * horizon, h, horizon);
      }
    }
  }
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

/// The weights of row b, out of the loop over its steps.
void fill_weights(const MixtureBatch<float>& batch, std::size_t b, std::vector<float>& weight) {
  const float* log_weight = batch.log_weight.data + b * weight.size();
  for (std::size_t j = 0; j < weight.size(); ++j) weight[j] = static_cast<float>(std::exp(double{log_weight[j]}));
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
