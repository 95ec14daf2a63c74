// vdn fit: from a table to DIR/model.vdn.

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include <vdn/evaluate/backtest.hpp>
#include <vdn/evaluate/protocol.hpp>
#include <vdn/io/atomic_file.hpp>
#include <vdn/io/model_file.hpp>
#include <vdn/report/model_card.hpp>
#include <vdn/report/model_summary.hpp>
#include <vdn/train/automatic_settings.hpp>
#include <vdn/train/events.hpp>
#include <vdn/train/fit_advice.hpp>
#include <vdn/train/fit_job.hpp>

#include "command_line.hpp"
#include "common.hpp"
#include "documents.hpp"
#include "fit_plan.hpp"
#include "interrupt.hpp"
#include "progress.hpp"
#include "run_page.hpp"
#include "settings_options.hpp"

namespace vdn::cli {
namespace {

struct FitArguments {
  Shared shared;
  SettingsOptions settings;
  std::string data, split, out = "run";
  ReadingArguments reading;
  bool no_test = false, no_report = false;
};

void create_folder(const std::string& path) {
  std::error_code problem;
  std::filesystem::create_directories(path, problem);
  if (problem || !std::filesystem::is_directory(path)) {
    throw Error(ErrorKind::cannot_create, path,
                "the folder cannot be created" + (problem ? ": " + problem.message() : std::string()),
                "give another --out");
  }
}

std::string inside(const std::string& folder, const char* name) {
  return (std::filesystem::path(folder) / name).string();
}

/// Trains; every epoch goes to the terminal, to DIR/events.jsonl and DIR/neurons.bin. Ctrl-C ends training, not the
/// program.
Forecaster train(const LoadedData& data, const FitJob& job, const std::string& folder, Scheduler& scheduler,
                 Progress& progress) {
  const InterruptGuard guard;
  EventLog log(inside(folder, "events.jsonl"));
  std::optional<NeuronRecorder> neurons;
  progress.also_start = [&](const Settings& settings) {
    log.start(settings, job.preset, data.series.source);
    neurons.emplace(inside(folder, "neurons.bin"), settings.neurons, settings_checksum(settings));
  };
  progress.also = [&](const EpochReport& report) {
    log.epoch(report);
    neurons->append(report.epoch, report.neurons);
  };
  progress.also_collapse = [&](const diagnostics::CollapseChange& change) { log.collapse(change); };
  Forecaster model = fit_forecaster(data, job, scheduler, progress);
  progress.also_start = nullptr;
  progress.also = nullptr;
  progress.also_collapse = nullptr;
  const TrainingRecord& record = model.training();
  log.end(record.epochs, record.best_epoch, record.seconds, record.interrupted);
  return model;
}

/// Scores the test part; for the page the baselines too, where they can be fitted. What cannot goes into `missing`.
BacktestTable score_test(const FitArguments& o, Forecaster& model, const LoadedData& data, Scheduler& scheduler,
                         std::vector<std::string>& missing) {
  if (!o.no_report) {
    try {
      return backtest({&model}, data, "auto", true, scheduler);
    } catch (const Error& error) {
      missing.push_back(fmt::format("No baselines: {}.", error.what()));
    }
  }
  return backtest({&model}, data, "auto", false, scheduler);
}

/// DIR/report.html. `test` has no rows when the test part was not scored.
std::string write_report(const FitArguments& o, Forecaster& model, const LoadedData& data, const BacktestTable& test,
                         const std::vector<std::string>& missing, Scheduler& scheduler) {
  RunReport report;
  report.missing = missing;
  describe_model(model, report);
  try {
    report.run = read_run(o.out);
  } catch (const Error& error) {  // taken away while training went on; the model is saved
    report.missing.push_back(fmt::format("No training curves, no neurons: {}.", error.what()));
  }
  report.table = test;
  if (test.rows_of_table.empty()) {
    report.missing.push_back("Not scored: training was interrupted, there is no test part, or --no-test was given.");
  }
  add_panels(model, data, scheduler, report);
  return write_run_page(o.out, report);
}

std::string result_text(const Forecaster& model, const BacktestTable* test, const std::string& path) {
  const TrainingRecord& record = model.training();
  std::string text;
  if (model.correction_share() < 1.0) {
    text +=
        fmt::format("mean   {:.0f}% of what the network adds to the line is kept\n", 100 * model.correction_share());
  }
  if (!model.naive().empty()) text += "pool   " + pool_text(model.naive()) + "\n";
  if (test) {
    const Metrics& m = test->rows_of_table.front().scaled;
    text += fmt::format(
        "test   scaled: nll {:.4f}, crps {:.4f}, mse {:.4f}, mae {:.4f}, coverage of 80% {:.1f}%, of 90% "
        "{:.1f}% ({} windows)\n",
        m.nll, m.crps, m.mse, m.mae, 100 * m.coverage_80, 100 * m.coverage_90, grouped(m.windows));
  }
  text += fmt::format("model  {} (epoch {} of {}, {:.1f} s)\n", path, record.best_epoch, record.epochs, record.seconds);
  return text;
}

/// What the model card says until the test part is scored, and for good when it never is.
std::string why_unscored(const FitArguments& o, const Forecaster& model) {
  if (model.data().borders.test().size() == 0) return "there is no test part";
  if (model.training().interrupted) return "training was interrupted";
  return o.no_test ? "--no-test was given" : "scoring did not end";
}

/// The look-back of the preset is too long for a short table: takes a shorter one where the user named none. Says so.
std::string shorten_lookback(const LoadedData& data, FitJob& job, Scheduler& scheduler) {
  const std::string key = "window.lookback";
  if (job.origins[key] != "preset " + job.preset) return "";
  const std::size_t before = job.settings.lookback, usual = usual_lookback(data, job, scheduler);
  if (usual == before) return "";
  job.settings.lookback = usual;
  job.origins[key] = "few training rows";
  return shortened_lookback(before, usual);
}

int run_fit(const FitArguments& o) {
  FitJob job;
  job.settings = resolve_settings(o.settings, &job.origins);
  job.preset = o.settings.preset;
  if (!o.split.empty()) parse_split(o.split);  // a wrong word is told before a long file is read
  const LoadedData data = read_data(o.data, o.reading);
  job.split = choose_split(o.split, data);
  Scheduler scheduler(o.shared.threads);
  const std::string shortened = shorten_lookback(data, job, scheduler);
  const auto chosen = choose_automatic_settings(data, job, scheduler);
  const FitPlan plan = plan_fit(data, job);
  create_folder(o.out);
  const std::string model_path = inside(o.out, "model.vdn"), metrics_path = inside(o.out, "metrics.json");

  note(o.shared, "{}", describe(plan, data, job, scheduler.threads()));
  if (!shortened.empty()) note(o.shared, "note   {}", shortened);
  if (chosen) note(o.shared, "{}", describe(*chosen));
  Progress progress(o.shared);
  Forecaster model = train(data, job, o.out, scheduler, progress);
  const bool unfinished = model.training().best_epoch == 0;  // stopped before the first validation
  if (unfinished && std::filesystem::exists(model_path)) {
    note(o.shared, "interrupted before the first validation: {} stays as it was", model_path);
    return 128 + noted_signal();
  }
  save_model(model, model_path);
  if (!unfinished && !progress.best().valid) {
    note(o.shared, "no epoch was valid by train.selection and control.mode: epoch {} is the best of the others",
         model.training().best_epoch);
  }
  Json document = fit_document(model, o.data, plan.parameters, progress.best(), model_path);
  write_file_atomically(metrics_path, dump(document));  // stands if scoring is cut short
  const auto write_card = [&](const CardFacts& facts) {
    write_file_atomically(inside(o.out, "model-card.md"), model_card(model, data.series, facts));
  };
  write_card({command_line(), {}, why_unscored(o, model)});

  const bool interrupted = model.training().interrupted;
  const bool scored = !o.no_test && !interrupted && model.data().borders.test().size() > 0;
  BacktestTable test;
  std::vector<std::string> missing;
  if (scored) {
    const TestPart part = test_part(model, data, "auto", window_shape(model.settings()));
    note(o.shared, "scoring the test part: {} windows of {} step{}", grouped(part.windows.count()), model.horizon(),
         model.horizon() == 1 ? "" : "s");
    test = score_test(o, model, data, scheduler, missing);
    document["test"] = test_json(test.rows_of_table.front());
    if (model.calibrated()) document["test_uncalibrated"] = test_json(test.rows_of_table.at(1));
    write_file_atomically(metrics_path, dump(document));
    write_card({command_line(), test.rows_of_table.front()});
  }
  if (interrupted) {
    note(o.shared, "interrupted: {} saved; the test part is not scored",
         unfinished ? "no epoch was validated, the weights of that moment are" : "the best epoch so far is");
  }
  if (!o.no_report) {
    const std::string page = write_report(o, model, data, test, missing, scheduler);
    note(o.shared, "report {}", page);
  }
  if (o.shared.json) {
    print(document);
  } else if (!o.shared.quiet) {
    print(result_text(model, scored ? &test : nullptr, model_path));
  }
  return interrupted ? 128 + noted_signal() : 0;
}

}  // namespace

Command add_fit(CLI::App& program) {
  const auto o = std::make_shared<FitArguments>();
  CLI::App* app = program.add_subcommand("fit", "train a forecaster on a table");
  app->add_option("DATA", o->data, "CSV (.gz too): time, then one column a series; '-' reads standard input; or a name")
      ->required()
      ->type_name("");
  add_settings_options(*app, o->settings);
  app->add_option(
         "--split", o->split,
         "auto: 70/10/20% of the rows; ltsf, probts: the benchmarks'; source: drawn windows; all: no test part")
      ->type_name("NAME")
      ->group("Data");
  add_reading(*app, o->reading);
  app->add_flag("--no-test", o->no_test, "do not score the test part at the end")->group("Data");
  app->add_flag("--no-report", o->no_report, "write no report.html, and score no baselines for it")->group("Output");
  app->add_option("--out", o->out,
                  "folder of model.vdn, model-card.md, metrics.json, events.jsonl, neurons.bin and report.html")
      ->capture_default_str()
      ->type_name("DIR")
      ->group("Output");
  add_work_options(*app, o->shared);
  app->footer(
      "Ctrl-C ends training and saves the best epoch (exit code 130); a second one kills.\n"
      "Examples:\n"
      "  vdn fit sales.csv --horizon 28 --lookback 112 --out run\n"
      "  vdn fit etth1 --horizon 96 --set train.epochs=20 --set neuron.count=128 --seed 1\n"
      "  vdn fit etth1 --horizon 96 --split probts --lookback 96");
  return {app, [o] { return run_fit(*o); }};
}

}  // namespace vdn::cli
