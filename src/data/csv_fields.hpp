#pragma once
// The parts of a CSV line: separators, quotes, names, missing marks, numbers.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <vdn/data/reading.hpp>

namespace vdn {

/// Comma, semicolon or tab: the one that cuts the header and the first row (may be empty) into equally many fields, of
/// several the one with most fields; else the most frequent one of the header outside quotes; comma when there is none.
char detect_separator(std::string_view header, std::string_view first_row);

/// True when numbers among `values` are written with decimal commas: some are, none has a point, and not all have three
/// digits behind the comma (1,234 may be a thousand).
bool has_decimal_commas(const std::vector<std::string_view>& values);

/// Cuts the first field off `rest`, without its separator; quotes stay. `rest` is empty with `last` true after the
/// last.
std::string_view cut_field(std::string_view& rest, char separator, bool& last);
/// All fields of a line, as cut_field gives them.
std::vector<std::string_view> split_fields(std::string_view line, char separator);

/// Blanks around it removed, then quotes around it removed and doubled quotes inside undone.
std::string clean_field(std::string_view field);
/// Blanks and tabs around it removed.
std::string_view trim(std::string_view text);

/// Bytes that are not UTF-8, and NUL, which would end a message, replaced by U+FFFD, one for each.
std::string repair_utf8(std::string_view text);

/// Which texts and numbers stand for a missing value, and how often each was met.
class MissingMarks {
 public:
  /// `more`: beside the usual ones; "auto" is no mark.
  explicit MissingMarks(const std::vector<std::string>& more);
  /// True, and counted, when it is a mark; NaN is one.
  bool take(std::string_view text);
  bool take(double value) {
    if (numbers_.empty() && value == value) return false;
    return take_number(value);
  }
  /// An empty field.
  void take_empty() { ++counts_[0]; }
  /// Those met, most frequent first.
  std::vector<MarkCount> counts() const;

 private:
  bool take_number(double value);

  std::vector<std::string> texts_;
  std::vector<std::size_t> counts_;                      // of texts_
  std::vector<std::pair<double, std::size_t>> numbers_;  // and where they stand among the texts
};

enum class NumberStatus { ok, not_a_number, too_large };

/// The whole text as a decimal number; a leading plus is accepted, "nan" gives NaN, infinity is too_large. `point` is
/// what stands before the decimals.
NumberStatus parse_number(std::string_view text, double& value, char point = '.');

}  // namespace vdn
