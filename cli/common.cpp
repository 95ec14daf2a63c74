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

void add_missing(CLI::App& app, std::vector<std::string>& marks) {
  app.add_option("--missing", marks, "another mark of a missing value, e.g. -9999 (repeatable)")
      ->allow_extra_args(false)
      ->type_name("MARK")
      ->group("Data");
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
  const std::string message = message_of(error);
  fmt::print(stderr, "{}: {}\n", command, message);
  if (json) {
    const std::string text = dump({{"error", {{"message", message}, {"exit_code", code}}}});
    std::fwrite(text.data(), 1, text.size(), stdout);
  }
  return code;
}

LoadedData read_data(const std::string& name_or_path, const std::vector<std::string>& missing_marks) {
  CsvOptions options;
  options.missing = missing_marks;
  return load_named(name_or_path, options);
}

std::string counted(std::size_t count, const std::string& noun) {
  return fmt::format("{} {}{}", grouped(count), noun, count == 1 ? "" : "s");
}

std::string grouped(std::size_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
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
