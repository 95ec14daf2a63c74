#pragma once
// The lexicographic order of trials and of finalists.

#include <cmath>
#include <limits>
#include <tuple>

namespace vdn::search {

/// What compares smaller is better: a finite score before none, valid before not, then penalty, score and number.
template <class Item>
auto rank_of(const Item& item) {
  constexpr double worst = std::numeric_limits<double>::infinity();
  const double score = std::isfinite(item.score) ? item.score : worst;
  const double penalty = std::isnan(item.penalty) ? worst : item.penalty;
  return std::tuple(score == worst, !item.valid, penalty, score, item.number);
}

}  // namespace vdn::search
