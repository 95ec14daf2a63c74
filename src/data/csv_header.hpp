#pragma once
// The header line of a wide table.

#include <string>
#include <vector>

#include "data/line_reader.hpp"

namespace vdn {

struct CsvHeader {
  char separator = ',';
  std::vector<std::string> names;  ///< the time column first; valid UTF-8, all different
};

/// Reads the first line. Throws Error (data): nothing there, not text, a long table, no column of values, numbers in
/// place of names, two columns of one name.
CsvHeader read_header(LineReader& lines, const std::string& source);

}  // namespace vdn
