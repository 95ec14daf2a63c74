#pragma once
// What a search space must keep to: shared by the check of whole spaces and the reader of files, which knows lines.

#include <string>

#include <vdn/search/space.hpp>

namespace vdn::search {

/// The declaration of a setting that trials may differ in. Throws Error (config) at `place`: the key is unknown, or
/// decides by what trials are compared and so is one for all of them.
const Parameter<Settings>& searched_parameter(const std::string& key, const std::string& place);

/// A value as the settings table prints it. Throws Error (config) at `place` for a value the table refuses.
std::string canonical_value(const std::string& key, const std::string& text, const std::string& place);

/// The kind of numbers a dimension takes.
bool is_whole(Scale scale);
bool is_log(Scale scale);

/// An end of a range as text: in full, whole numbers without an exponent.
std::string end_text(const Dimension& dimension, double end);

/// check_space of one dimension by itself. Throws Error (config), the place before the key.
void check_dimension(const Dimension& dimension, const std::string& place);
/// check_space with a place of the caller's.
void check_space_at(const SearchSpace& space, const std::string& place);

}  // namespace vdn::search
