#pragma once
// What the commands share: options, printing, errors.

#include <CLI/CLI.hpp>

#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <vdn/core/error.hpp>
#include <vdn/data/load.hpp>
#include <vdn/model/forecaster.hpp>

#include "standard_streams.hpp"

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

/// What the command line says about reading DATA.
struct ReadingArguments {
  std::vector<std::string> missing, gaps;
  std::optional<std::string> id_column, time_column, value_column, time_axis;
  std::vector<std::string> ignored;
  std::optional<std::size_t> max_gap;
  /// True when anything is said.
  bool given() const {
    return !missing.empty() || !gaps.empty() || !ignored.empty() || id_column || time_column || value_column ||
           time_axis || max_gap;
  }
};
void add_reading(CLI::App& app, ReadingArguments& arguments);
/// What is not said stays as it is in `base`. Throws Error (usage) for an unknown time axis.
ReadingOptions reading_options(const ReadingArguments& arguments, ReadingOptions base = {});

/// Writes to standard output. Throws Error (io) when it cannot be written.
void print(const std::string& text);
void print(const Json& document);
std::string dump(const Json& document);

/// Says something on the side (standard error), unless --quiet.
template <class... Args>
void note(const Shared& shared, fmt::format_string<Args...> format, Args&&... args) {
  if (shared.quiet) return;
  say(fmt::format(format, std::forward<Args>(args)...) + "\n");
}

/// Reports an error as "vdn fit: what", as JSON too when asked for, and returns its exit code.
int report_error(const std::string& command, const std::exception& error, bool json);

/// Reads DATA; for a model as the model's own table was read, unless the command line says otherwise, and with the
/// series in the model's order.
LoadedData read_data(const std::string& name_or_path, const ReadingArguments& arguments,
                     const DataRecord* model = nullptr);

/// "1 gap", "3 gaps".
std::string counted(std::size_t count, const std::string& noun);
/// "1,234,567".
std::string grouped(std::size_t number);

/// Columns aligned by their widest cell; the first row is the heading. Those marked in `right` are set right.
std::string columns(const std::vector<std::vector<std::string>>& rows, const std::vector<bool>& right = {});

Command add_fit(CLI::App& program);
Command add_backtest(CLI::App& program);
Command add_predict(CLI::App& program);
Command add_data(CLI::App& program);
Command add_doctor(CLI::App& program);
Command add_inspect(CLI::App& program);
Command add_init(CLI::App& program);
Command add_parameters(CLI::App& program);
Command add_report(CLI::App& program);
Command add_monitor(CLI::App& program);
Command add_prune(CLI::App& program);
Command add_study(CLI::App& program);
Command add_autopilot(CLI::App& program);
Command add_bench(CLI::App& program);

}  // namespace vdn::cli
