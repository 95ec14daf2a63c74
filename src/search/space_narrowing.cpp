#include "search/space_narrowing.hpp"

#include <algorithm>

#include "search/space_rules.hpp"

namespace vdn::search {
namespace {

template <class List>
bool erase_key(List& list, const std::string& key) {
  return std::erase_if(list, [&](const auto& item) { return item.key == key; }) > 0;
}

bool erase_key(Configuration& list, const std::string& key) {
  return std::erase_if(list, [&](const auto& item) { return item.first == key; }) > 0;
}

bool any_of_both(const std::string& key, const std::vector<std::string>& a, const std::vector<std::string>& b,
                 const std::string& place) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& x) {
    return std::any_of(b.begin(), b.end(), [&](const std::string& y) {
      return canonical_value(key, x, place) == canonical_value(key, y, place);
    });
  });
}

/// Whether a dimension may still apply; a condition that a fixed value fulfils is taken off it.
bool settle_condition(Dimension& d, const std::vector<Dimension>& before, const Configuration& fixed,
                      const std::string& place) {
  if (!d.when) return true;
  const auto same = [&](const auto& item) { return item.first == d.when->key; };
  if (const auto value = std::find_if(fixed.begin(), fixed.end(), same); value != fixed.end()) {
    if (!any_of_both(d.when->key, d.when->values, {value->second}, place)) return false;
    d.when.reset();
    return true;
  }
  const auto asked =
      std::find_if(before.begin(), before.end(), [&](const Dimension& other) { return other.key == d.when->key; });
  if (asked == before.end()) return false;
  return asked->scale != Scale::choice || any_of_both(d.when->key, d.when->values, asked->choices, place);
}

}  // namespace

void fix_key(SearchSpace& space, const std::string& key, const std::string& value) {
  erase_key(space.dimensions, key);
  erase_key(space.dependents, key);
  for (auto& [name, present] : space.fixed) {
    if (name != key) continue;
    present = value;
    return;
  }
  space.fixed.emplace_back(key, value);
}

void vary_key(SearchSpace& space, Dimension dimension) {
  for (Dimension& present : space.dimensions) {
    if (present.key != dimension.key) continue;
    dimension.when = present.when;
    present = std::move(dimension);
    return;
  }
  erase_key(space.dependents, dimension.key);
  const bool front = erase_key(space.fixed, dimension.key);
  space.dimensions.insert(front ? space.dimensions.begin() : space.dimensions.end(), std::move(dimension));
}

void settle_conditions(SearchSpace& space, const std::string& place) {
  std::vector<Dimension> kept;
  for (Dimension& d : space.dimensions) {
    if (settle_condition(d, kept, space.fixed, place)) kept.push_back(std::move(d));
  }
  space.dimensions = std::move(kept);
  std::erase_if(space.dependents, [&](const Dependent& dependent) {
    const auto named = [&](const auto& key) { return key == dependent.of; };
    return std::none_of(space.dimensions.begin(), space.dimensions.end(),
                        [&](const auto& d) { return named(d.key); }) &&
           std::none_of(space.fixed.begin(), space.fixed.end(), [&](const auto& f) { return named(f.first); });
  });
}

SearchSpace fix_keys(SearchSpace space, const Configuration& set) {
  const auto holds = [&](const auto& list, const std::string& key) {
    return std::any_of(list.begin(), list.end(), [&](const auto& item) { return item.key == key; });
  };
  for (const auto& [key, value] : set) {
    const bool fixed =
        std::any_of(space.fixed.begin(), space.fixed.end(), [&](const auto& item) { return item.first == key; });
    if (fixed || holds(space.dimensions, key) || holds(space.dependents, key)) fix_key(space, key, value);
  }
  settle_conditions(space, "--set");
  return space;
}

}  // namespace vdn::search
