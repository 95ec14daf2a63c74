// The fast form of the mixture likelihood: lanes over the horizon, one logarithm and one exponential per component and
// step. Formulas: mixture_objective.hpp.

#include <vdn/kernels/mixture.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/mixture_nll.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/cpu/mixture-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels {
namespace HWY_NAMESPACE {
namespace {

/// One row of a batch: J components over H steps.
struct Row {
  std::size_t components, horizon;
  const float *target, *mean, *scale, *log_weight;
  const std::uint8_t* observed;
  double count;  ///< |O|
};

Row row_of(const MixtureBatch<float>& batch, std::size_t b) {
  const std::size_t components = batch.log_weight.cols, horizon = batch.target.cols;
  const std::uint8_t* observed = batch.observed.data + b * horizon;
  std::size_t count = 0;
  for (std::size_t h = 0; h < horizon; ++h) count += observed[h] ? 1 : 0;
  return {components,
          horizon,
          batch.target.data + b * horizon,
          batch.mean.data + b * components * horizon,
          batch.scale.data + b * components * horizon,
          batch.log_weight.data + b * components,
          observed,
          static_cast<double>(count)};
}

/// Factors of the sequence part: value = -outer * log sum_j w_j exp(inner * sum_h log N).
struct SequenceFactors {
  double outer, inner;
};
SequenceFactors sequence_factors(const ObjectiveParts& parts, double count) {
  return {parts.sequence_share * (parts.tempered ? 1.0 : 1.0 / count), parts.tempered ? 1.0 / count : 1.0};
}

// ---- the value alone, without a workspace -------------------------------------------------------------------------

double step_value(Lanes d, const Row& row, const ObjectiveParts& parts) {
  const std::size_t size = row.components / parts.groups;
  Vec total = hn::Zero(d);
  for (std::size_t h = 0; h < row.horizon; h += hn::Lanes(d)) {
    const Targets at = load_targets(d, row.target, row.observed, h, row.horizon);
    for (std::size_t first = 0; first < row.components; first += size) {
      LogSumExp sum(d);
      for (std::size_t j = first; j < first + size; ++j) {
        const Vec mean = load_steps(d, row.mean + j * row.horizon, h, row.horizon, 0.0f);
        const Vec scale = load_steps(d, row.scale + j * row.horizon, h, row.horizon, 1.0f);
        sum.add(d, hn::Add(log_normal(d, at.y, mean, scale), hn::Set(d, row.log_weight[j])));
      }
      total = hn::Add(total, hn::IfThenElseZero(at.observed, sum.value(d)));
    }
  }
  const auto groups = static_cast<double>(parts.groups);
  return -parts.step_share * (sum_lanes(d, total) / (groups * row.count) + std::log(groups));
}

double sequence_value(Lanes d, const Row& row, const ObjectiveParts& parts) {
  const auto [outer, inner] = sequence_factors(parts, row.count);
  double largest = -1e300, sum = 0;
  for (std::size_t j = 0; j < row.components; ++j) {
    Vec total = hn::Zero(d);
    for (std::size_t h = 0; h < row.horizon; h += hn::Lanes(d)) {
      const Targets at = load_targets(d, row.target, row.observed, h, row.horizon);
      const Vec mean = load_steps(d, row.mean + j * row.horizon, h, row.horizon, 0.0f);
      const Vec scale = load_steps(d, row.scale + j * row.horizon, h, row.horizon, 1.0f);
      total = hn::Add(total, hn::IfThenElseZero(at.observed, log_normal(d, at.y, mean, scale)));
    }
    const double term = row.log_weight[j] + inner * sum_lanes(d, total);
    const double ratio = std::exp(-std::abs(term - largest));
    sum = term > largest ? sum * ratio + 1 : sum + ratio;
    largest = std::max(largest, term);
  }
  return -outer * (largest + std::log(sum));
}

void MixtureNll(Objective objective, const MixtureBatch<float>& batch, float* nll) {
  const Lanes d;
  const ObjectiveParts parts = parts_of(objective, batch.draws);
  for (std::size_t b = 0; b < batch.target.rows; ++b) {
    const Row row = row_of(batch, b);
    double value = 0;
    if (row.count > 0 && parts.step_share > 0) value += step_value(d, row, parts);
    if (row.count > 0 && parts.sequence_share > 0) value += sequence_value(d, row, parts);
    nll[b] = static_cast<float>(value);
  }
}

// ---- value and gradient -------------------------------------------------------------------------------------------

/// The workspace: P is H rounded up to whole vectors.
struct Scratch {
  std::size_t padded;
  float* terms;     ///< [J,P] log N, then exp(log w + log N - largest of the group)
  float* y;         ///< [P] targets, 0 where unobserved
  float* known;     ///< [P] 1 where observed, else 0
  float* factor;    ///< [P] what turns terms of the present group into posteriors
  float* sequence;  ///< [J] sum over h of log N, then the sequence part of -d nll / d log N
};

Scratch scratch_of(const Row& row, float* workspace) {
  const std::size_t padded = (row.horizon + max_lanes - 1) / max_lanes * max_lanes;
  Scratch scratch{padded, workspace, workspace + row.components * padded, nullptr, nullptr, nullptr};
  scratch.known = scratch.y + padded;
  scratch.factor = scratch.known + padded;
  scratch.sequence = scratch.factor + padded;
  for (std::size_t h = 0; h < padded; ++h) {
    const bool known = h < row.horizon && row.observed[h];
    scratch.y[h] = known ? row.target[h] : 0.0f;
    scratch.known[h] = known ? 1.0f : 0.0f;
    scratch.factor[h] = 0.0f;
  }
  return scratch;
}

/// terms and sequence of component j.
void fill_log_normals(Lanes d, const Row& row, const Scratch& scratch, std::size_t j) {
  Vec total = hn::Zero(d);
  for (std::size_t h = 0; h < row.horizon; h += hn::Lanes(d)) {
    const Vec mean = load_steps(d, row.mean + j * row.horizon, h, row.horizon, 0.0f);
    const Vec scale = load_steps(d, row.scale + j * row.horizon, h, row.horizon, 1.0f);
    const LaneMask known = hn::Gt(hn::LoadU(d, scratch.known + h), hn::Zero(d));
    const Vec term = hn::IfThenElseZero(known, log_normal(d, hn::LoadU(d, scratch.y + h), mean, scale));
    hn::StoreU(term, d, scratch.terms + j * scratch.padded + h);
    total = hn::Add(total, term);
  }
  scratch.sequence[j] = static_cast<float>(sum_lanes(d, total));
}

/// Turns the terms of components [first, last) into exponentials and sets factor; the sum over observed h of
/// log sum_j w_j N.
double group_log_density(Lanes d, const Row& row, const Scratch& scratch, std::size_t first, std::size_t last,
                         float share) {
  Vec total = hn::Zero(d);
  for (std::size_t h = 0; h < row.horizon; h += hn::Lanes(d)) {
    Vec largest = hn::Set(d, -3e38f);
    for (std::size_t j = first; j < last; ++j)
      largest = hn::Max(largest,
                        hn::Add(hn::LoadU(d, scratch.terms + j * scratch.padded + h), hn::Set(d, row.log_weight[j])));
    Vec sum = hn::Zero(d);
    for (std::size_t j = first; j < last; ++j) {
      float* at = scratch.terms + j * scratch.padded + h;
      const Vec term = hn::Exp(d, hn::Sub(hn::Add(hn::LoadU(d, at), hn::Set(d, row.log_weight[j])), largest));
      hn::StoreU(term, d, at);
      sum = hn::Add(sum, term);
    }
    const Vec known = hn::LoadU(d, scratch.known + h);
    total = hn::MulAdd(known, hn::Add(largest, hn::Log(d, sum)), total);
    hn::StoreU(hn::Div(hn::Mul(known, hn::Set(d, share)), sum), d, scratch.factor + h);
  }
  return sum_lanes(d, total);
}

/// Turns sequence sums into outer * inner * posteriors of whole futures; returns the part's value.
double sequence_posteriors(const Row& row, const Scratch& scratch, const SequenceFactors& factors) {
  const auto term = [&](std::size_t j) { return row.log_weight[j] + factors.inner * scratch.sequence[j]; };
  double largest = term(0), sum = 0;
  for (std::size_t j = 1; j < row.components; ++j) largest = std::max(largest, term(j));
  for (std::size_t j = 0; j < row.components; ++j) sum += std::exp(term(j) - largest);
  const double log_sum = largest + std::log(sum);
  for (std::size_t j = 0; j < row.components; ++j)
    scratch.sequence[j] = static_cast<float>(factors.outer * factors.inner * std::exp(term(j) - log_sum));
  return -factors.outer * log_sum;
}

/// Gradients of component j; dmean and dscale are its rows. Returns -d nll / d log w_j of the step part.
double component_gradient(Lanes d, const Row& row, const Scratch& scratch, std::size_t j, float row_weight,
                          float* dmean, float* dscale) {
  const Vec sequence = hn::Set(d, scratch.sequence[j]), minus_weight = hn::Set(d, -row_weight);
  const Vec one = hn::Set(d, 1.0f);
  Vec mass = hn::Zero(d);
  for (std::size_t h = 0; h < row.horizon; h += hn::Lanes(d)) {
    const Vec mean = load_steps(d, row.mean + j * row.horizon, h, row.horizon, 0.0f);
    const Vec scale = load_steps(d, row.scale + j * row.horizon, h, row.horizon, 1.0f);
    const LaneMask known = hn::Gt(hn::LoadU(d, scratch.known + h), hn::Zero(d));
    const Vec z = standardise(d, hn::LoadU(d, scratch.y + h), mean, scale);
    const Vec step = hn::Mul(hn::LoadU(d, scratch.terms + j * scratch.padded + h), hn::LoadU(d, scratch.factor + h));
    mass = hn::Add(mass, step);
    const Vec weight = hn::Div(hn::Mul(minus_weight, hn::Add(step, sequence)), scale);
    store_steps(d, hn::IfThenElseZero(known, hn::Mul(weight, z)), dmean, h, row.horizon);
    store_steps(d, hn::IfThenElseZero(known, hn::Mul(weight, hn::MulSub(z, z, one))), dscale, h, row.horizon);
  }
  return sum_lanes(d, mass);
}

double row_gradient(Lanes d, const Row& row, const ObjectiveParts& parts, float row_weight, float* workspace,
                    float* dmean, float* dscale, float* dlog_weight) {
  const Scratch scratch = scratch_of(row, workspace);
  for (std::size_t j = 0; j < row.components; ++j) fill_log_normals(d, row, scratch, j);
  const SequenceFactors factors = sequence_factors(parts, row.count);
  double value = 0;
  if (parts.sequence_share > 0)
    value += sequence_posteriors(row, scratch, factors);
  else
    std::fill_n(scratch.sequence, row.components, 0.0f);

  const auto groups = static_cast<double>(parts.groups);
  const double share = parts.step_share / (groups * row.count);
  const std::size_t size = row.components / parts.groups;
  for (std::size_t first = 0; first < row.components; first += size) {
    if (share > 0) {
      const double sum = group_log_density(d, row, scratch, first, first + size, static_cast<float>(share));
      value -= share * (sum + row.count * std::log(groups));
    }
    for (std::size_t j = first; j < first + size; ++j) {
      const double mass =
          component_gradient(d, row, scratch, j, row_weight, dmean + j * row.horizon, dscale + j * row.horizon) +
          scratch.sequence[j] / factors.inner;
      dlog_weight[j] = static_cast<float>(-row_weight * mass);
    }
  }
  return value;
}

void MixtureNllGradient(Objective objective, const MixtureBatch<float>& batch, float row_weight, float* workspace,
                        float* nll, const MixtureGradient<float>& gradient) {
  const Lanes d;
  const ObjectiveParts parts = parts_of(objective, batch.draws);
  for (std::size_t b = 0; b < batch.target.rows; ++b) {
    const Row row = row_of(batch, b);
    const std::size_t block = row.components * row.horizon;
    float* dmean = gradient.mean.data + b * block;
    float* dscale = gradient.scale.data + b * block;
    float* dlog_weight = gradient.log_weight.data + b * row.components;
    if (row.count > 0) {
      nll[b] = static_cast<float>(row_gradient(d, row, parts, row_weight, workspace, dmean, dscale, dlog_weight));
    } else {
      nll[b] = 0;
      std::fill_n(dmean, block, 0.0f);
      std::fill_n(dscale, block, 0.0f);
      std::fill_n(dlog_weight, row.components, 0.0f);
    }
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace vdn::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vdn::kernels {

HWY_EXPORT(MixtureNll);
HWY_EXPORT(MixtureNllGradient);

template <>
void mixture_nll<float>(Objective objective, const MixtureBatch<float>& batch, std::span<float> nll) {
  HWY_DYNAMIC_DISPATCH(MixtureNll)(objective, batch, nll.data());
}

template <>
void mixture_nll_gradient<float>(Objective objective, const MixtureBatch<float>& batch, float row_weight,
                                 std::span<float> workspace, std::span<float> nll,
                                 const MixtureGradient<float>& gradient) {
  HWY_DYNAMIC_DISPATCH(MixtureNllGradient)(objective, batch, row_weight, workspace.data(), nll.data(), gradient);
}

}  // namespace vdn::kernels
#endif
