#pragma once
// Student's t as a few normals of one mean.

#include <vdn/kernels/mixture.hpp>

namespace vdn::nn {

/// t_nu is a normal whose precision g is drawn from a Gamma(nu/2, rate nu/2): sum_q weight_q N(mean, (scale_q r)^2)
/// with scale_q = exp(-u_q/2), u_q = E[ln g] + deviation(ln g) z_q and weight_q proportional to the density of ln g at
/// u_q over the normal one there, times the Gauss-Hermite weight of z_q. Ascending in scale.
///
/// Three nodes for nu >= 2 degrees of freedom; a single normal for nu = 0. The density differs from that of t_nu by at
/// most 10% within 4 scales of the mean for nu >= 4, 16% for nu = 3 and 30% for nu = 2 (Kullback-Leibler distance below
/// .009 nats everywhere); far out the tails end as those of the widest normal do, which is 4.1 scales wide at nu = 2,
/// 2.3 at 4 and 1.6 at 10.
kernels::MixtureNodes student_nodes(double nu);

}  // namespace vdn::nn
