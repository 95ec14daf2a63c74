#pragma once
// The parts of a CSV line: separators, quotes, names, missing marks, numbers.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace vdn {

/// The most frequent of comma, semicolon and tab outside quotes; comma when there is none.
char detect_separator(std::string_view header);

/// Cuts the first field off `rest`, without its separator; quotes stay. `rest` is empty with `last` true after the
/// last.
std::string_view cut_field(std::string_view& rest, char separator, bool& last);
/// All fields of a line, as cut_field gives them.
std::vector<std::string_view> split_fields(std::string_view line, char separator);

/// Blanks around it removed, then quotes around it removed and doubled quotes inside undone.
std::string clean_field(std::string_view field);
/// Blanks and tabs around it removed.
std::string_view trim(std::string_view text);

/// Bytes that are not UTF-8 replaced by U+FFFD, one for each.
std::string repair_utf8(std::string_view text);

/// Which texts and numbers stand for a missing value.
class MissingMarks {
 public:
  explicit MissingMarks(const std::vector<std::string>& more);
  bool contains(std::string_view text) const;
  bool contains(double value) const {
    for (const double mark : numbers_) {
      if (mark == value) return true;
    }
    return false;
  }

 private:
  std::vector<std::string> texts_;
  std::vector<double> numbers_;
};

enum class NumberStatus { ok, not_a_number, too_large };

/// The whole text as a decimal number; a leading plus is accepted, "nan" gives NaN, infinity is too_large.
NumberStatus parse_number(std::string_view text, double& value);

}  // namespace vdn
