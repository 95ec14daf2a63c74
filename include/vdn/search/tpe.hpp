#pragma once
// The model-based sampler: tree-structured Parzen estimators (Bergstra et al., NeurIPS 2011).

#include <cstddef>
#include <cstdint>
#include <vector>

#include <vdn/search/space.hpp>
#include <vdn/search/trial_record.hpp>

namespace vdn::search {

/// Estimates how good trials and the others are spread over each dimension on its own: l of the best quarter (two at
/// least), g of the rest.
///
/// Of n trials, the density of a number at its place u in [0, 1] is (1 + sum_k N(u; u_k, h)) / (1 + n) with
/// h = max(.1, n^(-1/5) / 4); of a choice with c values (1 + count) / (c + n); "does not apply" is a value of its own,
/// of weight (1 + count) / (1 + n) for numbers. Dimensions are taken for independent.
class ParzenModel {
 public:
  /// `trials` best first; configurations of the space. Number 0 (an empty configuration) must not be among them.
  ParzenModel(const SearchSpace& space, const std::vector<Configuration>& trials);

  /// ln l - ln g of a configuration: the higher, the more it looks like the good ones.
  double log_ratio(const Configuration& configuration) const;

 private:
  /// One dimension's values in a group of trials; NaN where it did not apply.
  struct Group {
    std::vector<std::vector<double>> places;  // [dimension][trial]
    double log_density(const Dimension& dimension, std::size_t d, double place) const;
  };
  static Group group_of(const SearchSpace& space, const std::vector<Configuration>& trials, std::size_t from,
                        std::size_t end);
  const SearchSpace& space_;
  Group good_, rest_;
};

/// Trials a model is worth making of; before that, and for every bracket's first trials, Sobol points serve.
inline constexpr std::size_t least_known_trials = 8;

/// Of 64 random points, those of (seed, number), the configuration with the highest log_ratio. `known`: trials of the
/// search, best first.
Configuration tpe_configuration(const SearchSpace& space, const std::vector<Configuration>& known, std::uint64_t seed,
                                std::uint64_t number);

}  // namespace vdn::search
