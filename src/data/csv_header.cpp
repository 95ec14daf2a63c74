#include "data/csv_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
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

/// Names with line breaks inside would break every message.
std::string one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return text;
}

void name_columns(CsvHeader& header, const std::vector<std::string_view>& fields, const std::string& place) {
  std::map<std::string, std::size_t> as_found, taken;
  for (std::size_t column = 0; column < fields.size(); ++column) {
    const std::string raw = one_line(clean_field(fields[column])), repaired = repair_utf8(raw);
    const auto [earlier, fresh] = as_found.emplace(raw, column);
    if (!fresh && !raw.empty()) {
      refuse(place, fmt::format("columns {} and {} are both called '{}'", earlier->second + 1, column + 1, repaired),
             "give every column its own name");
    }
    if (repaired != raw) ++header.repaired;
    // Names that were different until their broken bytes were replaced get a number.
    header.names.push_back(
        distinct_name(raw.empty() && column > 0 ? fmt::format("column {}", column + 1) : repaired, taken));
    taken.emplace(header.names.back(), column);
  }
}

/// The column of that name, or the number of columns.
std::size_t column_of(const CsvHeader& header, const std::string& name) {
  return static_cast<std::size_t>(std::find(header.names.begin(), header.names.end(), name) - header.names.begin());
}

[[noreturn]] void refuse_column(const CsvHeader& header, const std::string& source, const char* option,
                                const std::string& name) {
  const std::string near = nearest_word(name, header.names);
  throw Error(ErrorKind::usage, option, fmt::format("{} has no column '{}'", source, name),
              near.empty() ? "name a column of its header line" : fmt::format("did you mean '{}'?", near));
}

/// Long when the header has the three columns; wide when nothing speaks of a long table.
void find_columns(CsvHeader& header, const std::string& source, const ReadingOptions& options) {
  static const ReadingOptions standard;
  const std::size_t none = header.names.size();
  const std::string time = options.time_column.empty() ? "ds" : options.time_column;
  header.id = column_of(header, options.id_column);
  header.value = column_of(header, options.value_column);
  header.time = column_of(header, time);
  header.long_form = header.id < none && header.value < none && header.time < none;
  if (header.long_form) return;
  if (options.id_column != standard.id_column && header.id == none) {
    refuse_column(header, source, "--id-column", options.id_column);
  }
  if (options.value_column != standard.value_column && header.value == none) {
    refuse_column(header, source, "--value-column", options.value_column);
  }
  if (!options.time_column.empty() && header.time == none) refuse_column(header, source, "--time-column", time);
  const bool asked_for = options.id_column != standard.id_column || options.value_column != standard.value_column;
  // A wide table begins with its times: ds and y behind another column are those of a long one.
  const bool unnamed = options.time_column.empty() && header.value < none && header.time < none && header.time > 0;
  if (asked_for || unnamed || header.names.front() == standard.id_column) {
    const std::string& lacks = header.id == none     ? options.id_column
                               : header.time == none ? time
                                                     : options.value_column;
    refuse(source + ":1", fmt::format("is a long table without a column '{}'", lacks),
           "name its columns with --id-column, --time-column and --value-column");
  }
  if (options.time_column.empty()) header.time = 0;
}

/// Marks the columns of a wide table that are to be ignored. A first column without a name that does not hold the times
/// gets one.
void leave_out_columns(CsvHeader& header, const std::string& source, const ReadingOptions& options) {
  header.left_out.assign(header.names.size(), 0);
  if (header.long_form) return;
  if (header.time > 0 && header.names.front().empty()) {
    const std::set<std::string> taken(header.names.begin(), header.names.end());
    header.names.front() = distinct_name("column 1", taken);
  }
  std::size_t left = header.names.size() - 1;
  for (std::size_t column = 0; column < header.names.size(); ++column) {
    const bool named = std::count(options.ignored.begin(), options.ignored.end(), header.names[column]) > 0;
    if (!named || column == header.time) continue;
    header.left_out[column] = 1;
    --left;
  }
  if (left == 0) refuse(source, "every column but the time is ignored", "give --ignore fewer columns");
}

/// The fields of values in the complete lines of a sample.
std::vector<std::string_view> value_fields(const CsvHeader& header, std::string_view sample) {
  std::vector<std::string_view> values;
  for (std::size_t end = 0; (end = sample.find('\n')) != std::string_view::npos; sample.remove_prefix(end + 1)) {
    std::string_view line = sample.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto fields = split_fields(line, header.separator);
    for (std::size_t column = 0; column < fields.size(); ++column) {
      if (column < header.names.size() && header.holds_values(column)) values.push_back(fields[column]);
    }
  }
  return values;
}

void require_text(std::string_view line, const std::string& source) {
  const char* problem = nullptr;
  if (line.starts_with("\xFF\xFE") || line.starts_with("\xFE\xFF")) {
    problem = "is not a text file in UTF-8 but in UTF-16";
  } else if (line.find('\0') != std::string_view::npos) {
    problem = "is not a text file in UTF-8";
  } else if (line.find('\r') != std::string_view::npos && line.find('"') == std::string_view::npos) {
    problem = "ends its lines with a carriage return alone";
  }
  if (problem) refuse(source, problem, "give a CSV table in UTF-8, plain or as gzip");
}

}  // namespace

CsvHeader read_header(LineReader& lines, const std::string& source, const ReadingOptions& options) {
  const auto record = lines.next(",;\t");
  if (!record) refuse(source, "is empty", "the first line must name the columns");
  std::string line(*record);
  CsvHeader header;
  header.byte_order_mark = line.starts_with("\xEF\xBB\xBF");
  if (header.byte_order_mark) line.erase(0, 3);
  require_text(line, source);
  const std::string place = source + ":1";
  if (trim(line).empty()) refuse(place, "is blank", "the first line must name the columns");

  const std::string_view sample = lines.sample();
  std::string_view first_row = sample.substr(0, std::min(sample.find('\n'), sample.size()));
  if (first_row.ends_with('\r')) first_row.remove_suffix(1);
  header.separator = detect_separator(line, first_row);
  const auto fields = split_fields(line, header.separator);
  if (looks_like_data(fields)) refuse(place, "holds values, not column names", "put a header line above the first row");
  name_columns(header, fields, place);
  if (fields.size() < 2) {
    refuse(place, fmt::format("there is no column of values beside '{}'", header.names.front()),
           "separate columns with commas, semicolons or tabs; the first one is the time");
  }
  find_columns(header, source, options);
  leave_out_columns(header, source, options);
  if (header.separator != ',' && has_decimal_commas(value_fields(header, sample))) header.point = ',';
  return header;
}

}  // namespace vdn
