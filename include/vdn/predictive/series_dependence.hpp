#pragma once
// How series move together over a horizon, and paths of several series paired into futures of all of them.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/core/random.hpp>
#include <vdn/kernels/mixture.hpp>

namespace vdn {

/// The level of a window is the mean of its normal scores over the horizon (predictive/normal_scores.hpp).
struct SeriesDependence {
  std::vector<float> factor = {};  ///< [D][D], factor factor^T the correlation of levels, rows of length 1; empty:
                                   ///< series are taken to be independent

  bool empty() const { return factor.empty(); }
  bool operator==(const SeriesDependence&) const = default;
};

/// Measures the correlation C of series' levels on windows whose future is known, and draws it towards the identity,
/// C_de * max(0, 1 - sum Var(C_de) / sum C_de^2) off the diagonal with Var(C_de) = (1 - C_de^2)^2 / n (Schaefer and
/// Strimmer 2005); n is the number of windows that do not overlap. Pairs of series observed together at fewer than
/// eight origins have 0; negative eigenvalues, which gaps may bring, are set to 0.
class SeriesDependenceFit {
 public:
  explicit SeriesDependenceFit(std::size_t series) : series_(series) {}
  /// Adds B windows; of(b) gives series and origin. Windows without an observed step say nothing.
  template <class Of>
  void add(const kernels::MixtureBatch<float>& batch, const Of& of) {
    const std::vector<double> levels = levels_of(batch);
    for (std::size_t b = 0; b < levels.size(); ++b) {
      const auto& window = of(b);
      if (levels[b] == levels[b]) levels_.push_back({window.origin, window.series, levels[b]});
    }
  }
  /// Adds what `other` saw.
  void merge(const SeriesDependenceFit& other);
  /// Empty for a single series, or where no two were seen together. Throws Error (software) when independent_windows is
  /// not positive.
  SeriesDependence finish(double independent_windows) const;

 private:
  struct Level {
    std::size_t origin, series;
    double level;
  };
  static std::vector<double> levels_of(const kernels::MixtureBatch<float>& batch);

  std::size_t series_;
  std::vector<Level> levels_;
};

/// Reorders paths [G*P, H], of which rows g*P ... g*P + P - 1 are those of series[g], all from one origin, so that path
/// n of all of them is one future: with v = factor u, u standard normal keyed by (stream, origin, n), the path of
/// series d whose level has rank k becomes path n where v_d has rank k among the n (Iman and Conover 1982). A series
/// keeps its paths; only their numbers change. The level of a path is the mean over steps of its deviation from the
/// paths' mean in standard deviations of theirs. Does nothing when `dependence` is empty.
void pair_paths(const SeriesDependence& dependence, StreamKey stream, std::uint32_t origin,
                std::span<const std::uint32_t> series, Matrix<float> paths);

}  // namespace vdn
