#pragma once
// What the commands share: options, printing, errors.

#include <CLI/CLI.hpp>

#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <vdn/core/error.hpp>
#include <vdn/data/load.hpp>

namespace vdn::cli {

using Json = nlohmann::ordered_json;

/// A command of the program: its parser and what to do once its options are read.
struct Command {
  CLI::App* app;
  std::function<int()> run;  ///< returns the exit code
};

/// Options every command has, or most.
struct Shared {
  bool json = false;        ///< one JSON document on standard output, nothing else there
  bool quiet = false;       ///< nothing but results and errors
  std::size_t threads = 0;  ///< 0: all cores
};
void add_json(CLI::App& app, Shared& shared);
void add_work_options(CLI::App& app, Shared& shared);  ///< --json --quiet --threads
void add_missing(CLI::App& app, std::vector<std::string>& marks);

/// Writes to standard output. Throws Error (io) when it cannot be written.
void print(const std::string& text);
void print(const Json& document);
std::string dump(const Json& document);

/// Says something on the side (standard error), unless --quiet.
template <class... Args>
void note(const Shared& shared, fmt::format_string<Args...> format, Args&&... args) {
  if (shared.quiet) return;
  fmt::print(stderr, format, std::forward<Args>(args)...);
  std::fputc('\n', stderr);
}

/// Reports an error as "vdn fit: what", as JSON too when asked for, and returns its exit code.
int report_error(const std::string& command, const std::exception& error, bool json);

LoadedData read_data(const std::string& name_or_path, const std::vector<std::string>& missing_marks);

/// "1 gap", "3 gaps".
std::string counted(std::size_t count, const std::string& noun);
/// "1,234,567".
std::string grouped(std::size_t number);

/// Columns aligned by their widest cell; the first row is the heading.
std::string columns(const std::vector<std::vector<std::string>>& rows);

Command add_fit(CLI::App& program);
Command add_backtest(CLI::App& program);
Command add_predict(CLI::App& program);
Command add_data(CLI::App& program);
Command add_doctor(CLI::App& program);
Command add_parameters(CLI::App& program);
Command add_report(CLI::App& program);

}  // namespace vdn::cli
