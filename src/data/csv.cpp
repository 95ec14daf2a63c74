#include <vdn/data/csv.hpp>

#include <fast_float/fast_float.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <vdn/core/error.hpp>

#include "data/byte_source.hpp"
#include "data/column_store.hpp"
#include "data/csv_fields.hpp"
#include "data/csv_header.hpp"
#include "data/line_reader.hpp"

namespace vdn {
namespace {

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

/// Reads one table; read() once.
class TableReader {
 public:
  TableReader(const std::string& path, const ReadingOptions& options)
      : source_(path), lines_(source_), missing_(options.missing) {}

  SeriesSet read();

 private:
  void parse_line(std::string_view line, double* row);
  std::int64_t parse_time_field(std::string_view field);
  double parse_value(std::string_view field, std::size_t column) const;
  void flush(std::vector<double>& block, ColumnStore& store) const;
  std::string place() const { return fmt::format("{}:{}", source_.name(), lines_.line()); }
  std::string place(std::size_t column) const {
    return fmt::format("{}, column '{}' ({})", place(), header_.names[column], column + 1);
  }
  [[noreturn]] void refuse_ragged(std::string_view line) const;

  ByteSource source_;
  LineReader lines_;
  MissingMarks missing_;
  CsvHeader header_;
  TimeUnit unit_ = TimeUnit::second;
  std::vector<std::int64_t> times_;
};

SeriesSet TableReader::read() {
  header_ = read_header(lines_, source_.name());
  const std::size_t series = header_.names.size() - 1;
  ColumnStore store(series);
  std::vector<double> block;  // up to block_rows() x D, row-major
  block.reserve(store.block_rows() * series);
  std::size_t blank_line = 0;
  while (const auto line = lines_.next()) {
    if (trim(*line).empty()) {
      if (blank_line == 0) blank_line = lines_.line();
      continue;
    }
    if (blank_line > 0) {
      throw Error(ErrorKind::data, fmt::format("{}:{}", source_.name(), blank_line), "a blank line inside the table",
                  "remove it");
    }
    block.resize(block.size() + series);
    parse_line(*line, block.data() + block.size() - series);
    if (block.size() == store.block_rows() * series) flush(block, store);
  }
  if (times_.empty()) throw Error(ErrorKind::data, source_.name(), "has a header but no rows");
  flush(block, store);

  SeriesSet set;
  set.source = source_.name();
  set.time_name = header_.names.front();
  set.names.assign(header_.names.begin() + 1, header_.names.end());
  set.values = store.take();
  set.times = std::move(times_);
  set.step = infer_step(set.times, unit_).step;
  return set;
}

void TableReader::flush(std::vector<double>& block, ColumnStore& store) const {
  const double bytes_per_row = static_cast<double>(lines_.consumed()) / static_cast<double>(times_.size());
  store.append(block, static_cast<std::size_t>(static_cast<double>(source_.expected_bytes()) / bytes_per_row));
  block.clear();
}

// The fast path reads a number where it stands and finds the separator right behind it; anything else takes a closer
// look at the field.
void TableReader::parse_line(std::string_view line, double* row) {
  std::string_view rest = line;
  bool last = false;
  times_.push_back(parse_time_field(cut_field(rest, header_.separator, last)));
  const std::size_t columns = header_.names.size();
  for (std::size_t column = 1; column < columns; ++column) {
    if (last) refuse_ragged(line);
    const char* start = rest.data();
    const char* end = start + rest.size();
    while (start != end && *start == ' ') ++start;
    double value = 0;
    const auto [stop, error] = fast_float::from_chars(start, end, value);
    if (error == std::errc() && (stop == end || *stop == header_.separator) && !std::isinf(value)) {
      last = stop == end;
      rest.remove_prefix(static_cast<std::size_t>(stop - rest.data()) + (last ? 0 : 1));
    } else {
      value = parse_value(cut_field(rest, header_.separator, last), column);
    }
    row[column - 1] = missing_.contains(value) ? std::numeric_limits<double>::quiet_NaN() : value;
  }
  if (!last) refuse_ragged(line);
}

std::int64_t TableReader::parse_time_field(std::string_view field) {
  std::string unquoted;
  field = trim(field);
  if (!field.empty() && field.front() == '"') field = unquoted = clean_field(field);
  const auto index = parse_index(field);
  if (times_.empty()) unit_ = index ? TimeUnit::index : TimeUnit::second;
  if (unit_ == TimeUnit::index) {
    if (index) return *index;
    throw Error(ErrorKind::data, place(0),
                fmt::format("'{}' is not an integer, as the times above it are", repair_utf8(field)));
  }
  if (const auto time = parse_time(field)) return *time;
  throw Error(ErrorKind::data, place(0), fmt::format("'{}' is not a time", repair_utf8(field)),
              "the first column holds the times, as YYYY-MM-DD, YYYY-MM-DD HH:MM:SS or integers");
}

double TableReader::parse_value(std::string_view field, std::size_t column) const {
  const std::string text = clean_field(field);
  if (missing_.contains(text)) return std::numeric_limits<double>::quiet_NaN();
  double value = 0;
  const NumberStatus status = parse_number(text, value);
  if (status == NumberStatus::ok) return value;
  if (status == NumberStatus::too_large) {
    throw Error(ErrorKind::data, place(column), fmt::format("'{}' is infinite or too large", text),
                "write missing values as an empty field or NA");
  }
  const bool decimal_comma = header_.separator != ',' && text.find(',') != std::string::npos;
  throw Error(ErrorKind::data, place(column), fmt::format("'{}' is not a number", repair_utf8(text)),
              decimal_comma ? "write decimals with a point"
                            : "write missing values as an empty field or NA, or name the mark with --missing");
}

void TableReader::refuse_ragged(std::string_view line) const {
  throw Error(
      ErrorKind::data, place(),
      fmt::format("expected {} fields, found {}", header_.names.size(), split_fields(line, header_.separator).size()),
      "every line needs as many fields as the header");
}

}  // namespace

SeriesSet read_csv(const std::string& path, const ReadingOptions& options) {
  return TableReader(path, options).read();
}

}  // namespace vdn
