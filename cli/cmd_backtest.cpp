// vdn backtest: forecasters against each other on rows none of them has seen.

#include <algorithm>
#include <memory>

#include <vdn/evaluate/backtest.hpp>
#include <vdn/evaluate/twins.hpp>
#include <vdn/io/atomic_file.hpp>
#include <vdn/io/model_file.hpp>
#include <vdn/report/backtest_chart.hpp>
#include <vdn/report/fan_chart.hpp>
#include <vdn/report/table.hpp>
#include <vdn/train/fit_job.hpp>

#include "common.hpp"
#include "documents.hpp"
#include "progress.hpp"

namespace vdn::cli {
namespace {

struct BacktestArguments {
  Shared shared;
  std::string model, data, protocol = "auto", out, plot;
  std::vector<std::string> also;
  ReadingArguments reading;
  std::vector<std::string> plot_series;
  std::string plot_origin;
  bool baselines = false, twins = false, markdown = false, original = false;
  std::size_t paths = 0;
};

/// The row a chart's forecast starts at: the one asked for, else one in mid-test.
std::size_t chart_origin(const BacktestArguments& o, const SeriesSet& set, Range rows, std::size_t horizon) {
  if (o.plot_origin.empty()) return middle_origin(rows, horizon);
  try {
    return parameter_text::parse_integer(o.plot_origin, rows.begin, set.length());
  } catch (const std::invalid_argument& problem) {
    throw Error(ErrorKind::usage, "--plot-origin", problem.what(),
                fmt::format("give a row from {} to {}", rows.begin, set.length()));
  }
}

/// What of a chart can be wrong, so that it is told before hours of work.
struct ChartPlan {
  std::vector<std::size_t> series;
  std::size_t origin = 0;
};

void write_chart(const BacktestArguments& o, const ChartPlan& plan, Forecaster& model, const SeriesSet& set,
                 Scheduler& scheduler) {
  const auto panels = backtest_panels(model, set, plan.origin, plan.series, scheduler);
  const std::string start = panels.empty() || panels[0].future_times.empty() ? "" : panels[0].future_times[0];
  write_file_atomically(
      o.plot, fan_chart_svg(panels, "Backtest on " + o.data,
                            fmt::format("{}, {} from {}", model.name(), counted(model.horizon(), "row"), start)));
}

void print_tables(const BacktestArguments& o, const BacktestTable& table) {
  const auto text = o.markdown ? markdown_table : text_table;
  print(text(table, false));
  const bool has_units = !table.rows_of_table.front().probts;  // else the figures are ratios of original units anyway
  if (o.original && has_units) print("\n" + text(table, true));
  if (o.paths > 0) print("\n" + path_table(table));
}

std::vector<Forecaster> load_models(const BacktestArguments& o) {
  std::vector<Forecaster> models;
  models.push_back(load_model(o.model));
  for (const std::string& path : o.also) models.push_back(load_model(path));
  return models;
}

int run_backtest(const BacktestArguments& o) {
  std::vector<Forecaster> models = load_models(o);
  const LoadedData data = read_data(o.data, o.reading, &models.front().data());
  // What can be refused is refused before twins are trained.
  const Range rows = test_rows(models.front(), data, o.protocol);
  for (const Forecaster& model : models) check_series(model, data.series);
  if (rows.end < data.series.length()) {
    note(o.shared, "rows [{}, {}) lie behind the test part and are not scored", rows.end, data.series.length());
  }
  ChartPlan chart;
  if (!o.plot.empty()) {
    chart = {chart_series(data.series, o.plot_series), chart_origin(o, data.series, rows, models.front().horizon())};
  }
  Scheduler scheduler(o.shared.threads);
  if (o.twins) {
    for (Forecaster& twin : fit_twins(models.front(), data, scheduler, twin_progress(o.shared)))
      models.push_back(std::move(twin));
  }
  std::vector<Forecaster*> pointers;
  pointers.reserve(models.size());
  for (Forecaster& model : models) pointers.push_back(&model);
  const BacktestTable table = backtest(
      pointers, data, o.protocol, o.baselines, scheduler,
      [&](const std::string& name) { note(o.shared, "scoring {}", name); }, o.paths);
  const Json document = backtest_document(table, o.model, o.data);
  if (!o.out.empty()) write_file_atomically(o.out, dump(document));
  if (!o.plot.empty()) write_chart(o, chart, models.front(), data.series, scheduler);
  if (o.shared.json) {
    print(document);
  } else {
    print_tables(o, table);
  }
  return 0;
}

}  // namespace

Command add_backtest(CLI::App& program) {
  const auto o = std::make_shared<BacktestArguments>();
  CLI::App* app = program.add_subcommand("backtest", "score a model, baselines and twins on rows it has not seen");
  app->add_option("MODEL", o->model, "a model.vdn")->required()->type_name("");
  app->add_option("DATA", o->data, "the table or name it was fitted on, possibly with newer rows")
      ->required()
      ->type_name("");
  const char* what = "Comparison";
  app->add_option("--protocol", o->protocol,
                  "auto: the model's own test part; ltsf, probts: the benchmarks'; source: drawn windows")
      ->capture_default_str()
      ->type_name("NAME")
      ->group(what);
  app->add_flag("--baselines", o->baselines, "repeat last, seasonal naive, ridge line")->group(what);
  app->add_flag("--twins", o->twins, "fit the model's three control twins and score them too")->group(what);
  app->add_option("--also", o->also, "another model of the same series (repeatable)")
      ->allow_extra_args(false)
      ->type_name("MODEL")
      ->group(what);
  app->add_option("--paths", o->paths, "score whole futures too, by that many sample paths of every window")
      ->check(CLI::Range(0, 100000).description(""))
      ->type_name("N")
      ->group(what);
  add_reading(*app, o->reading);
  app->add_flag("--original", o->original, "a second table in original units")->group("Output");
  app->add_flag("--markdown", o->markdown, "tables as Markdown")->group("Output");
  app->add_option("--out", o->out, "the JSON document as a file")->type_name("FILE")->group("Output");
  app->add_option("--plot", o->plot, "SVG fan chart")->type_name("FILE")->group("Output");
  app->add_option("--plot-series", o->plot_series, "series of the chart, separated by commas; else the first four")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAMES")
      ->group("Output");
  app->add_option("--plot-origin", o->plot_origin, "first row forecast in the chart; else one in mid-test")
      ->type_name("ROW")
      ->group("Output");
  add_work_options(*app, o->shared);
  app->footer(
      "Examples:\n  vdn backtest run/model.vdn flights --baselines --plot fan.svg\n"
      "  vdn backtest run/model.vdn etth1 --protocol probts --baselines\n"
      "docs/metrics.md says what every figure means.");
  return {app, [o] { return run_backtest(*o); }};
}

}  // namespace vdn::cli
