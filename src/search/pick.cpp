// Which finalist a study ends with.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include <vdn/core/error.hpp>

#include "search/pareto.hpp"
#include "search/rank.hpp"

#include "search/words.hpp"

namespace vdn::search {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr std::array<const char*, 6> names{"best", "knee", "accuracy", "calibration", "stability", "cost"};

using Indices = std::vector<std::size_t>;

Indices marked(const std::vector<bool>& marks) {
  Indices kept;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (marks[i]) kept.push_back(i);
  }
  return kept;
}

/// The index with the smallest value, ties by number.
template <class Value>
std::size_t smallest(const std::vector<Finalist>& finalists, const Indices& indices, Value value) {
  return *std::min_element(indices.begin(), indices.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(value(a), finalists[a].number) < std::pair(value(b), finalists[b].number);
  });
}

/// Adds to `squares`, one of each index, that of its distance from the best value of one objective, in units of the
/// range over the front. What is unknown is infinitely far, unless it is unknown of all.
void add_distances(const std::vector<std::vector<double>>& points, std::size_t objective, const Indices& front,
                   std::vector<double>& squares) {
  double low = infinite, high = -infinite;
  for (const std::size_t i : front) {
    const double value = points[i][objective];
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (low > high) return;
  for (const std::size_t i : front) {
    const double value = points[i][objective];
    const double distance = high > low ? (value - low) / (high - low) : (value > high ? infinite : 0.0);
    squares[i] += distance * distance;
  }
}

std::size_t knee_of(const std::vector<Finalist>& finalists, const std::vector<std::vector<double>>& points,
                    const Indices& front) {
  std::vector<double> squares(points.size(), 0.0);
  for (std::size_t objective = 0; objective < points[0].size(); ++objective) {
    add_distances(points, objective, front, squares);
  }
  return smallest(finalists, front, [&](std::size_t i) { return squares[i]; });
}

}  // namespace

const char* pick_name(Pick pick) {
  return names.at(static_cast<std::size_t>(pick));
}

Pick parse_pick(const std::string& word) {
  return static_cast<Pick>(index_of_word(word, names, "--pick", "pick"));
}

std::size_t pick_of(const std::vector<Finalist>& finalists, const std::vector<Objective>& objectives, Pick pick) {
  if (finalists.empty()) {
    throw Error(ErrorKind::data, "search", "no configuration has been fitted to its end: there is nothing to pick",
                "let the study go on");
  }
  if (pick == Pick::best) {
    return smallest(finalists, marked(comparable(finalists)), [&](std::size_t i) { return rank_of(finalists[i]); });
  }
  const Indices front = marked(front_of(finalists, objectives));
  if (pick == Pick::knee) return knee_of(finalists, points_of(finalists, objectives), front);
  const Objective objective = parse_objective(pick_name(pick));
  return smallest(finalists, front, [&](std::size_t i) {
    const double value = finalists[i].value(objective);
    return std::isnan(value) ? infinite : value;
  });
}

}  // namespace vdn::search
