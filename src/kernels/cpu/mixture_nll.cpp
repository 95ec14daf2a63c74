// The fast form of the mixture likelihood: lanes over the horizon, one logarithm per component and step and one
// exponential per normal. Formulas: mixture_objective.hpp.

#include <vdn/kernels/mixture.hpp>

#include <array>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/mixture_nll.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/cpu/mixture-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels {
namespace HWY_NAMESPACE {
namespace {

/// What the normals of a component share: with u = (y - mean)/scale,
///   log N_q = level_q - curvature_q u^2 - log scale,  level_q = -log scale_q - ln sqrt(2 pi),
///   curvature_q = 1/(2 scale_q^2), precision_q = 1/scale_q^2 = -d log N_q / d u  over u.
struct Nodes {
  std::size_t count = 1;
  std::array<double, MixtureNodes::most> log_weight{}, level{}, curvature{}, precision{};
  struct Rounded {
    float weighted_level, curvature, precision;  ///< weighted_level: level + log_weight
  };
  std::array<Rounded, MixtureNodes::most> rounded{};  ///< for vectors
};

Nodes nodes_of(const MixtureNodes& nodes) {
  Nodes own{nodes.count, nodes.log_weight, {}, {}, {}, {}};
  for (std::size_t q = 0; q < nodes.count; ++q) {
    own.level[q] = -std::log(nodes.scale[q]) - log_root_two_pi;
    own.precision[q] = 1 / (nodes.scale[q] * nodes.scale[q]);
    own.curvature[q] = own.precision[q] / 2;
    own.rounded[q] = {static_cast<float>(own.log_weight[q] + own.level[q]), static_cast<float>(own.curvature[q]),
                      static_cast<float>(own.precision[q])};
  }
  return own;
}

/// One row of a batch: J components over H steps.
struct Row {
  std::size_t components, horizon;
  const float *target, *mean, *scale, *log_weight;
  const std::uint8_t* observed;
  double count;  ///< |O|
  const Nodes& nodes;
};

Row row_of(const MixtureBatch<float>& batch, const Nodes& nodes, std::size_t b) {
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
          static_cast<double>(count),
          nodes};
}

/// log w_jq + log N_jq of every normal q of a component, from square = u^2 and base = log w_j - log scale_j.
template <class Visit>
HWY_INLINE void for_normals(Lanes d, const Nodes& nodes, Vec square, Vec base, const Visit& visit) {
  for (std::size_t q = 0; q < nodes.count; ++q) {
    const Nodes::Rounded& node = nodes.rounded[q];
    visit(node, hn::NegMulAdd(hn::Set(d, node.curvature), square, hn::Add(base, hn::Set(d, node.weighted_level))));
  }
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
        const Vec u = standardise(d, at.y, mean, scale), square = hn::Mul(u, u);
        const Vec base = hn::Sub(hn::Set(d, row.log_weight[j]), hn::Log(d, scale));
        for_normals(d, row.nodes, square, base, [&](const Nodes::Rounded&, Vec term) HWY_ATTR { sum.add(d, term); });
      }
      total = hn::Add(total, hn::IfThenElseZero(at.observed, sum.value(d)));
    }
  }
  const auto groups = static_cast<double>(parts.groups);
  return -parts.step_share * (sum_lanes(d, total) / (groups * row.count) + std::log(groups));
}

/// Sums over observed steps of u^2 and of log scale, what a whole future's likelihood takes from a component.
struct FutureSums {
  double squares, log_scale;
};

/// log w_jq + inner * sum over observed h of log N_jq.
double future_term(const Row& row, std::size_t j, std::size_t q, double inner, const FutureSums& sums) {
  const double log_normals = row.count * row.nodes.level[q] - row.nodes.curvature[q] * sums.squares - sums.log_scale;
  return row.log_weight[j] + row.nodes.log_weight[q] + inner * log_normals;
}

