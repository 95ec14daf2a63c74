#pragma once
// Finalists as points in objective space.

#include <vector>

#include <vdn/search/objectives.hpp>

namespace vdn::search {

/// The objectives of a front: all four where none is named.
std::vector<Objective> objectives_or_all(const std::vector<Objective>& objectives);

/// The values of each finalist; unknown ones (NaN) are infinite, the worst.
std::vector<std::vector<double>> points_of(const std::vector<Finalist>& finalists,
                                           const std::vector<Objective>& objectives);

/// Marks those that may be picked: fitted with as many seeds as any other, since a mean over few is not held against
/// one over many, and valid where one is.
std::vector<bool> comparable(const std::vector<Finalist>& finalists);

/// Marks those that are comparable and not dominated by one that is.
std::vector<bool> front_of(const std::vector<Finalist>& finalists, const std::vector<Objective>& objectives);

}  // namespace vdn::search
