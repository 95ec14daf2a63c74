#include "search_readers.hpp"

#include <algorithm>

#include <vdn/io/atomic_file.hpp>
#include <vdn/search/run_search.hpp>
#include <vdn/search/store.hpp>
#include <vdn/search/verify.hpp>
#include <vdn/study/document.hpp>

#include "interrupt.hpp"
#include "search_progress.hpp"
#include "search_results.hpp"
#include "study_progress.hpp"

namespace vdn::cli {

/// The table of a stored study, read as it was; `moved` is where it lies now, when it does not lie where it did.
LoadedData stored_data(const search::StudyDefinition& d, const std::string& study, const std::string& moved) {
  try {
    return load_named(moved.empty() ? d.data : moved, d.reading);
  } catch (const Error& error) {
    throw Error(error.kind(), error.place(), fmt::format("the data of the study '{}': {}", study, error.problem()),
                "put the table back where it was, or name it as DATA beside --join; the study goes on from there");
  }
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

int show_study(const AutopilotArguments& o) {
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

int show_front(const AutopilotArguments& o) {
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
  const auto study = search::verification(view.definition, pick.configuration, o.seeds);
  const auto load = [&](const std::string&) {
    LoadedData data = stored_data(view.definition, view.name);
    search::require_same_values(view.definition, view.name, data);
    return data;
  };
  const std::string folder = o.out.empty() ? view.name + "-verify" : o.out;
  const InterruptGuard guard;
  Scheduler scheduler(o.shared.threads);
  StudyProgress progress(o.shared);
  const StudyRun run = run_study(*study, {}, folder, 0, scheduler, progress, load);
  const StudyFindings found = study->find(run.results);
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

}  // namespace vdn::cli
