#pragma once
// Plain columns for a terminal. Private to report.

#include <string>
#include <vector>

namespace vdn {

/// Cells aligned to the left by the widest of their column, two blanks between; characters, not bytes, are counted.
std::string text_columns(const std::vector<std::vector<std::string>>& rows);

}  // namespace vdn
