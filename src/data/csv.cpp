#include <vdn/data/csv.hpp>

#include <fast_float/fast_float.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <unordered_map>
#include <utility>

#include <vdn/core/error.hpp>
#include <vdn/data/csv_text.hpp>

#include "data/byte_source.hpp"
#include "data/column_store.hpp"
#include "data/csv_fields.hpp"
#include "data/csv_header.hpp"
#include "data/line_reader.hpp"
#include "data/raw_table.hpp"

namespace vdn {
namespace {

constexpr double missing_value = std::numeric_limits<double>::quiet_NaN();

/// An integer with an optional sign and at most 18 digits.
std::optional<std::int64_t> parse_index(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 18) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = 10 * value + (c - '0');
  }
  return negative ? -value : value;
}

/// Numbers the names of series in order of appearance. Rows of one series usually follow each other.
class NameNumbers {
 public:
  std::uint32_t number(std::string_view raw) {
    if (!names_.empty() && raw == names_[last_]) return last_;
    const auto found = numbers_.find(raw);
    if (found != numbers_.end()) return last_ = found->second;
    last_ = static_cast<std::uint32_t>(names_.size());
    names_.emplace_back(raw);
    numbers_.emplace(names_.back(), last_);
    return last_;
  }
  const std::vector<std::string>& names() const { return names_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> numbers_;
  std::vector<std::string> names_;
  std::uint32_t last_ = 0;
};

/// Reads one table; read() once.
class TableReader {
 public:
  TableReader(ByteSource& source, const ReadingOptions& options)
      : source_(source),
        lines_(source_),
        marks_(options.missing),
        ignored_(options.ignored.begin(), options.ignored.end()),
        header_(read_header(lines_, source_.name(), options)) {}

  RawTable read() {
    header_.long_form ? read_long() : read_wide();
    table_.source = source_.name();
    table_.time_name = header_.names[header_.time];
    ReadingReport& report = table_.report;
    report.long_form = header_.long_form;
    report.separator = header_.separator;
    report.decimal_comma = header_.point == ',';
    report.byte_order_mark = header_.byte_order_mark;
    report.repaired_names += header_.repaired;
    report.marks = marks_.counts();
    return std::move(table_);
  }

 private:
  void read_wide();
  void read_long();
  template <class ParseLine>
  void each_line(const ParseLine& parse);
  void parse_wide(std::string_view line, double* row);
  void parse_long(std::string_view line);
  void leave_out_series();
  double take_value(std::string_view& rest, bool& last, std::size_t column);
  void take_time(std::string_view field);
  double parse_value(std::string_view field, std::size_t column);
  std::string column_hint(const std::string& text, std::size_t column) const;
  void flush(std::vector<double>& block, ColumnStore& store) const;
  std::string place() const { return fmt::format("{}:{}", source_.name(), lines_.line()); }
  std::string place(std::size_t column) const {
    return fmt::format("{}, column '{}' ({})", place(), header_.names[column], column + 1);
  }
  [[noreturn]] void refuse_ragged(std::string_view line) const;

