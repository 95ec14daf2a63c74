// vdn predict: quantiles of the rows that follow a table.

#include <algorithm>
#include <memory>

#include <vdn/evaluate/predict.hpp>
#include <vdn/io/atomic_file.hpp>
#include <vdn/io/model_file.hpp>
#include <vdn/report/backtest_chart.hpp>
#include <vdn/report/fan_chart.hpp>

#include "common.hpp"

namespace vdn::cli {
namespace {

struct Options {
  Shared shared;
  std::string model, data, out, plot;
  std::vector<double> levels{0.1, 0.5, 0.9};
  ReadingArguments reading;
  bool plug_in = false;
};

Json prediction_json(const Prediction& p, const Options& o) {
  const std::size_t H = p.horizon, Q = p.levels.size();
  Json series = Json::array();
  bool alike = true;  // one list of times holds for all series
  for (std::size_t d = 0; d < p.series.size(); ++d) {
    Json times = Json::array(), mean = Json::array(), quantiles = Json::object();
    for (std::size_t h = 0; h < H; ++h) {
      times.push_back(format_time(p.times[d * H + h], p.step));
      alike = alike && p.times[d * H + h] == p.times[h];
      mean.push_back(p.mean[d * H + h]);
    }
    for (std::size_t q = 0; q < Q; ++q) {
      Json& list = quantiles[fmt::format("{}", p.levels[q])] = Json::array();
      for (std::size_t h = 0; h < H; ++h) list.push_back(p.quantiles[(d * H + h) * Q + q]);
    }
    series.push_back({{"unique_id", p.series[d]}, {"ds", times}, {"mean", mean}, {"quantiles", quantiles}});
  }
  return {{"command", "predict"}, {"model", o.model},
          {"data", o.data},       {"out", o.out.empty() ? Json() : Json(o.out)},
          {"levels", p.levels},   {"ds", alike ? series[0]["ds"] : Json()},
          {"series", series}};
}

std::string chart(Forecaster& model, const SeriesSet& set, const std::string& data, Scheduler& scheduler) {
  const auto panels = backtest_panels(model, set, std::nullopt, chart_series(set, {}), scheduler);
  return fan_chart_svg(panels, "Forecast of " + data,
                       fmt::format("{}, {} after {}", model.name(), counted(model.horizon(), "row"),
                                   format_time(set.times.back(), set.step)));
}

int run(const Options& o) {
  if (o.out.empty() && !o.shared.json) {
    throw Error(ErrorKind::usage, "", "--out is required", "give a file, '-' for standard output, or --json");
  }
  if (o.out == "-" && o.shared.json) {
    throw Error(ErrorKind::usage, "", "--out - and --json both want standard output", "leave one of them out");
  }
  std::vector<double> levels = o.levels;
  std::sort(levels.begin(), levels.end());
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  Forecaster model = load_model(o.model);
  model.use_plug_in(o.plug_in);
  const LoadedData data = read_data(o.data, o.reading, &model.data());
  Scheduler scheduler(o.shared.threads);
  const Prediction prediction = predict(model, data.series, std::nullopt, levels, scheduler);
  if (prediction.padded > 0) {
    note(o.shared, "{} series have fewer than {} rows before the forecast: padded on the left", prediction.padded,
         model.context_rows());
  }
  if (!o.plot.empty()) write_file_atomically(o.plot, chart(model, data.series, o.data, scheduler));
  if (o.out == "-") {
    print(to_csv(prediction));
  } else if (!o.out.empty()) {
    write_file_atomically(o.out, to_csv(prediction));
    note(o.shared, "wrote {}: {} of {}, {} to {}", o.out, counted(prediction.horizon, "row"),
         fmt::format("{} series", prediction.series.size()),
         format_time(*std::min_element(prediction.times.begin(), prediction.times.end()), prediction.step),
         format_time(*std::max_element(prediction.times.begin(), prediction.times.end()), prediction.step));
  }
  if (o.shared.json) print(prediction_json(prediction, o));
  return 0;
}

}  // namespace

Command add_predict(CLI::App& program) {
  const auto o = std::make_shared<Options>();
  CLI::App* app = program.add_subcommand("predict", "forecast the rows that follow a table, in its own units");
  app->add_option("MODEL", o->model, "a model.vdn")->required()->type_name("");
  app->add_option("DATA", o->data, "the table to go on from: the series the model was fitted on")
      ->required()
      ->type_name("");
  app->add_option("--quantiles", o->levels, "levels, separated by commas")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("LEVELS")
      ->default_str(".1,.5,.9")
      ->group("Data");
  add_reading(*app, o->reading);
  app->add_flag("--plug-in", o->plug_in, "one forecast at the posterior mean instead of the mixture over draws")
      ->group("Data");
  app->add_option("--out", o->out, "CSV: unique_id, ds, mean, q0.1 ...; '-' is standard output")
      ->type_name("FILE")
      ->group("Output");
  app->add_option("--plot", o->plot, "SVG fan chart of the first four series")->type_name("FILE")->group("Output");
  add_work_options(*app, o->shared);
  app->footer("Example:\n  vdn predict run/model.vdn flights --out forecast.csv --quantiles .05,.5,.95");
  return {app, [o] { return run(*o); }};
}

}  // namespace vdn::cli
