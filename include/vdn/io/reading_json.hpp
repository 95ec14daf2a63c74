#pragma once
// How a table is read, as JSON: the form of the model file's header.

#include <string>

#include <vdn/data/reading.hpp>

namespace vdn {

std::string print_reading(const ReadingOptions& options);
/// Throws Error (data) naming the member that is missing or wrong.
ReadingOptions parse_reading(const std::string& json);

}  // namespace vdn
