// vdn autopilot: a search over settings, and what became of it.

#include <algorithm>
#include <filesystem>
#include <memory>

#include <vdn/io/atomic_file.hpp>
#include <vdn/search/run_search.hpp>
#include <vdn/search/store.hpp>
#include <vdn/train/fit_plan.hpp>

#include "common.hpp"
#include "interrupt.hpp"
#include "search_options.hpp"
#include "search_progress.hpp"
#include "search_readers.hpp"
#include "search_results.hpp"

namespace vdn::cli {
namespace {

std::string usual_study_name(const AutopilotArguments& o) {
  return fmt::format("{}-{}", std::filesystem::path(o.data).stem().string(), o.settings.horizon);
}

/// Creates the study, or finds it as it was.
void open_study(const AutopilotArguments& o, const std::string& name, const search::StudyDefinition& definition) {
  const auto store = search::open_sqlite_store(o.store, search::StoreAccess::create);
  const std::string stored = store->create(name, search::print_definition(definition));
  const std::string differs = search::difference(definition, search::parse_definition(stored));
  if (!differs.empty()) {
    throw Error(ErrorKind::usage, o.store, "there is another study '" + name + "': " + differs,
                "give --study NAME for a new one, or --join " + name + " to go on with that one");
  }
}

std::string describe_study(const std::string& name, const search::StudyDefinition& d,
                           const search::SearchWorkers& workers) {
  const std::string size =
      d.trials > 0 ? counted(d.trials, "configuration") : fmt::format("{:.0f} s of training", d.seconds);
  return fmt::format("study  {}: {}, {} of {}, horizon {}, {} at a time", name, size,
                     counted(d.space.dimensions.size(), "dimension"), search::sampler_name(d.sampler), d.horizon,
                     workers.workers);
}

search::SearchWorkers workers_of(const AutopilotArguments& o) {
  const std::size_t threads = Scheduler(o.shared.threads).threads();
  const std::size_t per_trial = std::min(o.threads_per_trial, threads);
  return {std::max<std::size_t>(1, threads / per_trial), per_trial};
}

/// The page and the table first: they stand whatever becomes of the export.
void tell_results(const AutopilotArguments& o, const search::StudyView& view) {
  if (!o.html.empty()) write_file_atomically(o.html, search::study_page(view));
  if (o.shared.json) {
    print(study_json(view));
  } else {
    print(front_text(view) + "\n");
  }
  const std::string folder = o.out.empty() ? view.name : o.out;
  const std::string exported = export_pick(view, o.store, pick_of_options(o, view.definition), folder);
  if (!o.shared.json) print(exported);
}

int search_until_done(const AutopilotArguments& o, const std::string& name, const LoadedData& data) {
  const search::SearchWorkers workers = workers_of(o);
  const auto open = [&o] { return search::open_sqlite_store(o.store, search::StoreAccess::join); };
  const InterruptGuard guard;
  SearchProgress progress(o.shared);
  const bool complete = run_search(open, name, data, workers, progress);
  progress.clear();
  if (!complete) {
    note(o.shared, "stopped; the same command goes on, so does: vdn autopilot --join {} --store {}", name, o.store);
    return 128 + noted_signal();
  }
  tell_results(o, read_study(o.store, name));
  return 0;
}

int begin_or_resume(const AutopilotArguments& o) {
  if (o.data.empty()) {
    throw Error(ErrorKind::usage, "", "there is no DATA",
                "name a table, or a study with --join; see 'vdn autopilot --help'");
  }
  if (o.settings.horizon == 0)
    throw Error(ErrorKind::usage, "--horizon", "is missing", "say how many rows to forecast");
  if (!o.pick.empty()) search::parse_pick(o.pick);  // a wrong word is told before the search
  const LoadedData data = read_data(o.data, o.reading);
  search::StudyDefinition definition = definition_of(o, data);
  Scheduler scheduler(o.shared.threads);
  const std::string shortened = shorten_lookback(data, scheduler, definition);
  plan_fit(data, {search::base_settings(definition), definition.preset, parse_split(definition.split), {}});
  const std::string name = o.study.empty() ? usual_study_name(o) : o.study;
  open_study(o, name, definition);
  note(o.shared, "{}", describe_study(name, definition, workers_of(o)));
  if (!shortened.empty()) note(o.shared, "note   {}", shortened);
  return search_until_done(o, name, data);
}

/// A study knows what it searches: beside --join nothing of that may be said.
void refuse_beside_join(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    const std::string group = option->get_group(), name = option->get_name();
    const bool of_study =
        group == "Model" || group == "Search" || group == "Data" || group == "Reading" || name == "--study";
    if (!of_study || option->count() == 0 || name == "--threads-per-trial") continue;
    throw Error(ErrorKind::usage, name, "is said by the study that is joined", "leave it out");
  }
}

int join_study(const AutopilotArguments& o) {
  const search::StudyView view = read_study(o.store, o.join);
  note(o.shared, "{}", describe_study(view.name, view.definition, workers_of(o)));
  return search_until_done(o, view.name, stored_data(view.definition, view.name, o.data));
}

CLI::App* add_reader(CLI::App& autopilot, AutopilotArguments& o, const char* name, const char* help) {
  CLI::App* app = autopilot.add_subcommand(name, help);
  app->add_option("STUDY", o.study, "a study of the store; may be left out where there is one only")->type_name("");
  add_store(*app, o);
  add_json(*app, o.shared);
  app->add_flag("--quiet,-q", o.shared.quiet, "nothing but results and errors")->group("Output");
  app->footer(std::string("Example:\n  vdn autopilot ") + name + " sales-28");
  return app;
}

}  // namespace

