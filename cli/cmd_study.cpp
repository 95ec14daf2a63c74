// vdn study: a claim, the fits that test it, and what they say.

#include <chrono>
#include <filesystem>
#include <memory>

#include <vdn/core/version.hpp>
#include <vdn/io/atomic_file.hpp>
#include <vdn/study/document.hpp>
#include <vdn/study/study.hpp>

#include "command_line.hpp"
#include "common.hpp"
#include "interrupt.hpp"
#include "study_progress.hpp"

namespace vdn::cli {
namespace {

struct StudyArguments {
  Shared shared;
  std::string name, out, preset = "default";
  std::vector<std::string> data, arms, set;
  std::size_t seeds = 0;
  std::uint64_t horizon = 0;
  double hours = 0.0;
};

StudyOptions study_options(const StudyArguments& o) {
  StudyOptions options{.data = o.data, .arms = o.arms, .seeds = o.seeds, .preset = o.preset, .horizon = o.horizon};
  for (const std::string& text : o.set) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) {
      throw Error(ErrorKind::config, "--set", "'" + text + "' is not key=value", "write e.g. --set train.epochs=20");
    }
    options.set.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return options;
}

void list_studies(const Shared& shared) {
  if (shared.json) {
    Json list = Json::array();
    for (const auto& study : all_studies()) {
      list.push_back({{"name", study->name()},
                      {"claim", study->claim()},
                      {"data", study->usual_data()},
                      {"seeds", study->usual_seeds()}});
    }
    print(list);
    return;
  }
  for (const auto& study : all_studies()) print(fmt::format("{}\n    {}\n", study->name(), study->claim()));
}

Json document(const Study& study, const StudyRun& run, const StudyFindings& found, const std::string& folder) {
  Json tables = Json::array();
  for (const StudyTable& t : found.tables)
    tables.push_back({{"title", t.title}, {"columns", t.columns}, {"rows", t.rows}});
  return {{"study", study.name()},         {"trials", run.results.size()},
          {"planned", run.planned},        {"seconds", run.seconds},
          {"complete", run.complete()},    {"tables", tables},
          {"differences", found.verdicts}, {"folder", folder}};
}

int run_study(const StudyArguments& o) {
  if (o.name == "list") {
    list_studies(o.shared);
    return 0;
  }
  const std::unique_ptr<Study> study = find_study(o.name);
  const std::string folder = o.out.empty() ? "study-" + o.name : o.out;
  const InterruptGuard guard;
  Scheduler scheduler(o.shared.threads);
  StudyProgress telling(o.shared);
  const StudyRun done = run_study(*study, study_options(o), folder, o.hours, scheduler, telling);
  const StudyFindings found = study->find(done.results);
  const std::string text = study_markdown(*study, done, found, {command_line(), processor_name(), version()});
  const auto inside = [&](const char* ending) { return (std::filesystem::path(folder) / (o.name + ending)).string(); };
  write_file_atomically(inside(".md"), text);
  write_file_atomically(inside(".csv"), study_csv(done));
  if (const std::string svg = study_svg(found); !svg.empty()) write_file_atomically(inside(".svg"), svg);
  if (o.shared.json) {
    print(document(*study, done, found, folder));
  } else {
    print(text);
  }
  if (!done.complete()) {
    note(o.shared, "{} of {} trials are done{}; the same command goes on from there", done.results.size(), done.planned,
         done.out_of_time ? ", the next would pass --hours" : "");
  }
  return noted_signal() == 0 ? 0 : 128 + noted_signal();
}

}  // namespace

Command add_study(CLI::App& program) {
  const auto o = std::make_shared<StudyArguments>();
  CLI::App* app = program.add_subcommand("study", "test a claim about the neurons by many fits");
  app->add_option("NAME", o->name, "the study, or list: all of them with their claims")->required()->type_name("");
  const char* group = "Study";
  app->add_option("--data", o->data, "tables or names, separated by commas; else the study's own")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("DATA")
      ->group(group);
  app->add_option("--arm", o->arms, "only this row of the study's table (repeatable)")
      ->allow_extra_args(false)
      ->type_name("ARM")
      ->group(group);
  app->add_option("--seeds", o->seeds, "fits of every kind; of random configurations, their number")
      ->check(CLI::Range(1, 100000).description(""))
      ->type_name("N")
      ->group(group);
  app->add_option("--horizon", o->horizon, "rows to forecast; else 96, 24 on flights and ili")
      ->check(CLI::Range(1, 1000000).description(""))
      ->type_name("H")
      ->group(group);
  app->add_option("--hours", o->hours, "begin no trial that would end later than this")
      ->check(CLI::PositiveNumber.description(""))
      ->type_name("X")
      ->group(group);
  app->add_option("--preset", o->preset, "default, or reference: the source's network")
      ->type_name("NAME")
      ->group(group);
  app->add_option("--set", o->set, "a setting of every trial, e.g. train.epochs=12 (repeatable)")
      ->allow_extra_args(false)
      ->type_name("KEY=VALUE")
      ->group(group);
  app->add_option("--out", o->out,
                  "folder of trials, table and picture; study-NAME if not given; a study that was "
                  "stopped goes on from it")
      ->type_name("DIR")
      ->group("Output");
  add_work_options(*app, o->shared);
  app->footer(
      "Examples:\n  vdn study list\n  vdn study twin --data exchange,etth1 --seeds 3 --hours 0.5 --out twins\n"
      "Every finished trial is kept in DIR/trials.jsonl; DIR/NAME.md and NAME.csv are the table.");
  return {app, [o] { return run_study(*o); }};
}

}  // namespace vdn::cli
