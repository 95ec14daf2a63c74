#include "data/csv_fields.hpp"

#include <fast_float/fast_float.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace vdn {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Bytes of the valid UTF-8 character at the front, or 0 (RFC 3629: no overlong forms, no surrogates).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool off = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F);
    return !off && continues(1) && continues(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool off = (first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F);
    return !off && continues(1) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

char detect_separator(std::string_view header, std::string_view first_row) {
  constexpr char candidates[] = {',', ';', '\t'};
  char best = ',';
  std::size_t most = 1, most_even = 1;
  bool even = false;  // `best` cuts the first row into as many fields as the header
  for (const char candidate : candidates) {
    const std::size_t fields = split_fields(header, candidate).size();
    const bool same = fields > 1 && !first_row.empty() && split_fields(first_row, candidate).size() == fields;
    // Of two that fit equally well not the comma: it also stands in names and decimals.
    if (same ? fields >= most_even : !even && fields > most) best = candidate;
    if (same) most_even = std::max(most_even, fields);
    even = even || same;
    most = std::max(most, fields);
  }
  return best;
}

bool has_decimal_commas(const std::vector<std::string_view>& values) {
  bool other_than_three = false;
  for (const std::string_view field : values) {
    const std::string text = clean_field(field);
    const std::size_t comma = text.find(',');
    double ignored = 0;
    if (comma == std::string::npos) {
      if (text.find('.') != std::string::npos && parse_number(text, ignored) == NumberStatus::ok) return false;
    } else if (parse_number(text, ignored, ',') == NumberStatus::ok) {
      const std::size_t end = std::min(text.find_first_not_of("0123456789", comma + 1), text.size());
      other_than_three = other_than_three || end - comma - 1 != 3;
    }
  }
  return other_than_three;
}

std::string_view cut_field(std::string_view& rest, char separator, bool& last) {
  std::size_t at = 0;
  while (at < rest.size() && rest[at] == ' ') ++at;
  if (at < rest.size() && rest[at] == '"') {
    bool quoted = false;
    for (; at < rest.size() && (quoted || rest[at] != separator); ++at) {
      if (rest[at] == '"') quoted = !quoted;
    }
  } else {
    at = std::min(rest.find(separator), rest.size());
  }
  last = at == rest.size();
  const std::string_view field = rest.substr(0, at);
  rest.remove_prefix(last ? at : at + 1);
  return field;
}

std::vector<std::string_view> split_fields(std::string_view line, char separator) {
  std::vector<std::string_view> fields;
  for (bool last = false; !last;) fields.push_back(cut_field(line, separator, last));
  return fields;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string clean_field(std::string_view field) {
  field = trim(field);
  if (field.size() < 2 || field.front() != '"' || field.back() != '"') return std::string(field);
  field = field.substr(1, field.size() - 2);
  std::string text;
  for (std::size_t i = 0; i < field.size(); ++i) {
    text += field[i];
    if (field[i] == '"' && i + 1 < field.size() && field[i + 1] == '"') ++i;
  }
  return std::string(trim(text));
}

std::string repair_utf8(std::string_view text) {
  std::string repaired;
  while (!text.empty()) {
    const std::size_t length = text.front() == '\0' ? 0 : utf8_length(text);
    repaired += length > 0 ? text.substr(0, length) : std::string_view("\xEF\xBF\xBD");
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return repaired;
}

MissingMarks::MissingMarks(const std::vector<std::string>& more)
    : texts_{"", "NA", "N/A", "NaN", "nan", "NAN", "null", "NULL", "None", "-", "?"} {
  for (const std::string& mark : more) {
    if (mark == "auto") continue;
    double value = 0;
    const bool number = parse_number(mark, value) == NumberStatus::ok && !std::isnan(value);
    if (number) numbers_.emplace_back(value, texts_.size());
    texts_.emplace_back(trim(mark));
  }
  counts_.resize(texts_.size());
}

bool MissingMarks::take(std::string_view text) {
  const auto found = std::find(texts_.begin(), texts_.end(), text);
  if (found == texts_.end()) return false;
  ++counts_[static_cast<std::size_t>(found - texts_.begin())];
  return true;
}

bool MissingMarks::take_number(double value) {
  if (std::isnan(value)) return take(std::string_view("NaN"));
  for (const auto& [mark, at] : numbers_) {
    if (mark != value) continue;
    ++counts_[at];
    return true;
  }
  return false;
}

std::vector<MarkCount> MissingMarks::counts() const {
  std::vector<MarkCount> met;
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    if (counts_[i] > 0) met.push_back({texts_[i], counts_[i]});
  }
  std::stable_sort(met.begin(), met.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
  return met;
}

NumberStatus parse_number(std::string_view text, double& value, char point) {
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  const fast_float::parse_options format{fast_float::chars_format::general, point};
  const auto [end, error] = fast_float::from_chars_advanced(text.data(), text.data() + text.size(), value, format);
  const bool ranged = error == std::errc() || error == std::errc::result_out_of_range;
  if (text.empty() || !ranged || end != text.data() + text.size()) return NumberStatus::not_a_number;
  return std::isinf(value) ? NumberStatus::too_large : NumberStatus::ok;
}

}  // namespace vdn