Command add_autopilot(CLI::App& program) {
  const auto o = std::make_shared<AutopilotArguments>();
  CLI::App* app = program.add_subcommand("autopilot", "search for better settings, and end trials whose neurons die");
  app->add_option("DATA", o->data, "CSV (.gz too): time, then one column a series; or a name")->type_name("");
  add_model_options(*app, *o);
  add_reading(*app, o->reading);
  add_search_options(*app, *o);
  app->add_option("--study", o->study, "its name; else DATA-H")->type_name("NAME")->group("Study");
  app->add_option("--join", o->join, "work on a study that is there, beside others or alone")
      ->type_name("STUDY")
      ->group("Study");
  add_store(*app, *o);
  add_pick(*app, *o);
  app->add_option("--out", o->out, "folder of the pick: model.vdn, settings.toml; else the study's name")
      ->type_name("DIR")
      ->group("Result");
  app->add_option("--html", o->html, "the study as a page")->type_name("FILE")->group("Result");
  add_work_options(*app, o->shared);
  const CLI::App* show_app = add_reader(*app, *o, "show", "all trials of a study, running or done");
  const CLI::App* front_app = add_reader(*app, *o, "front", "what the final stage says, and the pick");
  const CLI::App* export_app = add_reader(*app, *o, "export", "the pick's model and settings as files");
  CLI::App* reader = app->get_subcommand("show");
  reader->add_option("--html", o->html, "the study as a page")->type_name("FILE");
  reader->add_option("--csv", o->csv, "all trials with their settings")->type_name("FILE");
  add_pick(*app->get_subcommand("front"), *o);
  add_pick(*app->get_subcommand("export"), *o);
  app->get_subcommand("export")->add_option("--out", o->out, "folder; else the study's name")->type_name("DIR");
  CLI::App* verify_app =
      add_reader(*app, *o, "verify", "fit pick and default with fresh seeds, compare on the test part");
  add_pick(*verify_app, *o);
  verify_app->add_option("--seeds", o->seeds, "fits of each; 3")
      ->check(CLI::Range(1, 1000).description(""))
      ->type_name("N");
  verify_app->add_option("--out", o->out, "folder of the finished fits; else STUDY-verify")->type_name("DIR");
  verify_app->add_option("--threads", o->shared.threads, "threads; 0 takes all cores")->type_name("N");
  CLI::App* list_app = app->add_subcommand("list", "the studies of a store");
  add_store(*list_app, *o);
  add_json(*list_app, o->shared);
  app->require_subcommand(0, 1);
  app->footer(
      "The test part is never looked at. The same command goes on where a study was stopped or killed; --join lets\n"
      "several processes work on one. Examples:\n"
      "  vdn autopilot flights --horizon 24 --budget 10m\n"
      "  vdn autopilot sales.csv --horizon 28 --budget \"40 trials\" --pareto accuracy,cost --pick knee --html "
      "search.html\n"
      "  vdn autopilot show && vdn autopilot export --pick accuracy --out best");
  return {app, [=] {
            if (list_app->parsed()) return list_studies_of_store(*o);
            if (show_app->parsed()) return show_study(*o);
            if (front_app->parsed()) return show_front(*o);
            if (export_app->parsed()) return export_study(*o);
            if (verify_app->parsed()) return verify_pick(*o);
            if (o->join.empty()) return begin_or_resume(*o);
            refuse_beside_join(*app);
            return join_study(*o);
          }};
}

}  // namespace vdn::cli
