#pragma once
// The predictive distribution of one series at one step: a Gaussian mixture (docs/method.md).
// The kernels of kernels/mixture.hpp and kernels/mixture_steps.hpp do the same for whole batches, in float.

#include <cstddef>
#include <span>
#include <vector>

#include <vdn/kernels/mixture.hpp>

namespace vdn {

/// A view of J components, sum_j w_j N(mean_j, scale_j^2). Numbers are stored in float, all arithmetic is in double.
/// Weights need not sum to 1: each counts relative to their sum. The unit is that of mean and scale.
class GaussianMixture {
 public:
  /// Throws Error (software) unless the spans are of equal, positive length, the weights are not negative with a
  /// positive sum, means finite and scales positive and finite.
  GaussianMixture(std::span<const float> weight, std::span<const float> mean, std::span<const float> scale);

  std::size_t components() const { return weight_.size(); }

  double density(double x) const;
  /// log density; finite for any finite x (log-sum-exp).
  double log_density(double x) const;
  /// F(x) = sum_j w_j Phi((x - mean_j)/scale_j).
  double cdf(double x) const;
  /// 1 - F(x), accurate in the upper tail.
  double survival(double x) const;
  /// The x with F(x) = level, to 1e-9 relative; levels above 1/2 are solved in the upper tail.
  /// Throws Error (config) unless 0 < level < 1.
  double quantile(double level) const;
  /// Quantiles of increasing levels, each started from the one before. They never cross. Throws as quantile, and Error
  /// (config) where levels decrease.
  void quantiles(std::span<const double> levels, std::span<double> out) const;

  /// sum_j w_j mean_j.
  double mean() const;
  /// Mean variance of the components: sum_j w_j scale_j^2, what the head says it cannot know.
  double within_variance() const;
  /// Variance of the component means: sum_j w_j (mean_j - mean)^2, what the draws disagree about.
  double latent_variance() const;
  /// within + latent.
  double variance() const { return within_variance() + latent_variance(); }

  /// Continuous ranked probability score against y, closed form (Grimit et al. 2006), O(J^2); kernels::mixture_crps.
  double crps(double y) const;

 private:
  double solve(double level, double lower_bound, double start) const;

  std::span<const float> weight_, mean_, scale_;
  double total_;
};

/// Owns the components of one (row, step) of a batch, whose layout is strided by the horizon.
class StepMixture {
 public:
  StepMixture() = default;
  StepMixture(const kernels::MixtureBatch<float>& batch, std::size_t row, std::size_t step) { load(batch, row, step); }
  /// Copies; allocates only when the number of components grows.
  void load(const kernels::MixtureBatch<float>& batch, std::size_t row, std::size_t step);
  /// Valid until the next load. Throws as the constructor of GaussianMixture.
  GaussianMixture view() const { return {weight_, mean_, scale_}; }

 private:
  std::vector<float> weight_, mean_, scale_;
};

}  // namespace vdn
