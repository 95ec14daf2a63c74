// vdn autopilot: a search over settings, and what became of it.

#include <algorithm>
#include <filesystem>
#include <memory>

#include <vdn/data/checksum.hpp>
#include <vdn/data/named.hpp>
#include <vdn/io/atomic_file.hpp>
#include <vdn/search/run_search.hpp>
#include <vdn/search/verify.hpp>
#include <vdn/study/document.hpp>
#include <vdn/train/fit_plan.hpp>

#include "command_line.hpp"
#include "common.hpp"
#include "interrupt.hpp"
#include "search_budget.hpp"
#include "search_progress.hpp"
#include "search_results.hpp"
#include "settings_options.hpp"
#include "study_progress.hpp"

namespace vdn::cli {
namespace {

struct AutopilotArguments {
  Shared shared;
  SettingsOptions settings;
  ReadingArguments reading;
  std::string data, split, budget = "40 trials", store = "autopilot.db", study, join, out;
  std::string space = "default", narrow, sampler = "sobol", scheduler = "halving", pick, html, csv;
  std::vector<std::size_t> rungs;
  std::vector<std::string> pareto;
  double keep = 0.35;
  std::size_t finalists = 3, final_seeds = 3, threads_per_trial = 1, seeds = 3;
  bool no_prune = false;
};

search::Pick pick_of_options(const AutopilotArguments& o, const search::StudyDefinition& definition) {
  if (!o.pick.empty()) return search::parse_pick(o.pick);
  return definition.objectives.empty() ? search::Pick::best : search::Pick::knee;
}

/// What --config, --set and --lookback say, whether it differs from the preset or not; the seed stands apart.
search::Configuration given_settings(const AutopilotArguments& o) {
  SettingOrigins origins;
  const Settings now = resolve_settings(o.settings, &origins);
  search::Configuration given;
  for (const auto& p : settings_table().parameters()) {
    const bool of_preset = origins.at(p.name) == "preset " + o.settings.preset;
    if (p.name != "train.seed" && !of_preset) given.emplace_back(p.name, p.print(now));
  }
  return given;
}

/// What is set for all trials varies no more.
search::SearchSpace space_of_options(const AutopilotArguments& o) {
  search::SearchSpace space = search::preset_space(o.space);
  if (!o.narrow.empty()) space = search::read_space(o.narrow, std::move(space));
  space = search::fix_keys(std::move(space), given_settings(o));
  search::check_space(space);
  return space;
}

std::vector<search::Objective> objectives_of(const AutopilotArguments& o) {
  std::vector<search::Objective> objectives;
  for (const std::string& word : o.pareto) {
    const search::Objective objective = search::parse_objective(word);
    if (std::find(objectives.begin(), objectives.end(), objective) != objectives.end()) {
      throw Error(ErrorKind::usage, "--pareto", "'" + word + "' stands twice", "name every objective once");
    }
    objectives.push_back(objective);
  }
  return objectives;
}

std::vector<std::size_t> sound_rungs(const AutopilotArguments& o) {
  const std::vector<std::size_t>& rungs = o.rungs;
  if (rungs.empty()) return o.space == "source" ? std::vector<std::size_t>{3, 6, 10} : search::StudyDefinition{}.rungs;
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    if (rungs[i] == 0 || (i > 0 && rungs[i] <= rungs[i - 1])) {
      throw Error(ErrorKind::usage, "--rungs", "must be epochs that rise", "write e.g. --rungs 3,6,10");
    }
  }
  return rungs;
}

search::Scheduling scheduling_of(const std::string& word) {
  if (word == "halving") return search::Scheduling::halving;
  if (word == "asynchronous") return search::Scheduling::asynchronous;
  throw Error(ErrorKind::usage, "--scheduler", "there is no scheduler '" + word + "'", "halving or asynchronous");
}

/// A path stays right in whatever folder the study is taken up.
std::string lasting_name(const LoadedData& data, const std::string& given) {
  return data.set ? std::string(data.set->name) : std::filesystem::absolute(given).lexically_normal().string();
}

search::StudyDefinition definition_of(const AutopilotArguments& o, const LoadedData& data) {
  const SearchBudget budget = parse_budget(o.budget);
  search::StudyDefinition d;
  d.data = lasting_name(data, o.data);
  d.reading = reading_options(o.reading);
  d.values_sha256 = values_sha256(data.series);
  d.horizon = o.settings.horizon;
  d.preset = o.settings.preset;
  d.split = split_name(choose_split(o.split, data));
  d.set = given_settings(o);
  d.space = space_of_options(o);
  d.sampler = search::parse_sampler(o.sampler);
  d.seed = resolve_settings(o.settings).seed;
  d.scheduling = scheduling_of(o.scheduler);
  d.trials = budget.trials;
  d.seconds = budget.seconds;
  d.rungs = sound_rungs(o);
  d.keep = o.keep;
  d.finalists = o.finalists;
  d.final_seeds = o.final_seeds;
  d.prune = !o.no_prune;
  d.objectives = objectives_of(o);
  return d;
}

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

/// The table of a stored study, read as it was; `moved` is where it lies now, when it does not lie where it did.
LoadedData stored_data(const search::StudyDefinition& d, const std::string& study, const std::string& moved = "") {
  try {
    return load_named(moved.empty() ? d.data : moved, d.reading);
  } catch (const Error& error) {
    throw Error(error.kind(), error.place(), fmt::format("the data of the study '{}': {}", study, error.problem()),
                "put the table back where it was, or name it as DATA beside --join; the study goes on from there");
  }
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
  const search::StudyDefinition definition = definition_of(o, data);
  plan_fit(data, {search::base_settings(definition), definition.preset, parse_split(definition.split), {}});
  const std::string name = o.study.empty() ? usual_study_name(o) : o.study;
  open_study(o, name, definition);
  note(o.shared, "{}", describe_study(name, definition, workers_of(o)));
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

int list_studies_of_store(const AutopilotArguments& o) {
  const auto store = search::open_sqlite_store(o.store, search::StoreAccess::read);
  Json list = Json::array();
  std::vector<std::vector<std::string>> rows{{"STUDY", "TRIALS", "ENDED", "DATA", "HORIZON"}};
  for (const std::string& name : store->studies()) {
    const auto trials = store->trials(name);
    const auto d = search::parse_definition(*store->definition(name));
    const auto done = std::count_if(trials.begin(), trials.end(), [](const auto& t) { return ended(t.state); });
    list.push_back(
        {{"study", name}, {"trials", trials.size()}, {"ended", done}, {"data", d.data}, {"horizon", d.horizon}});
    rows.push_back({name, std::to_string(trials.size()), std::to_string(done), d.data, std::to_string(d.horizon)});
  }
  if (o.shared.json) {
    print(list);
  } else {
    print(columns(rows, {false, true, true}));
  }
  return 0;
}

int show(const AutopilotArguments& o) {
  const search::StudyView view = read_study(o.store, o.study);
  if (!o.html.empty()) write_file_atomically(o.html, search::study_page(view));
  if (!o.csv.empty()) write_file_atomically(o.csv, trials_csv(view));
  if (o.shared.json) {
    print(study_json(view));
  } else {
    print(trials_text(view));
  }
  return 0;
}

int front(const AutopilotArguments& o) {
  const search::StudyView view = read_study(o.store, o.study);
  if (o.shared.json) {
    print(Json{{"study", view.name}, {"finalists", study_json(view)["finalists"]}});
    return 0;
  }
  print(front_text(view));
  if (finalists_of(view.trials, view.definition.objectives).empty()) {
    note(o.shared, "no configuration has been fitted to its end yet");
    return 0;
  }
  const search::Pick how = pick_of_options(o, view.definition);
  print(pick_text(picked(view, how), how));
  return 0;
}

int export_study(const AutopilotArguments& o) {
  const search::StudyView view = read_study(o.store, o.study);
  const std::string text =
      export_pick(view, o.store, pick_of_options(o, view.definition), o.out.empty() ? view.name : o.out);
  if (!o.shared.quiet) print(text);
  return 0;
}

int verify_pick(const AutopilotArguments& o) {
  const search::StudyView view = read_study(o.store, o.study);
  const search::Finalist pick = picked(view, pick_of_options(o, view.definition));
  const LoadedData data = stored_data(view.definition, view.name);
  const std::string folder = o.out.empty() ? view.name + "-verify" : o.out;
  const InterruptGuard guard;
  Scheduler scheduler(o.shared.threads);
  StudyProgress progress(o.shared);
  const StudyRun run = search::verify(view.definition, pick.configuration, o.seeds, data, folder, scheduler, progress);
  const StudyFindings found = search::verify_findings(run);
  if (o.shared.json) {
    Json tables = Json::array();
    for (const StudyTable& t : found.tables)
      tables.push_back({{"title", t.title}, {"columns", t.columns}, {"rows", t.rows}});
    print(Json{{"study", view.name}, {"configuration", pick.number}, {"complete", run.complete()}, {"tables", tables}});
  } else {
    std::string text = fmt::format("Configuration {}: {}\n\n", pick.number, configuration_text(pick.configuration));
    for (const StudyTable& table : found.tables) text += table_markdown(table);
    print(text);
  }
  if (!run.complete())
    note(o.shared, "{} of {} fits are done; the same command goes on from there", run.results.size(), run.planned);
  return noted_signal() == 0 ? 0 : 128 + noted_signal();
}

void add_store(CLI::App& app, AutopilotArguments& o) {
  app.add_option("--store", o.store, "file of studies; autopilot.db if not given")->type_name("FILE")->group("Study");
}

void add_pick(CLI::App& app, AutopilotArguments& o) {
  app.add_option("--pick", o.pick,
                 "best, knee, accuracy, calibration, stability or cost; knee with --pareto, else best")
      ->type_name("NAME")
      ->group("Result");
}

void add_model_options(CLI::App& app, AutopilotArguments& o) {
  const char* group = "Model";
  app.add_option("--horizon", o.settings.horizon, "rows to forecast")
      ->check(CLI::Range(1, 1000000).description(""))
      ->type_name("H")
      ->group(group);
  app.add_option("--lookback", o.settings.lookback, "rows seen before a forecast (window.lookback)")
      ->type_name("L")
      ->group(group);
  app.add_option("--preset", o.settings.preset, "default, or reference: the source's network")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--config", o.settings.config, "settings of every trial, from a TOML file")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--set", o.settings.set, "a setting of every trial, e.g. train.epochs=60 (repeatable)")
      ->allow_extra_args(false)
      ->type_name("KEY=VALUE")
      ->group(group);
  app.add_option("--seed", o.settings.seed, "of the sampler and of the search's fits; the final stage has others")
      ->type_name("N")
      ->group(group);
  app.add_option("--split", o.split, "auto: 70/10/20% of the rows; ltsf, probts: the benchmarks'")
      ->type_name("NAME")
      ->group("Data");
}

void add_search_options(CLI::App& app, AutopilotArguments& o) {
  const char* group = "Search";
  app.add_option("--budget", o.budget, "\"40 trials\", or training time: 90s, 10m, 1.5h")
      ->type_name("BUDGET")
      ->group(group);
  app.add_option("--space", o.space, "default: what may help a forecast; source: the ranges of the source")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--narrow", o.narrow, "a TOML file that narrows, fixes or adds dimensions")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--sampler", o.sampler, "sobol, random, or tpe, which learns from the trials so far")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--scheduler", o.scheduler, "halving: repeatable; asynchronous: no worker waits")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--rungs", o.rungs, "epochs after which trials are judged; 4,12,36, of the source's space 3,6,10")
      ->delimiter(',')
      ->type_name("E,E...")
      ->group(group);
  app.add_option("--keep", o.keep, "share of a rung that goes on; .35")
      ->check(CLI::Range(0.01, 0.99).description(""))
      ->type_name("X")
      ->group(group);
  app.add_flag("--no-prune", o.no_prune, "do not end trials by what their neurons do")->group(group);
  app.add_option("--pareto", o.pareto, "objectives of the front: accuracy, calibration, stability, cost")
      ->delimiter(',')
      ->type_name("NAME,...")
      ->group(group);
  app.add_option("--finalists", o.finalists, "configurations fitted to their end beside the settings as they are; 3")
      ->check(CLI::Range(1, 1000).description(""))
      ->type_name("N")
      ->group(group);
  app.add_option("--final-seeds", o.final_seeds, "fits of each; 3")
      ->check(CLI::Range(1, 1000).description(""))
      ->type_name("N")
      ->group(group);
  app.add_option("--threads-per-trial", o.threads_per_trial, "trials run side by side on --threads; 1")
      ->check(CLI::Range(1, 1024).description(""))
      ->type_name("N")
      ->group(group);
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
            if (show_app->parsed()) return show(*o);
            if (front_app->parsed()) return front(*o);
            if (export_app->parsed()) return export_study(*o);
            if (verify_app->parsed()) return verify_pick(*o);
            if (o->join.empty()) return begin_or_resume(*o);
            refuse_beside_join(*app);
            return join_study(*o);
          }};
}

}  // namespace vdn::cli
