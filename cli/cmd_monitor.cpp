// vdn monitor: is what comes in still like what the model was trained on?

#include <algorithm>
#include <cmath>
#include <deque>
#include <iostream>
#include <memory>
#include <vector>

#include <vdn/data/csv_text.hpp>
#include <vdn/evaluate/monitor.hpp>
#include <vdn/io/model_file.hpp>
#include <vdn/train/fit_job.hpp>

#include "common.hpp"

namespace vdn::cli {
namespace {

constexpr int alarm_code = 3;

struct MonitorArguments {
  Shared shared;
  std::string model, data;
  ReadingArguments reading;
  double false_alarms = 0.005;
  bool all = false, lines = false, fail = false;
};

/// Alarms of one series without a time between them that had none.
struct Run {
  std::size_t series = 0;
  std::string first, last;
  std::size_t windows = 0;
  double drift = 0.0;  ///< the largest
};

/// What is told at the end.
struct Tally {
  std::size_t times = 0, windows = 0, alarm_times = 0, alarm_windows = 0;
  std::string first, last;
  std::vector<Run> runs;
  std::vector<bool> running;  ///< [D] whether the last window of the series raised an alarm
  std::vector<std::size_t> run_of;

  void add(const std::vector<WindowReading>& readings, const std::string& time, std::size_t series) {
    running.resize(series);
    run_of.resize(series);
    if (times++ == 0) first = time;
    last = time;
    bool any = false;
    for (const WindowReading& r : readings) {
      const std::size_t d = r.window.series;
      ++windows;
      if (r.alarm && !running[d]) {
        run_of[d] = runs.size();
        runs.push_back({d, time, time, 0, r.drift});
      }
      running[d] = r.alarm;
      if (!r.alarm) continue;
      any = true;
      ++alarm_windows;
      Run& run = runs[run_of[d]];
      run.last = time;
      run.drift = std::max(run.drift, r.drift);
      ++run.windows;
    }
    alarm_times += any ? 1 : 0;
  }
};

Json line(const WindowReading& r, const std::string& time, const std::string& series) {
  return {{"time", time},
          {"series", series},
          {"drift", r.drift},
          {"out_of_band", r.out_of_band},
          {"latent_scale", r.latent_scale},
          {"within_scale", r.within_scale},
          {"alarm", r.alarm}};
}

/// One reading a line, out at once.
void print_lines(const std::vector<WindowReading>& readings, const std::string& time,
                 const std::vector<std::string>& names) {
  std::string text;
  for (const WindowReading& r : readings) {
    text += line(r, time, names[r.window.series]).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  }
  print(text);
}

/// Takes the readings of one time: prints and counts them.
void take(const std::vector<WindowReading>& readings, const std::string& time, const std::vector<std::string>& names,
          const MonitorArguments& o, Tally& tally) {
  if (readings.empty()) return;
  tally.add(readings, time, names.size());
  if (o.lines) print_lines(readings, time, names);
}

/// Scores the windows of a table that end in rows the model has not seen, or all.
void watch_table(Forecaster& model, const SeriesSet& series, Monitor& monitor, const MonitorArguments& o,
                 Scheduler& scheduler, Tally& tally) {
  constexpr std::size_t batch = 512;
  const std::vector<float> values = scale_for(model, series);
  const ConstMatrix<float> scaled(values.data(), series.count(), series.length());
  std::vector<Window> windows;
  const auto flush = [&] {
    const std::vector<WindowReading> readings = monitor.observe(scaled, windows, scheduler);
    for (auto begin = readings.begin(); begin != readings.end();) {
      const auto end = std::find_if(begin, readings.end(),
                                    [&](const WindowReading& r) { return r.window.origin != begin->window.origin; });
      take({begin, end}, format_time(series.times[begin->window.origin - 1], series.step), series.names, o, tally);
      begin = end;
    }
    windows.clear();
  };
  for (std::size_t origin = 1; origin <= series.length(); ++origin) {
    if (!o.all && series.times[origin - 1] <= model.data().seen_until) continue;
    const std::vector<Window> here = windows_to_watch(model, series, origin);
    windows.insert(windows.end(), here.begin(), here.end());
    if (windows.size() >= batch) flush();
  }
  flush();
}

/// Of a stream only the last rows are kept: a series that was seen before neither begins where these hold its first
/// value nor ends with its last.
void keep_begun(SeriesSet& table, std::vector<char>& begun) {
  for (std::size_t d = 0; d < begun.size(); ++d) {
    if (begun[d] && !table.extent.empty()) table.extent[d] = {0, table.length()};
    const auto values = table.series(d);
    begun[d] = begun[d] || std::any_of(values.begin(), values.end(), [](double value) { return !std::isnan(value); });
  }
}

/// Scores the rows of standard input as they come: what the model reads before the next row is kept as text and read
/// again with it, by the rules of every other table.
void watch_stream(Forecaster& model, ReadingOptions reading, Monitor& monitor, const MonitorArguments& o,
                  Scheduler& scheduler, Tally& tally) {
  const std::size_t kept = model.context_rows() + drift_lag(model.settings().lookback, model.data().season);
  reading.known_step = model.data().step;
  if (reading.time_axis == TimeAxis::automatic) reading.time_axis = TimeAxis::strict;
  std::string header, row;
  if (!std::getline(std::cin, header)) throw Error(ErrorKind::data, "standard input", "is empty");
  std::deque<std::string> rows;
  std::vector<char> begun(model.data().series_names.size());
  while (std::getline(std::cin, row)) {
    if (row.find_first_not_of(" \t\r") == std::string::npos) continue;
    rows.push_back(row);
    if (rows.size() > kept) rows.pop_front();
    std::string text = header;
    for (const std::string& r : rows) text += "\n" + r;
    SeriesSet table = in_order(read_csv_text(text, "standard input", reading), model.data().series_names);
    if (table.reading.long_form) {
      throw Error(ErrorKind::data, "standard input", "is a long table, whose rows are no times",
                  "pipe a wide table, or give a file");
    }
    keep_begun(table, begun);
    const std::vector<float> values = scale_for(model, table);
    const std::vector<Window> windows = windows_to_watch(model, table, table.length());
    take(monitor.observe({values.data(), table.count(), table.length()}, windows, scheduler),
         format_time(table.times.back(), table.step), table.names, o, tally);
  }
}

Json document(const Tally& t, const Monitor& monitor, const Forecaster& model, const MonitorArguments& o) {
  Json json{{"command", "monitor"},
            {"model", o.model},
            {"data", o.data},
            {"false_alarms", o.false_alarms},
            {"threshold", monitor.threshold()},
            {"times", t.times},
            {"windows", t.windows},
            {"first", t.first},
            {"last", t.last},
            {"alarm_times", t.alarm_times},
            {"alarm_windows", t.alarm_windows},
            {"alarms", Json::array()}};
  for (const Run& run : t.runs) {
    json["alarms"].push_back({{"series", model.data().series_names[run.series]},
                              {"first", run.first},
                              {"last", run.last},
                              {"windows", run.windows},
                              {"drift", run.drift}});
  }
  return json;
}

std::string summary(const Tally& t, const Monitor& monitor, const Forecaster& model, const MonitorArguments& o) {
  std::string text = fmt::format("{} of {} series, {} to {}; alarm above {:.2f}, {:g}% of validation's times\n",
                                 counted(t.times, "time"), grouped(model.data().series_names.size()), t.first, t.last,
                                 monitor.threshold(), 100.0 * o.false_alarms);
  text += fmt::format("{} with an alarm ({:.1f}%)\n", counted(t.alarm_times, "time"),
                      100.0 * static_cast<double>(t.alarm_times) / static_cast<double>(t.times));
  constexpr std::size_t most = 20;
  if (t.runs.empty()) return text;
  std::vector<std::vector<std::string>> rows{{"series", "from", "to", "windows", "drift"}};
  for (std::size_t i = 0; i < std::min(most, t.runs.size()); ++i) {
    const Run& run = t.runs[i];
    rows.push_back({model.data().series_names[run.series], run.first, run.last, grouped(run.windows),
                    fmt::format("{:.2f}", run.drift)});
  }
  text += columns(rows, {false, false, false, true, true});
  if (t.runs.size() > most) text += fmt::format("and {} more\n", grouped(t.runs.size() - most));
  return text;
}

[[noreturn]] void refuse_short(const Forecaster& model, const MonitorArguments& o) {
  throw Error(ErrorKind::data, o.data == "-" ? "standard input" : o.data,
              fmt::format("has no window to watch: a window takes {} rows, and rows up to {} were seen in fitting",
                          model.context_rows() + drift_lag(model.settings().lookback, model.data().season),
                          format_time(model.data().seen_until, model.data().step)),
              "give more rows, or --all to watch the rows of the fit too");
}

/// Tells when the alarm's threshold was counted on so few rows, or on contexts that reach so far into training, that
/// it promises little.
void note_few_counted(const Forecaster& model, const MonitorArguments& o) {
  const std::size_t rows = model.data().borders.validation().size(), reads = model.context_rows();
  const double needed = 1.0 / o.false_alarms;
  if (static_cast<double>(rows) >= needed && rows >= 2 * reads) return;
  note(
      o.shared,
      "the threshold was counted on {} of validation, whose windows read {} before them: too few for a share of {:g}%, "
      "expect more alarms than that",
      counted(rows, "row"), counted(reads, "row"), 100.0 * o.false_alarms);
}

int run_monitor(const MonitorArguments& o) {
  if (o.lines && o.shared.json) {
    throw Error(ErrorKind::usage, "", "--lines and --json both want standard output", "leave one of them out");
  }
  Forecaster model = load_model(o.model);
  Monitor monitor(model, o.false_alarms);
  Scheduler scheduler(o.shared.threads);
  Tally tally;
  if (o.data == "-") {
    note_few_counted(model, o);  // a stream need not end
    watch_stream(model, reading_options(o.reading, model.data().reading), monitor, o, scheduler, tally);
  } else {
    watch_table(model, read_data(o.data, o.reading, &model.data()).series, monitor, o, scheduler, tally);
  }
  if (tally.times == 0) refuse_short(model, o);
  if (o.data != "-") note_few_counted(model, o);
  if (o.shared.json) {
    print(document(tally, monitor, model, o));
  } else if (o.lines) {
    note(o.shared, "{}", summary(tally, monitor, model, o));
  } else {
    print(summary(tally, monitor, model, o));
  }
  return o.fail && tally.alarm_times > 0 ? alarm_code : 0;
}

}  // namespace

Command add_monitor(CLI::App& program) {
  const auto o = std::make_shared<MonitorArguments>();
  CLI::App* app = program.add_subcommand("monitor", "tell when what comes in is no longer what a model was trained on");
  app->add_option("MODEL", o->model, "a model.vdn")->required()->type_name("");
  app->add_option("DATA", o->data, "the table to watch; '-': rows of a wide table as they come on standard input")
      ->required()
      ->type_name("");
  app->add_option("--false-alarms", o->false_alarms,
                  "share of times that may raise an alarm while nothing changes, as counted on validation")
      ->type_name("SHARE")
      ->default_str("0.005")
      ->group("Data");
  app->add_flag("--all", o->all, "rows the model was fitted on too; else those behind them")->group("Data");
  add_reading(*app, o->reading);
  app->add_flag("--lines", o->lines, "one JSON object a line for every window, as it is read; the summary goes aside")
      ->group("Output");
  app->add_flag("--fail", o->fail, "exit with 3 when there was an alarm")->group("Output");
  add_work_options(*app, o->shared);
  app->footer(
      "A window is judged by the rows before it alone.\n"
      "Examples:\n"
      "  vdn monitor run/model.vdn flights\n"
      "  tail -n +1 -f rows.csv | vdn monitor run/model.vdn - --lines");
  return {app, [o] { return run_monitor(*o); }};
}

}  // namespace vdn::cli
