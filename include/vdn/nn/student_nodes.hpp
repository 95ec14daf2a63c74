#pragma once
// Student's t as a few normals of one mean.

#include <vector>

namespace vdn::nn {

/// t_nu is a normal whose precision g is drawn from a Gamma(nu/2, rate nu/2): sum_q weight_q N(mean, (scale_q r)^2)
/// with scale_q = exp(-u_q/2), u_q = E[ln g] + deviation(ln g) z_q and weight_q proportional to the density of ln g at
/// u_q over the normal one there, times the Gauss-Hermite weight of z_q. Ascending in scale.
struct StudentNodes {
  std::vector<double> scale{1.0};
  std::vector<double> log_weight{0.0};
};

/// Five nodes for nu >= 2 degrees of freedom; a single normal for nu = 0. The density differs from that of t_nu by at
/// most 4% within 4 scales of the mean for nu >= 3, 9% for nu = 2; far out the tails end as those of the widest normal
/// do, which is 8.3 scales wide at nu = 2, 4.8 at 3 and 2.1 at 10.
StudentNodes student_nodes(double nu);

}  // namespace vdn::nn
