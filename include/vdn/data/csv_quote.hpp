#pragma once
// How a field of a CSV file is written.

#include <string>

namespace vdn {

/// RFC 4180: a field with a separator, a quote or a line end stands in quotes, its quotes doubled.
std::string quote_csv(const std::string& field);

}  // namespace vdn
