#pragma once
// Changing a search space key by key.

#include <string>

#include <vdn/search/space.hpp>

namespace vdn::search {

/// Every configuration has this value; the key varies and follows no more.
void fix_key(SearchSpace& space, const std::string& key, const std::string& value);

/// A dimension in the place of the space's own of that key, with its condition; a new one at the end. What was fixed
/// goes to the front, for conditions may ask for it.
void vary_key(SearchSpace& space, Dimension dimension);

/// Takes conditions off that fixed values fulfil, and removes what cannot apply any more: dimensions whose condition no
/// value fulfils, and keys that follow such a one. Throws Error (config) at `place` for a condition's value the
/// settings table refuses.
void settle_conditions(SearchSpace& space, const std::string& place);

}  // namespace vdn::search
