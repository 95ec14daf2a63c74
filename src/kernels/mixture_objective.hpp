#pragma once
// What an objective of mixture.hpp consists of; shared by the plain and the fast form.

#include <cstddef>

#include <vdn/kernels/mixture.hpp>

namespace vdn::kernels {

/// nll = step_share * (mean over groups g and observed h of -log sum_{j in g} groups * w_j N_jh)
///     + sequence_share * -f log sum_j w_j exp(t sum_{h in O} log N_jh),
/// (f, t) = (1, 1/|O|) when tempered, else (1/|O|, 1). The groups are runs of J/groups components.
struct ObjectiveParts {
  double step_share = 0;
  std::size_t groups = 1;
  double sequence_share = 0;
  bool tempered = false;
};

inline ObjectiveParts parts_of(Objective objective, std::size_t draws) {
  switch (objective) {
    case Objective::tempered_joint:
      return {0.0, 1, 1.0, true};
    case Objective::marginal:
      return {1.0, 1, 0.0, false};
    case Objective::joint:
      return {0.0, 1, 1.0, false};
    case Objective::mixed:
      return {0.5, 1, 0.5, false};
    case Objective::elbo:
      return {1.0, draws, 0.0, false};
  }
  return {};
}

/// ln sqrt(2 pi).
inline constexpr double log_root_two_pi = 0.91893853320467274178;

}  // namespace vdn::kernels