  ByteSource& source_;
  LineReader lines_;
  MissingMarks marks_;
  std::set<std::string> ignored_;
  CsvHeader header_;
  RawTable table_;
  NameNumbers names_;  // long
};

template <class ParseLine>
void TableReader::each_line(const ParseLine& parse) {
  std::size_t blank_line = 0;
  while (const auto line = lines_.next(header_.separators())) {
    if (trim(*line).empty()) {
      if (blank_line == 0) blank_line = lines_.line();
      continue;
    }
    if (blank_line > 0) {
      throw Error(ErrorKind::data, fmt::format("{}:{}", source_.name(), blank_line), "a blank line inside the table",
                  "remove it");
    }
    constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
    table_.lines.push_back(static_cast<std::uint32_t>(std::min(lines_.line(), most)));
    parse(*line);
  }
  if (table_.times.empty()) throw Error(ErrorKind::data, source_.name(), "has a header but no rows");
}

void TableReader::read_wide() {
  for (std::size_t column = 0; column < header_.names.size(); ++column) {
    if (header_.holds_values(column)) table_.names.push_back(header_.names[column]);
    if (header_.left_out[column]) table_.report.left_out.push_back(header_.names[column]);
  }
  const std::size_t series = table_.names.size();
  ColumnStore store(series);
  std::vector<double> block;  // up to block_rows() x D, row-major
  block.reserve(store.block_rows() * series);
  each_line([&](std::string_view line) {
    block.resize(block.size() + series);
    parse_wide(line, block.data() + block.size() - series);
    if (block.size() == store.block_rows() * series) flush(block, store);
  });
  flush(block, store);
  table_.values = store.take();
}

void TableReader::flush(std::vector<double>& block, ColumnStore& store) const {
  const double bytes_per_row = static_cast<double>(lines_.consumed()) / static_cast<double>(table_.times.size());
  store.append(block, static_cast<std::size_t>(static_cast<double>(source_.expected_bytes()) / bytes_per_row));
  block.clear();
}

void TableReader::parse_wide(std::string_view line, double* row) {
  std::string_view rest = line;
  bool last = false;
  const std::size_t columns = header_.names.size();
  for (std::size_t column = 0; column < columns; ++column) {
    if (last) refuse_ragged(line);
    if (column == header_.time) {
      take_time(cut_field(rest, header_.separator, last));
    } else if (header_.left_out[column]) {
      cut_field(rest, header_.separator, last);
    } else {
      *row++ = take_value(rest, last, column);
    }
  }
  if (!last) refuse_ragged(line);
}

void TableReader::read_long() {
  each_line([&](std::string_view line) { parse_long(line); });
  std::set<std::string> taken;
  for (const std::string& raw : names_.names()) {
    const std::string repaired = repair_utf8(raw);
    if (repaired != raw) ++table_.report.repaired_names;
    table_.names.push_back(distinct_name(repaired, taken));
    taken.insert(table_.names.back());
  }
  for (std::size_t column = 0; column < header_.names.size(); ++column) {
    const bool used = column == header_.id || column == header_.time || column == header_.value;
    if (!used) table_.report.unused_columns.push_back(header_.names[column]);
  }
  leave_out_series();
}

/// Takes the ignored series and their rows out of a long table.
void TableReader::leave_out_series() {
  constexpr auto none = std::numeric_limits<std::uint32_t>::max();
  std::vector<std::uint32_t> number(table_.names.size(), none);  // among those that stay
  std::vector<std::string> names;
  for (std::size_t series = 0; series < number.size(); ++series) {
    const bool stays = !ignored_.contains(table_.names[series]);
    if (stays) number[series] = static_cast<std::uint32_t>(names.size());
    (stays ? names : table_.report.left_out).push_back(table_.names[series]);
  }
  if (table_.report.left_out.empty()) return;
  if (names.empty()) {
    throw Error(ErrorKind::data, source_.name(), "every series is ignored", "give --ignore fewer series");
  }
  std::size_t to = 0;
  for (std::size_t row = 0; row < table_.times.size(); ++row) {
    const std::uint32_t series = number[table_.series[row]];
    if (series == none) continue;
    table_.series[to] = series;
    table_.times[to] = table_.times[row];
    table_.lines[to] = table_.lines[row];
    table_.values[to++] = table_.values[row];
  }
  table_.series.resize(to);
  table_.times.resize(to);
  table_.lines.resize(to);
  table_.values.resize(to);
  table_.names = std::move(names);
}

void TableReader::parse_long(std::string_view line) {
  std::string_view rest = line;
  bool last = false;
  for (std::size_t column = 0; column < header_.names.size(); ++column) {
    if (last) refuse_ragged(line);
    if (column == header_.value) {
      table_.values.push_back(take_value(rest, last, column));
      continue;
    }
    std::string_view field = trim(cut_field(rest, header_.separator, last));
    if (column == header_.time) {
      take_time(field);
    } else if (column == header_.id) {
      if (field.empty()) throw Error(ErrorKind::data, place(column), "the series has no name");
      table_.series.push_back(field.front() == '"' ? names_.number(clean_field(field)) : names_.number(field));
    }
  }
  if (!last) refuse_ragged(line);
}

// The fast path reads a number where it stands and finds the separator right behind it; anything else, and every number
// of a table with decimal commas, takes a closer look at the field.
double TableReader::take_value(std::string_view& rest, bool& last, std::size_t column) {
  const char* start = rest.data();
  const char* end = start + rest.size();
  while (start != end && *start == ' ') ++start;
  double value = missing_value;
  const auto [stop, error] = fast_float::from_chars(start, end, value);
  const bool plain = error == std::errc() && (stop == end || *stop == header_.separator) && !std::isinf(value);
  if (!plain || header_.point != '.') return parse_value(cut_field(rest, header_.separator, last), column);
  last = stop == end;
  rest = {stop + (last ? 0 : 1), end};
  return marks_.take(value) ? missing_value : value;
}

void TableReader::take_time(std::string_view field) {
  std::string unquoted;
  field = trim(field);
  if (!field.empty() && field.front() == '"') field = unquoted = clean_field(field);
  const auto index = parse_index(field);
  if (table_.times.empty()) table_.unit = index ? TimeUnit::index : TimeUnit::second;
  if (table_.unit == TimeUnit::index) {
    if (!index) {
      throw Error(ErrorKind::data, place(header_.time),
                  fmt::format("'{}' is not an integer, as the times above it are", repair_utf8(field)));
    }
    table_.times.push_back(*index);
    return;
  }
  const auto time = parse_time(field);
  if (!time) {
    throw Error(ErrorKind::data, place(header_.time), fmt::format("'{}' is not a time", repair_utf8(field)),
                "times are written as YYYY-MM-DD, YYYY-MM-DD HH:MM:SS or integers; name their column with "
                "--time-column where it is another one");
  }
  if (has_offset(field)) ++table_.report.offsets;
  table_.times.push_back(*time);
}

/// What to do about a column of a wide table that begins with something else than a number.
std::string TableReader::column_hint(const std::string& text, std::size_t column) const {
  const std::string& name = header_.names[column];
  if (parse_time(text)) return fmt::format("name the column of the times with --time-column '{}'", name);
  return fmt::format(
      "leave the column out with --ignore '{}', name a mark of a missing value with --missing, or the columns of a "
      "long table with --id-column, --time-column and --value-column",
      name);
}

double TableReader::parse_value(std::string_view field, std::size_t column) {
  if (field.empty()) {
    marks_.take_empty();
    return missing_value;
  }
  const std::string text = clean_field(field);
  if (marks_.take(text)) return missing_value;
  double value = 0;
  const NumberStatus status = parse_number(text, value, header_.point);
  if (status == NumberStatus::ok) return marks_.take(value) ? missing_value : value;
  if (status == NumberStatus::too_large) {
    throw Error(ErrorKind::data, place(column), fmt::format("'{}' is infinite or too large", text),
                "write missing values as an empty field or NA");
  }
  std::string hint = "write missing values as an empty field or NA, or name the mark with --missing";
  if (!header_.long_form && table_.lines.size() == 1) hint = column_hint(text, column);  // the first row tells
  if (header_.point == ',' && text.find('.') != std::string::npos) {
    hint = "the table writes decimals with a comma; write all of them so";
  } else if (header_.separator != ',' && text.find(',') != std::string::npos) {
    hint = "write decimals with a point";
  }
  throw Error(ErrorKind::data, place(column), fmt::format("'{}' is not a number", repair_utf8(text)), hint);
}

void TableReader::refuse_ragged(std::string_view line) const {
  throw Error(
      ErrorKind::data, place(),
      fmt::format("expected {} fields, found {}", header_.names.size(), split_fields(line, header_.separator).size()),
      "every row needs as many fields as the header");
}

}  // namespace

SeriesSet read_csv(const std::string& path, const ReadingOptions& options) {
  ByteSource source(path);
  return arrange(TableReader(source, options).read(), options);
}

SeriesSet read_csv_text(std::string_view text, const std::string& name, const ReadingOptions& options) {
  ByteSource source(text, name);
  return arrange(TableReader(source, options).read(), options);
}

}  // namespace vdn