FutureSums future_sums(Lanes d, const Row& row, std::size_t j) {
  Vec squares = hn::Zero(d), log_scale = hn::Zero(d);
  for (std::size_t h = 0; h < row.horizon; h += hn::Lanes(d)) {
    const Targets at = load_targets(d, row.target, row.observed, h, row.horizon);
    const Vec mean = load_steps(d, row.mean + j * row.horizon, h, row.horizon, 0.0f);
    const Vec scale = load_steps(d, row.scale + j * row.horizon, h, row.horizon, 1.0f);
    const Vec u = standardise(d, at.y, mean, scale);
    squares = hn::Add(squares, hn::IfThenElseZero(at.observed, hn::Mul(u, u)));
    log_scale = hn::Add(log_scale, hn::IfThenElseZero(at.observed, hn::Log(d, scale)));
  }
  return {sum_lanes(d, squares), sum_lanes(d, log_scale)};
}

double sequence_value(Lanes d, const Row& row, const ObjectiveParts& parts) {
  const auto [outer, inner] = sequence_factors(parts, row.count);
  double largest = -1e300, sum = 0;
  for (std::size_t j = 0; j < row.components; ++j) {
    const FutureSums sums = future_sums(d, row, j);
    for (std::size_t q = 0; q < row.nodes.count; ++q) {
      const double term = future_term(row, j, q, inner, sums);
      const double ratio = std::exp(-std::abs(term - largest));
      sum = term > largest ? sum * ratio + 1 : sum + ratio;
      largest = std::max(largest, term);
    }
  }
  return -outer * (largest + std::log(sum));
}

void MixtureNll(Objective objective, const MixtureBatch<float>& batch, float* nll) {
  const Lanes d;
  const ObjectiveParts parts = parts_of(objective, batch.draws);
  const Nodes nodes = nodes_of(batch.nodes);
  for (std::size_t b = 0; b < batch.target.rows; ++b) {
    const Row row = row_of(batch, nodes, b);
    double value = 0;
    if (row.count > 0 && parts.step_share > 0) value += step_value(d, row, parts);
    if (row.count > 0 && parts.sequence_share > 0) value += sequence_value(d, row, parts);
    nll[b] = static_cast<float>(value);
  }
}

// ---- value and gradient -------------------------------------------------------------------------------------------

/// The workspace: P is H rounded up to whole vectors. Of a component's normals, with posteriors p_q, the gradient needs
/// the mass sum_q p_q and the pull sum_q precision_q p_q.
struct Scratch {
  std::size_t padded;
  float* pull;         ///< [J,P] u^2, then the pull of exp(log w + log N - largest of the group)
  float* mass;         ///< [J,P] -log scale, then the mass likewise
  float* y;            ///< [P] targets, 0 where unobserved
  float* known;        ///< [P] 1 where observed, else 0
  float* factor;       ///< [P] what turns pull and mass of the present group into those of posteriors
  float* future_pull;  ///< [J] sum over h of u^2, then the sequence part's pull
  float* future_mass;  ///< [J] sum over h of log scale, then its mass
};

Scratch scratch_of(const Row& row, float* workspace) {
  const std::size_t padded = (row.horizon + max_lanes - 1) / max_lanes * max_lanes, block = row.components * padded;
  Scratch scratch{padded, workspace, workspace + block, workspace + 2 * block, nullptr, nullptr, nullptr, nullptr};
  scratch.known = scratch.y + padded;
  scratch.factor = scratch.known + padded;
  scratch.future_pull = scratch.factor + padded;
  scratch.future_mass = scratch.future_pull + row.components;
  for (std::size_t h = 0; h < padded; ++h) {
    const bool known = h < row.horizon && row.observed[h];
    scratch.y[h] = known ? row.target[h] : 0.0f;
    scratch.known[h] = known ? 1.0f : 0.0f;
    scratch.factor[h] = 0.0f;
  }
  return scratch;
}

