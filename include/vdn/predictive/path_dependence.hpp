#pragma once
// How the residuals of a path hang together in time: what holding one component over the horizon leaves unexplained
// (docs/method.md, Paths).

#include <cstddef>
#include <cstdint>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/kernels/mixture.hpp>

namespace vdn {

/// A path is mean_jh + scale_jh e_h with one component j held over the horizon and e ~ N(0, R), R_hk = r_|h-k|: every
/// step keeps the mixture's own distribution, whatever R.
struct PathDependence {
  std::vector<double> autocorrelation;  ///< r_0 = 1, r_1 ... r_{H-1}, in [0, 1]; empty: independent residuals

  /// F [H,H] with F F^T the nearest correlation matrix to R that exists: negative eigenvalues set to 0, rows scaled to
  /// length 1. Then e = F n, n standard normal. The identity when empty.
  std::vector<float> factor(std::size_t horizon) const;
  bool operator==(const PathDependence&) const = default;
};

/// Measures r on windows whose future is known, by normal scores, which no outlier can carry away. With
/// z_h = Phi^-1(F_h(y_h)) and c_l the mean of z_h z_{h+l} over windows and steps, c_l is taken of three futures: what
/// came (c), paths with a held component and independent residuals (c0), and paths whose residual is one number for the
/// whole horizon (c1). Between the last two c_l rises from what the components bring along to full dependence, so
/// r_l = (c - c0) / (c1 - c0), cut to [0, 1]; 0 at lags never observed. Not below 0: where components bring along more
/// dependence than came, paths would have to zigzag against them to make up for it, and sums over the horizon would be
/// the narrower for it.
class PathDependenceFit {
 public:
  /// `seed`: of the simulated futures.
  PathDependenceFit(std::size_t horizon, std::uint64_t seed);
  /// Adds B windows; first_window numbers them, so that the simulated futures of two calls differ. Throws Error
  /// (software) where shapes do not fit.
  void add(const kernels::MixtureBatch<float>& batch, std::size_t first_window);
  /// Adds what `other` saw.
  void merge(const PathDependenceFit& other);
  PathDependence finish() const;

 private:
  enum Future { real, held, common, future_count };
  static constexpr std::size_t simulations = 4;  ///< of each kind and window
  void add_scores(Future future, const kernels::MixtureBatch<float>& batch, ConstMatrix<float> target);

  std::size_t horizon_;
  std::uint64_t seed_;
  std::vector<double> sums_[future_count], counts_[future_count];  ///< [H] of z_h z_{h+l}
};

}  // namespace vdn
