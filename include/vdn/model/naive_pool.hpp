#pragma once
// Naive forecasts that share the predictive distribution with the network: a linear opinion pool.

#include <cstddef>
#include <span>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/data/windows.hpp>
#include <vdn/model/forecast_model.hpp>

namespace vdn {

/// A normal around a naive forecast.
struct NaivePart {
  double weight = 0.0;       ///< in the pool
  std::vector<float> scale;  ///< its standard deviation by series and step [D][H], scaled units; empty: not measured
};

/// F = (1 - a - b) F_network + a N(x_last, s^2) + b N(x_season, r^2) for every step, with x_last the last observed
/// value and x_season that of the same place in the last season (linear opinion pool: Stone 1961, Annals of
/// Mathematical Statistics 32). What a network learns of its training rows holds less at other times than a rule that
/// has learned nothing but a spread. Which weights: train/pool.hpp.
struct NaivePool {
  NaivePart last;    ///< a
  NaivePart season;  ///< b; of no weight where there is no season, or the look-back does not reach back to it
  std::size_t components() const { return (last.weight > 0 ? 1u : 0u) + (season.weight > 0 ? 1u : 0u); }
  bool empty() const { return components() == 0; }
  double weight() const { return last.weight + season.weight; }
};

/// False where `season` is 1 (none is known) or longer than the look-back: the rule would repeat the last value again.
bool has_season_rule(std::size_t season, std::size_t lookback);

/// The pool's components of windows first, first + 1, ... of `out`, behind those of the network: their means, scales
/// and weights, and the network's weights lowered to 1 - a - b. `out` has pool.components() components more than the
/// network's, which are in place with weights that sum to 1. `scaled` is [D][T]; L of its rows before an origin are
/// read.
void add_naive(const NaivePool& pool, std::size_t season, std::size_t lookback, ConstMatrix<float> scaled,
               std::span<const Window> windows, ForecastBatch& out, std::size_t first);

}  // namespace vdn