/// u^2 and -log scale of component j, and their sums.
void fill_component(Lanes d, const Row& row, const Scratch& scratch, std::size_t j) {
  Vec squares = hn::Zero(d), log_scale = hn::Zero(d);
  for (std::size_t h = 0; h < row.horizon; h += hn::Lanes(d)) {
    const Vec mean = load_steps(d, row.mean + j * row.horizon, h, row.horizon, 0.0f);
    const Vec scale = load_steps(d, row.scale + j * row.horizon, h, row.horizon, 1.0f);
    const LaneMask known = hn::Gt(hn::LoadU(d, scratch.known + h), hn::Zero(d));
    const Vec u = standardise(d, hn::LoadU(d, scratch.y + h), mean, scale);
    const Vec square = hn::IfThenElseZero(known, hn::Mul(u, u));
    const Vec level = hn::IfThenElseZero(known, hn::Log(d, scale));
    hn::StoreU(square, d, scratch.pull + j * scratch.padded + h);
    hn::StoreU(hn::Neg(level), d, scratch.mass + j * scratch.padded + h);
    squares = hn::Add(squares, square);
    log_scale = hn::Add(log_scale, level);
  }
  scratch.future_pull[j] = static_cast<float>(sum_lanes(d, squares));
  scratch.future_mass[j] = static_cast<float>(sum_lanes(d, log_scale));
}

/// The same of component j at steps h ...
template <class Visit>
HWY_INLINE void for_normals(Lanes d, const Row& row, const Scratch& scratch, std::size_t j, std::size_t h,
                            const Visit& visit) {
  const Vec square = hn::LoadU(d, scratch.pull + j * scratch.padded + h);
  const Vec minus_log_scale = hn::LoadU(d, scratch.mass + j * scratch.padded + h);
  for_normals(d, row.nodes, square, hn::Add(minus_log_scale, hn::Set(d, row.log_weight[j])), visit);
}

/// Turns pull and mass of components [first, last) into those of exponentials and sets factor; the sum over observed h
/// of log sum_j w_j N.
double group_log_density(Lanes d, const Row& row, const Scratch& scratch, std::size_t first, std::size_t last,
                         float share) {
  Vec total = hn::Zero(d);
  for (std::size_t h = 0; h < row.horizon; h += hn::Lanes(d)) {
    Vec largest = hn::Set(d, -3e38f);
    for (std::size_t j = first; j < last; ++j) {
      for_normals(d, row, scratch, j, h,
                  [&](const Nodes::Rounded&, Vec term) HWY_ATTR { largest = hn::Max(largest, term); });
    }
    Vec sum = hn::Zero(d);
    for (std::size_t j = first; j < last; ++j) {
      Vec pull = hn::Zero(d), mass = hn::Zero(d);
      for_normals(d, row, scratch, j, h, [&](const Nodes::Rounded& node, Vec term) HWY_ATTR {
        const Vec part = hn::Exp(d, hn::Sub(term, largest));
        pull = hn::MulAdd(hn::Set(d, node.precision), part, pull);
        mass = hn::Add(mass, part);
      });
      hn::StoreU(pull, d, scratch.pull + j * scratch.padded + h);
      hn::StoreU(mass, d, scratch.mass + j * scratch.padded + h);
      sum = hn::Add(sum, mass);
    }
    const Vec known = hn::LoadU(d, scratch.known + h);
    total = hn::MulAdd(known, hn::Add(largest, hn::Log(d, sum)), total);
    hn::StoreU(hn::Div(hn::Mul(known, hn::Set(d, share)), sum), d, scratch.factor + h);
  }
  return sum_lanes(d, total);
}

