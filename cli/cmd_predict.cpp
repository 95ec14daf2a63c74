// vdn predict: quantiles, means and joint paths of the rows that follow a table, or any row of it.

#include <algorithm>
#include <limits>
#include <map>
#include <memory>

#include <vdn/evaluate/predict.hpp>
#include <vdn/io/atomic_file.hpp>
#include <vdn/io/model_file.hpp>
#include <vdn/report/backtest_chart.hpp>
#include <vdn/report/fan_chart.hpp>
#include <vdn/report/prediction_json.hpp>

#include "common.hpp"
#include "fit_plan.hpp"

namespace vdn::cli {
namespace {

using Origins = std::vector<std::optional<std::size_t>>;

struct PredictArguments {
  Shared shared;
  std::string model, data, out, plot;
  PredictOptions asked;
  std::string paths = "0";
  std::vector<std::string> origins, plot_series;
  ReadingArguments reading;
  PredictionCsv form;
  bool plug_in = false, uncalibrated = false;
};

void check(const PredictArguments& o) {
  if (o.out.empty() && !o.shared.json && o.plot.empty()) {
    throw Error(ErrorKind::usage, "", "--out is required", "give a file, '-' for standard output, --json or --plot");
  }
  if (o.out == "-" && o.shared.json) {
    throw Error(ErrorKind::usage, "", "--out - and --json both want standard output", "leave one of them out");
  }
}

Json document(const std::vector<Prediction>& predictions, const PredictArguments& o) {
  Json json{{"command", "predict"},
            {"model", o.model},
            {"data", o.data},
            {"out", o.out.empty() ? Json() : Json(o.out)},
            {"levels", predictions.front().levels}};
  if (predictions.size() == 1) {
    json.update(Json::parse(prediction_json(predictions.front())));
    return json;
  }
  json["forecasts"] = Json::array();
  for (const Prediction& p : predictions) json["forecasts"].push_back(Json::parse(prediction_json(p)));
  return json;
}

/// Tells the series that have no forecast from one origin or more.
void note_blank(const std::vector<Prediction>& predictions, const Forecaster& model, const PredictArguments& o) {
  std::map<std::size_t, std::size_t> blank;  // series and the number of origins
  for (const Prediction& p : predictions) {
    for (const std::size_t d : p.blank) ++blank[d];
  }
  if (blank.empty()) return;
  constexpr std::size_t most = 10;
  std::string names;
  std::size_t named = 0;
  bool from_none = true;
  for (const auto& [d, origins] : blank) {
    from_none = from_none && origins == predictions.size();
    if (++named <= most) names += fmt::format("{}'{}'", named > 1 ? ", " : "", predictions.front().series[d]);
  }
  if (named > most) names += fmt::format(" and {} more", grouped(named - most));
  note(o.shared, "no forecast{} of {}: fewer than {} observed rows before it", from_none ? "" : " from some origins",
       one_line(names), window_shape(model.settings()).least());
}

/// Tells the series that have fewer rows than the table: their forecasts begin earlier than those of the others.
void note_early_ends(const SeriesSet& set, const Prediction& p, const PredictArguments& o) {
  if (!o.origins.empty()) return;
  std::size_t count = 0, first = 0;
  for (std::size_t d = 0; d < set.count(); ++d) {
    if (set.rows_of(d).end < set.length() && !p.is_blank(d) && count++ == 0) first = d;
  }
  if (count == 0) return;
  note(o.shared, "{} of {} series {} before the last row and {} forecast from there: '{}' from {}", count, set.count(),
       count == 1 ? "ends" : "end", count == 1 ? "is" : "are", one_line(set.names[first]),
       format_time(p.times[first * p.horizon], p.step));
}

/// The series of the chart: those asked for, or the first four that have a forecast.
std::vector<std::size_t> series_to_plot(const SeriesSet& set, const Prediction& p, const PredictArguments& o) {
  std::vector<std::size_t> chosen = chart_series(set, o.plot_series, set.count());
  if (!o.plot_series.empty()) return chosen;
  std::erase_if(chosen, [&](std::size_t d) { return p.is_blank(d); });
  chosen.resize(std::min<std::size_t>(chosen.size(), 4));
  return chosen;
}

std::string chart(Forecaster& model, const SeriesSet& set, const PredictArguments& o, const Prediction& p,
                  std::optional<std::size_t> origin, Scheduler& scheduler) {
  const auto panels = backtest_panels(model, set, origin, series_to_plot(set, p, o), scheduler);
  const std::size_t last = std::min(origin.value_or(set.length()), set.length());
  return fan_chart_svg(panels, "Forecast of " + o.data,
                       fmt::format("{}, {} after {}", model.name(), counted(model.horizon(), "row"),
                                   format_time(set.times[last > 0 ? last - 1 : 0], set.step)));
}

void write(const std::string& csv, const std::vector<Prediction>& predictions, const PredictArguments& o) {
  if (o.out == "-") {
    print(csv);
    return;
  }
  write_file_atomically(o.out, csv);
  std::int64_t first = predictions.front().times.front(), last = first;
  for (const Prediction& p : predictions) {
    first = std::min(first, *std::min_element(p.times.begin(), p.times.end()));
    last = std::max(last, *std::max_element(p.times.begin(), p.times.end()));
  }
  const Prediction& p = predictions.front();
  note(o.shared, "wrote {}: {}{} of {} series{}, {} to {}", o.out,
       predictions.size() > 1 ? fmt::format("{} forecasts of ", grouped(predictions.size())) : "",
       counted(p.horizon, "row"), grouped(p.series.size()),
       p.paths > 0 ? fmt::format(" with {}", counted(p.paths, "path")) : "", format_time(first, p.step),
       format_time(last, p.step));
}

/// A number of paths, or auto.
void read_paths(PredictArguments& o) {
  o.asked.choose_draws = o.paths == "auto";
  if (!o.asked.choose_draws) CLI::detail::lexical_cast(o.paths, o.asked.paths);
}

/// Tells how many draws were chosen.
void note_draws(const std::vector<Prediction>& predictions, const PredictArguments& o) {
  if (!o.asked.choose_draws) return;
  std::size_t least = std::numeric_limits<std::size_t>::max(), most = 0, sum = 0, count = 0;
  for (const Prediction& p : predictions) {
    for (std::size_t d = 0; d < p.draws.size(); ++d) {
      if (p.is_blank(d)) continue;
      least = std::min(least, p.draws[d]);
      most = std::max(most, p.draws[d]);
      sum += p.draws[d];
      ++count;
    }
  }
  note(o.shared, "draws by uncertainty: {} to {} of a window, {:.1f} on average", least, most,
       static_cast<double>(sum) / static_cast<double>(count));
}

int run_predict(PredictArguments o) {
  check(o);
  read_paths(o);
  Forecaster model = load_model(o.model);
  model.use_plug_in(o.plug_in);
  model.use_calibration(!o.uncalibrated);
  const LoadedData data = read_data(o.data, o.reading, &model.data());
  Origins origins;
  for (const std::string& text : o.origins) origins.emplace_back(find_origin(data.series, text));
  o.form.cutoff = !origins.empty();
  if (origins.empty()) origins.emplace_back();
  Scheduler scheduler(o.shared.threads);
  const std::vector<Prediction> predictions = predict(model, data.series, origins, o.asked, scheduler);
  if (const std::size_t padded = predictions.front().padded; padded > 0) {
    note(o.shared, "{} series {} fewer than {} rows before the forecast: padded on the left", padded,
         padded == 1 ? "has" : "have", model.context_rows());
  }
  note_early_ends(data.series, predictions.front(), o);
  if (const std::string text = offsets_note(data.series); !text.empty()) note(o.shared, "{}", text);
  note_blank(predictions, model, o);
  note_draws(predictions, o);
  // Whatever may still be refused comes before anything is written.
  const std::string csv = o.out.empty() ? "" : to_csv(predictions, o.form);
  const std::string svg =
      o.plot.empty() ? "" : chart(model, data.series, o, predictions.front(), origins.front(), scheduler);
  if (!o.plot.empty()) write_file_atomically(o.plot, svg);
  if (!o.out.empty()) write(csv, predictions, o);
  if (o.shared.json) print(document(predictions, o));
  return 0;
}

/// Said before the model is read. What lies outside (0, 1) is refused by predict.
std::string check_level(const std::string& word) {
  double level = 0.0;
  if (!word.empty() && CLI::detail::lexical_cast(word, level)) return "";
  return "'" + word + "' is not a level; give numbers between 0 and 1 such as .1,.5,.9";
}

std::string check_paths(const std::string& word) {
  constexpr std::size_t most = 1000000;
  std::size_t paths = 0;
  if (word == "auto" || (!word.empty() && CLI::detail::lexical_cast(word, paths) && paths <= most)) return "";
  return "'" + word + "' is neither a number of paths from 0 to 1000000 nor auto";
}

void add_output(CLI::App& app, PredictArguments& o) {
  const char* group = "Output";
  app.add_option("--out", o.out, "CSV: unique_id, ds, mean, q0.1 ...; '-' is standard output")
      ->type_name("FILE")
      ->group(group);
  app.add_flag("--wide", o.form.wide, "one row a time, columns 'SERIES mean', 'SERIES q0.1' ...")->group(group);
  app.add_flag("--variances", o.form.variances,
               "columns var_within (what the head cannot know) and var_latent (what the draws disagree about)")
      ->group(group);
  app.add_option("--plot", o.plot, "SVG fan chart")->type_name("FILE")->group(group);
  app.add_option("--plot-series", o.plot_series, "series of the chart, separated by commas; else the first four")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAMES")
      ->group(group);
}

}  // namespace

Command add_predict(CLI::App& program) {
  const auto o = std::make_shared<PredictArguments>();
  CLI::App* app = program.add_subcommand("predict", "forecast the rows that follow a table, in its own units");
  app->add_option("MODEL", o->model, "a model.vdn")->required()->type_name("");
  app->add_option("DATA", o->data, "the table to go on from: the series the model was fitted on")
      ->required()
      ->type_name("");
  app->add_option("--quantiles", o->asked.levels, "levels, separated by commas")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Validator(check_level, ""))
      ->type_name("LEVELS")
      ->default_str(".1,.5,.9")
      ->group("Data");
  app->add_option("--paths", o->paths,
                  "joint sample paths of every series; auto: as many draws and paths as a window's uncertainty takes")
      ->check(CLI::Validator(check_paths, ""))
      ->type_name("N|auto")
      ->group("Data");
  app->add_option("--origin", o->origins,
                  "time or number (from 0) of the first row to forecast, separated by commas; else each series' end")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("ROWS")
      ->group("Data");
  add_reading(*app, o->reading);
  app->add_flag("--plug-in", o->plug_in, "one forecast at the posterior mean instead of the mixture over draws")
      ->group("Data");
  app->add_flag("--uncalibrated", o->uncalibrated, "the distribution as the network gives it")->group("Data");
  add_output(*app, *o);
  add_work_options(*app, o->shared);
  app->footer(
      "With --origin a column 'cutoff' tells the last time seen.\n"
      "Examples:\n"
      "  vdn predict run/model.vdn flights --out forecast.csv --quantiles .05,.5,.95\n"
      "  vdn predict run/model.vdn flights --out paths.csv --paths 100 --origin '2001-06-20 00:00:00'");
  return {app, [o] { return run_predict(*o); }};
}

}  // namespace vdn::cli
