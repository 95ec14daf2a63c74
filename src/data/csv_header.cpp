#include "data/csv_header.hpp"

#include <fmt/format.h>

#include <map>
#include <string_view>

#include <vdn/core/error.hpp>
#include <vdn/data/calendar.hpp>

#include "data/csv_fields.hpp"

namespace vdn {
namespace {

void refuse(const std::string& place, const std::string& problem, const std::string& hint) {
  throw Error(ErrorKind::data, place, problem, hint);
}

/// A line of times and numbers is the first row of a table without header.
bool looks_like_data(const std::vector<std::string_view>& fields) {
  double ignored = 0;
  const std::string first = clean_field(fields.front());
  if (parse_time(first)) return true;
  for (const std::string_view field : fields) {
    if (parse_number(clean_field(field), ignored) != NumberStatus::ok) return false;
  }
  return true;
}

/// Names that were different until their broken bytes were replaced get a number.
std::string distinct(const std::string& name, const std::map<std::string, std::size_t>& taken) {
  std::string candidate = name;
  for (int i = 2; taken.contains(candidate); ++i) candidate = fmt::format("{} ({})", name, i);
  return candidate;
}

std::vector<std::string> column_names(const std::vector<std::string_view>& fields, const std::string& place) {
  std::vector<std::string> names;
  std::map<std::string, std::size_t> as_found, taken;
  for (std::size_t column = 0; column < fields.size(); ++column) {
    const std::string raw = clean_field(fields[column]);
    const auto [earlier, fresh] = as_found.emplace(raw, column);
    if (!fresh && !raw.empty()) {
      refuse(place,
             fmt::format("columns {} and {} are both called '{}'", earlier->second + 1, column + 1, repair_utf8(raw)),
             "give every column its own name");
    }
    const std::string name = raw.empty() && column > 0 ? fmt::format("column {}", column + 1) : repair_utf8(raw);
    names.push_back(distinct(name, taken));
    taken.emplace(names.back(), column);
  }
  return names;
}

}  // namespace

CsvHeader read_header(LineReader& lines, const std::string& source) {
  auto line = lines.next();
  if (!line) refuse(source, "is empty", "the first line must name the columns");
  if (line->starts_with("\xEF\xBB\xBF")) line->remove_prefix(3);
  const std::string place = source + ":1";
  const bool wide_characters = line->starts_with("\xFF\xFE") || line->starts_with("\xFE\xFF");
  if (wide_characters || line->find('\0') != std::string_view::npos) {
    refuse(source, "is not a text file in UTF-8", "give a CSV table, plain or as gzip");
  }
  if (trim(*line).empty()) refuse(place, "is blank", "the first line must name the columns");

  CsvHeader header;
  header.separator = detect_separator(*line);
  const auto fields = split_fields(*line, header.separator);
  if (clean_field(fields.front()) == "unique_id") {
    refuse(place, "is a long table (unique_id, ds, y)", "give a wide one: the time, then one column per series");
  }
  if (looks_like_data(fields)) refuse(place, "holds values, not column names", "put a header line above the first row");
  header.names = column_names(fields, place);
  if (fields.size() < 2) {
    refuse(place, fmt::format("there is no column of values beside '{}'", header.names.front()),
           "separate columns with commas, semicolons or tabs; the first one is the time");
  }
  return header;
}

}  // namespace vdn