/// Turns the sums over h into pull and mass of outer * inner * posteriors of whole futures; returns the part's value.
double sequence_posteriors(const Row& row, const Scratch& scratch, const SequenceFactors& factors) {
  const auto term = [&](std::size_t j, std::size_t q) {
    return future_term(row, j, q, factors.inner, {scratch.future_pull[j], scratch.future_mass[j]});
  };
  double largest = term(0, 0), sum = 0;
  for (std::size_t j = 0; j < row.components; ++j) {
    for (std::size_t q = 0; q < row.nodes.count; ++q) largest = std::max(largest, term(j, q));
  }
  for (std::size_t j = 0; j < row.components; ++j) {
    for (std::size_t q = 0; q < row.nodes.count; ++q) sum += std::exp(term(j, q) - largest);
  }
  const double log_sum = largest + std::log(sum);
  for (std::size_t j = 0; j < row.components; ++j) {
    double pull = 0, mass = 0;
    for (std::size_t q = 0; q < row.nodes.count; ++q) {
      const double share = factors.outer * factors.inner * std::exp(term(j, q) - log_sum);
      pull += row.nodes.precision[q] * share;
      mass += share;
    }
    scratch.future_pull[j] = static_cast<float>(pull);
    scratch.future_mass[j] = static_cast<float>(mass);
  }
  return -factors.outer * log_sum;
}

/// Gradients of component j; dmean and dscale are its rows. Returns -d nll / d log w_j of the step part.
///   d nll / d mean = -pull u / scale,  d nll / d scale = -(pull u^2 - mass) / scale.
double component_gradient(Lanes d, const Row& row, const Scratch& scratch, std::size_t j, float row_weight,
                          float* dmean, float* dscale) {
  const Vec future_pull = hn::Set(d, scratch.future_pull[j]), future_mass = hn::Set(d, scratch.future_mass[j]);
  const Vec minus_weight = hn::Set(d, -row_weight);
  Vec step_mass = hn::Zero(d);
  for (std::size_t h = 0; h < row.horizon; h += hn::Lanes(d)) {
    const Vec mean = load_steps(d, row.mean + j * row.horizon, h, row.horizon, 0.0f);
    const Vec scale = load_steps(d, row.scale + j * row.horizon, h, row.horizon, 1.0f);
    const LaneMask known = hn::Gt(hn::LoadU(d, scratch.known + h), hn::Zero(d));
    const Vec u = standardise(d, hn::LoadU(d, scratch.y + h), mean, scale);
    const Vec factor = hn::LoadU(d, scratch.factor + h);
    const Vec of_step = hn::Mul(hn::LoadU(d, scratch.mass + j * scratch.padded + h), factor);
    const Vec pull = hn::MulAdd(hn::LoadU(d, scratch.pull + j * scratch.padded + h), factor, future_pull);
    step_mass = hn::Add(step_mass, of_step);
    const Vec weight = hn::Div(minus_weight, scale), weighted = hn::Mul(pull, u);
    const Vec by_scale = hn::MulSub(weighted, u, hn::Add(of_step, future_mass));
    store_steps(d, hn::IfThenElseZero(known, hn::Mul(weight, weighted)), dmean, h, row.horizon);
    store_steps(d, hn::IfThenElseZero(known, hn::Mul(weight, by_scale)), dscale, h, row.horizon);
  }
  return sum_lanes(d, step_mass);
}

double row_gradient(Lanes d, const Row& row, const ObjectiveParts& parts, float row_weight, float* workspace,
                    float* dmean, float* dscale, float* dlog_weight) {
  const Scratch scratch = scratch_of(row, workspace);
  for (std::size_t j = 0; j < row.components; ++j) fill_component(d, row, scratch, j);
  const SequenceFactors factors = sequence_factors(parts, row.count);
  double value = 0;
  if (parts.sequence_share > 0) {
    value += sequence_posteriors(row, scratch, factors);
  } else {
    std::fill_n(scratch.future_pull, 2 * row.components, 0.0f);  // and future_mass, which lies behind it
  }

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
          scratch.future_mass[j] / factors.inner;
      dlog_weight[j] = static_cast<float>(-row_weight * mass);
    }
  }
  return value;
}

void MixtureNllGradient(Objective objective, const MixtureBatch<float>& batch, float row_weight, float* workspace,
                        float* nll, const MixtureGradient<float>& gradient) {
  const Lanes d;
  const ObjectiveParts parts = parts_of(objective, batch.draws);
  const Nodes nodes = nodes_of(batch.nodes);
  for (std::size_t b = 0; b < batch.target.rows; ++b) {
    const Row row = row_of(batch, nodes, b);
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
