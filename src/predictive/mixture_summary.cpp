#include <vdn/predictive/mixture_summary.hpp>

#include <vdn/kernels/mixture_steps.hpp>

namespace vdn {

MixtureSummary::MixtureSummary(const kernels::MixtureBatch<float>& batch)
    : rows_(batch.log_weight.rows),
      horizon_(batch.mean.cols),
      mean_(rows_ * horizon_),
      half_difference_(mean_.size()),
      quantiles_(mean_.size() * scoring_levels.size()) {
  kernels::mixture_mean<float>(batch, mean());
  kernels::mixture_half_difference<float>(batch, half_difference());
  kernels::mixture_quantiles<float>(batch, scoring_levels, quantiles());
}

}  // namespace vdn
