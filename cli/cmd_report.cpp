// vdn report: one page about a run, from what it left in its folder.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>

#include <vdn/evaluate/backtest.hpp>
#include <vdn/evaluate/twins.hpp>
#include <vdn/io/model_file.hpp>
#include <vdn/report/json.hpp>
#include <vdn/report/run_report.hpp>
#include <vdn/train/events.hpp>
#include <vdn/train/fit_job.hpp>

#include "common.hpp"
#include "progress.hpp"
#include "run_page.hpp"

namespace vdn::cli {
namespace {

struct ReportArguments {
  Shared shared;
  std::string folder, data;
  ReadingArguments reading;
  bool twins = false;
};

/// What the page lacks; told on standard error too, once there is a page.
void miss(RunReport& report, const std::string& sentence) {
  report.missing.push_back(sentence);
}

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void require_run(const std::string& folder) {
  if (!std::filesystem::is_directory(folder)) {
    const bool other = std::filesystem::exists(folder);
    throw Error(ErrorKind::no_input, folder, other ? "is not a folder" : "there is no such folder",
                "give the --out folder of a 'vdn fit'");
  }
  for (const char* name : {"model.vdn", "events.jsonl", "metrics.json"}) {
    if (std::filesystem::exists(in_run(folder, name))) return;
  }
  throw Error(ErrorKind::no_input, folder, "holds no run: neither model.vdn nor events.jsonl nor metrics.json",
              "give the --out folder of a 'vdn fit'");
}

void take_events(const ReportArguments& o, RunReport& report) {
  try {
    report.run = read_run(o.folder);
    if (report.run.epochs.empty()) miss(report, "events.jsonl holds no epoch: no training curves, no neurons.");
  } catch (const Error& error) {
    miss(report, fmt::format("No training curves, no neurons: {}.", error.what()));
  }
}

std::optional<Forecaster> take_model(const ReportArguments& o, RunReport& report) {
  try {
    Forecaster model = load_model(in_run(o.folder, "model.vdn"));
    describe_model(model, report);
    return model;
  } catch (const Error& error) {
    miss(report, fmt::format("No forecasts and no setup of the model: {}.", error.what()));
    const std::string source = report.run.source.empty() ? o.folder : report.run.source;
    report.title = report.run.horizon > 0 ? fmt::format("{}: {} rows ahead", source, report.run.horizon) : source;
    report.subtitle = "A run without a model";
    return std::nullopt;
  }
}

std::optional<LoadedData> take_data(const ReportArguments& o, const Forecaster& model, RunReport& report) {
  if (o.data.empty() && model.data().source == "-") {
    miss(report,
         "No forecasts, and no scores but those on record: the table came from standard input. Give it with --data.");
    return std::nullopt;
  }
  try {
    LoadedData data = read_data(o.data.empty() ? model.data().source : o.data, o.reading, &model.data());
    check_series(model, data.series);  // throws where the series are others
    return data;
  } catch (const Error& error) {
    if (!o.data.empty()) throw;  // asked for by name
    miss(report,
         fmt::format("No forecasts, and no scores but those on record: {}. Give the table with --data.", error.what()));
    return std::nullopt;
  }
}

/// The test scores of 'vdn fit', if they are there.
std::optional<BacktestRow> recorded_test(const ReportArguments& o, const RunReport& report) {
  try {
    const Json document = Json::parse(read_text(in_run(o.folder, "metrics.json")));
    if (!document.is_object() || !document.contains("test") || document["test"].is_null()) return std::nullopt;
    BacktestRow row = parse_metrics_json(document["test"].dump());
    row.name = "vdn " + document.value("preset", report.run.preset);
    return row;
  } catch (const std::exception&) {  // damaged or of another kind: nothing on record
    return std::nullopt;
  }
}

/// DIR/backtest.json, if it is of this model: its first row must have the figures fit recorded.
BacktestTable recorded_backtest(const ReportArguments& o, const RunReport& report,
                                const std::optional<BacktestRow>& test) {
  const std::string path = in_run(o.folder, "backtest.json");
  if (!std::filesystem::exists(path)) return {};
  try {
    BacktestTable table = parse_backtest_json(read_text(path));
    const bool same =
        !test ||
        (!table.rows_of_table.empty() && table.rows_of_table[0].scaled.points == test->scaled.points &&
         std::abs(table.rows_of_table[0].scaled.crps - test->scaled.crps) <= 1e-6 * std::abs(test->scaled.crps));
    const bool fits = report.series.empty() || table.rows_of_table.empty() ||
                      table.rows_of_table[0].scaled_by_series.size() == report.series.size();
    if (same && fits) return table;
    note(o.shared, "vdn report: {} is passed over, it is of another model or another table", path);
  } catch (const std::exception& problem) {
    note(o.shared, "vdn report: {} is passed over: {}", path, problem.what());
  }
  return {};
}

/// Whether a recorded table shows all the page can show.
bool complete(const BacktestTable& table) {
  bool baseline = false;
  for (const BacktestRow& row : table.rows_of_table) {
    if (std::all_of(row.pit.begin(), row.pit.end(), [](std::size_t count) { return count == 0; })) return false;
    baseline = baseline || row.name == "repeat last";
  }
  return baseline;
}

/// Scores the model, its twins when asked for, and the baselines; keeps the rows that only the record has.
void score_run(const ReportArguments& o, Forecaster& model, const LoadedData& data, Scheduler& scheduler,
               RunReport& report) {
  std::vector<Forecaster> twins;
  if (o.twins) twins = fit_twins(model, data, scheduler, twin_progress(o.shared));
  std::vector<Forecaster*> models{&model};
  for (Forecaster& twin : twins) models.push_back(&twin);
  BacktestTable fresh = backtest(models, data, "auto", true, scheduler,
                                 [&](const std::string& name) { note(o.shared, "scoring {}", name); });
  std::size_t place = models.size();  // twins and other models before the baselines
  for (const BacktestRow& row : report.table.rows_of_table) {
    const bool there = std::any_of(fresh.rows_of_table.begin(), fresh.rows_of_table.end(),
                                   [&](const BacktestRow& other) { return other.name == row.name; });
    if (!there && report.table.rows.begin == fresh.rows.begin && report.table.rows.end == fresh.rows.end) {
      fresh.rows_of_table.insert(fresh.rows_of_table.begin() + static_cast<std::ptrdiff_t>(place++), row);
    }
  }
  report.table = std::move(fresh);
}

void take_scores(const ReportArguments& o, std::optional<Forecaster>& model, const std::optional<LoadedData>& data,
                 Scheduler& scheduler, RunReport& report) {
  const auto test = recorded_test(o, report);
  report.table = recorded_backtest(o, report, test);
  if (!report.table.rows_of_table.empty() && !o.twins && complete(report.table)) {
    report.table_note = "figures of backtest.json";
    return;
  }
  if (model && data) {
    try {
      score_run(o, *model, *data, scheduler, report);
      return;
    } catch (const Error& error) {
      if (o.twins) throw;
      miss(report, fmt::format("Not scored: {}.", error.what()));
    }
  }
  if (!report.table.rows_of_table.empty()) {
    report.table_note = "figures of backtest.json";
  } else if (test) {
    report.table.source = report.run.source;
    report.table.windows = test->scaled.windows;
    report.table.rows_of_table = {*test};
    report.table_note = "figures of metrics.json";
  }
}

/// An empty page would only replace a good one.
void require_something(const ReportArguments& o, const RunReport& report, bool model) {
  if (model || !report.run.epochs.empty() || !report.table.rows_of_table.empty()) return;
  std::string reasons;
  for (const std::string& sentence : report.missing) reasons += (reasons.empty() ? "" : " ") + sentence;
  throw Error(ErrorKind::data, o.folder, "holds nothing a report could show", reasons);
}

int run_report(const ReportArguments& o) {
  require_run(o.folder);
  RunReport report;
  Scheduler scheduler(o.shared.threads);
  take_events(o, report);
  std::optional<Forecaster> model = take_model(o, report);
  std::optional<LoadedData> data;
  if (model) data = take_data(o, *model, report);
  if (o.twins && !data) {
    throw Error(ErrorKind::no_input, "--twins", "cannot be fitted without the model and its table",
                "give the table with --data");
  }
  take_scores(o, model, data, scheduler, report);
  if (model && data) {
    try {
      add_panels(*model, *data, scheduler, report);
    } catch (const Error& error) {
      miss(report, fmt::format("No forecasts: {}.", error.what()));
    }
  }
  require_something(o, report, model.has_value());
  const std::string path = write_run_page(o.folder, report);
  for (const std::string& sentence : report.missing) note(o.shared, "vdn report: {}", sentence);
  if (o.shared.json) {
    print(Json{{"command", "report"}, {"report", path}, {"missing", report.missing}});
  } else if (!o.shared.quiet) {
    print(path + "\n");
  }
  return 0;
}

}  // namespace

Command add_report(CLI::App& program) {
  const auto o = std::make_shared<ReportArguments>();
  CLI::App* app = program.add_subcommand("report", "write a page about a run: forecasts, scores, training, neurons");
  app->add_option("DIR", o->folder, "the --out folder of a 'vdn fit'; report.html is written there")
      ->required()
      ->type_name("");
  app->add_option("--data", o->data, "the table, when it is not where it was when the model was fitted")
      ->type_name("DATA")
      ->group("Data");
  add_reading(*app, o->reading);
  app->add_flag("--twins", o->twins, "fit the model's three control twins and show them too")->group("Comparison");
  add_work_options(*app, o->shared);
  app->footer(
      "The page is one file that loads nothing. Scores come from DIR/backtest.json ('vdn backtest --baselines --twins\n"
      "--out DIR/backtest.json') when it is of this model, else the model and the baselines are scored.\n"
      "Example:\n  vdn report run");
  return {app, [o] { return run_report(*o); }};
}

}  // namespace vdn::cli
