#include "search/pareto.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vdn::search {
namespace {

double known(double value) {
  return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
}

/// At least as good in all, better in one.
bool dominates(const std::vector<double>& a, const std::vector<double>& b) {
  bool better = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (known(a[i]) > known(b[i])) return false;
    better = better || known(a[i]) < known(b[i]);
  }
  return better;
}

}  // namespace

std::vector<Objective> objectives_or_all(const std::vector<Objective>& objectives) {
  if (!objectives.empty()) return objectives;
  return {Objective::accuracy, Objective::calibration, Objective::stability, Objective::cost};
}

std::vector<std::vector<double>> points_of(const std::vector<Finalist>& finalists,
                                           const std::vector<Objective>& objectives) {
  std::vector<std::vector<double>> points(finalists.size());
  for (std::size_t i = 0; i < finalists.size(); ++i) {
    for (const Objective objective : objectives_or_all(objectives))
      points[i].push_back(known(finalists[i].value(objective)));
  }
  return points;
}

std::vector<bool> comparable(const std::vector<Finalist>& finalists) {
  std::size_t most = 0;
  bool valid = false;
  for (const Finalist& f : finalists) most = std::max(most, f.seeds);
  for (const Finalist& f : finalists) valid = valid || (f.valid && f.seeds == most);
  std::vector<bool> marks;
  for (const Finalist& f : finalists) marks.push_back(f.seeds == most && f.valid == valid);
  return marks;
}

std::vector<bool> front_of(const std::vector<Finalist>& finalists, const std::vector<Objective>& objectives) {
  const std::vector<bool> marks = comparable(finalists);
  std::vector<Finalist> those;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (marks[i]) those.push_back(finalists[i]);
  }
  const std::vector<bool> best = pareto_front(points_of(those, objectives));
  std::vector<bool> front;
  std::size_t next = 0;
  for (const bool mark : marks) front.push_back(mark && best[next++]);
  return front;
}

std::vector<bool> pareto_front(const std::vector<std::vector<double>>& points) {
  std::vector<bool> front(points.size());
  std::transform(points.begin(), points.end(), front.begin(), [&](const auto& point) {
    return std::none_of(points.begin(), points.end(), [&](const auto& other) { return dominates(other, point); });
  });
  return front;
}

}  // namespace vdn::search
