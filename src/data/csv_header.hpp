#pragma once
// The header line of a table: its separator, its names, and which column is what.

#include <cstddef>
#include <string>
#include <vector>

#include <vdn/data/reading.hpp>

#include "data/line_reader.hpp"

namespace vdn {

struct CsvHeader {
  char separator = ',';
  char point = '.';                ///< before the decimals of a number
  std::vector<std::string> names;  ///< of all columns; valid UTF-8, all different
  bool long_form = false;
  std::size_t time = 0;           ///< column of the times
  std::size_t id = 0, value = 0;  ///< long tables: columns of the series and the values
  std::vector<char> left_out;     ///< wide tables: whether each column is ignored
  bool byte_order_mark = false;
  std::size_t repaired = 0;  ///< names that were not UTF-8

  /// Whether a column holds values of the table.
  bool holds_values(std::size_t column) const {
    return long_form ? column == value : column != time && !left_out[column];
  }
  std::string_view separators() const { return {&separator, 1}; }
};

/// Reads the first record and looks at the rows behind it. Throws Error (data): nothing there, not text, a long table
/// that lacks a column, no column of values, numbers in place of names, two columns of one name; (usage): a column of
/// `options` that is not there.
CsvHeader read_header(LineReader& lines, const std::string& source, const ReadingOptions& options);

/// `name`, or with a number behind it when it is taken.
template <class Taken>
std::string distinct_name(const std::string& name, const Taken& taken) {
  std::string candidate = name;
  for (int i = 2; taken.contains(candidate); ++i) candidate = name + " (" + std::to_string(i) + ")";
  return candidate;
}

}  // namespace vdn
