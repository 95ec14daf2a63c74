#include "common.hpp"

#include <algorithm>
#include <new>

namespace vdn::cli {
namespace {

constexpr const char* output_group = "Output";

int exit_code_of(const std::exception& error) {
  const auto* known = dynamic_cast<const Error*>(&error);
  return known ? known->exit_code() : static_cast<int>(ErrorKind::software);
}

std::string message_of(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error)) {
    return "not enough memory; lower train.batch, neuron.count or score.draws";
  }
  return error.what();
}

/// Of UTF-8: bytes that do not continue a character.
std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

void add_json(CLI::App& app, Shared& shared) {
  app.add_flag("--json", shared.json, "one JSON document on standard output, all else on standard error")
      ->group(output_group);
}

void add_work_options(CLI::App& app, Shared& shared) {
  add_json(app, shared);
  app.add_flag("--quiet,-q", shared.quiet, "print nothing but results asked for and errors")->group(output_group);
  app.add_option("--threads", shared.threads, "threads; 0 takes all cores; the results are the same")
      ->check(CLI::Range(0, 1024).description(""))
      ->type_name("N")
      ->group(output_group);
}

void add_reading(CLI::App& app, ReadingArguments& r) {
  const char* group = "Reading";
  const auto column = [&](const char* name, std::optional<std::string>& value, const char* help) {
    app.add_option(name, value, help)->type_name("NAME")->group(group);
  };
  app.add_option("--missing", r.missing,
                 "another mark of a missing value, e.g. -9999; auto: numbers that look like marks (repeatable)")
      ->allow_extra_args(false)
      ->type_name("MARK")
      ->group(group);
  column("--id-column", r.id_column, "long tables: which series a row belongs to; else unique_id");
  column("--time-column", r.time_column, "the times; else ds in long tables, the first column in wide ones");
  column("--value-column", r.value_column, "long tables: the values; else y");
  app.add_option("--ignore", r.ignored, "a column of a wide table or a series of a long one to leave out (repeatable)")
      ->allow_extra_args(false)
      ->type_name("NAME")
      ->group(group);
  app.add_option("--time-axis", r.time_axis,
                 "strict: one regular grid; rows: by row number. Else strict, of named sets rows")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--max-gap", r.max_gap, "longest hole in rows that is filled with missing values; else 24")
      ->check(CLI::Range(std::size_t{0}, std::size_t{1000000}).description(""))
      ->type_name("ROWS")
      ->group(group);
  app.add_option("--gap", r.gaps, "a time at which all series begin anew (repeatable)")
      ->allow_extra_args(false)
      ->type_name("TIME")
      ->group(group);
}

ReadingOptions reading_options(const ReadingArguments& r, ReadingOptions base) {
  if (!r.missing.empty()) base.missing = r.missing;
  if (!r.gaps.empty()) base.gaps = r.gaps;
  if (r.id_column) base.id_column = *r.id_column;
  if (r.time_column) base.time_column = *r.time_column;
  if (r.value_column) base.value_column = *r.value_column;
  base.ignored.insert(base.ignored.end(), r.ignored.begin(), r.ignored.end());
  if (r.time_axis) base.time_axis = parse_time_axis(*r.time_axis);
  if (r.max_gap) base.max_gap = *r.max_gap;
  return base;
}

void print(const std::string& text) {
  const bool good = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!good) throw Error(ErrorKind::io, "standard output", "cannot be written");
}

void print(const Json& document) {
  print(dump(document));
}

std::string dump(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

int report_error(const std::string& command, const std::exception& error, bool json) {
  const int code = exit_code_of(error);
  const std::string message = one_line(message_of(error));
  say(fmt::format("{}: {}\n", command, message));
  if (json) {
    const std::string text = dump({{"error", {{"message", message}, {"exit_code", code}}}});
    std::fwrite(text.data(), 1, text.size(), stdout);  // the exit code tells what could not be written
  }
  return code;
}

namespace {

/// What the user, not a model, wants left out is there to be left out.
void require_found(const std::vector<std::string>& ignored, const SeriesSet& set) {
  const auto& found = set.reading.left_out;
  for (const std::string& name : ignored) {
    if (std::find(found.begin(), found.end(), name) != found.end()) continue;
    const std::string near = nearest_word(name, set.names);
    throw Error(
        ErrorKind::usage, "--ignore",
        fmt::format("{} has no {} '{}'", set.source, set.reading.long_form ? "series" : "column of values", name),
        near.empty() ? "" : fmt::format("did you mean '{}'?", near));
  }
}

}  // namespace

LoadedData read_data(const std::string& name_or_path, const ReadingArguments& arguments, const DataRecord* model) {
  ReadingOptions base = model ? model->reading : ReadingOptions{};
  if (model) base.known_step = model->step;
  LoadedData data = load_named(name_or_path, reading_options(arguments, std::move(base)));
  require_found(arguments.ignored, data.series);
  if (model) data.series = in_order(std::move(data.series), model->series_names);
  return data;
}

std::string counted(std::size_t count, const std::string& noun) {
  return fmt::format("{} {}{}", grouped(count), noun, count == 1 ? "" : "s");
}

std::string grouped(std::size_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string columns(const std::vector<std::vector<std::string>>& rows, const std::vector<bool>& right) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], characters(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string blank(widths[i] - characters(row[i]), ' ');
      line += (i < right.size() && right[i] ? blank + row[i] : row[i] + blank) + "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace vdn::cli
