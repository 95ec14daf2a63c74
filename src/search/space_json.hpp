#pragma once
// A search space as a part of other JSON documents.

#include "search/json_fields.hpp"

namespace vdn::search {

const char* scale_name(Scale scale);

Json json_of(const SearchSpace& space);
/// Throws Error (data) at `place`.
SearchSpace space_of(const Json& json, const std::string& place);

}  // namespace vdn::search
