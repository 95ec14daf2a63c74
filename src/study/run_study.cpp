#include <vdn/study/study.hpp>

#include <chrono>
#include <utility>

#include <vdn/study/store.hpp>

namespace vdn {
namespace {

using Clock = std::chrono::steady_clock;

/// Mean seconds of the finished trials of a data set, of all of them when it has none, 0 for none at all.
double expected_seconds(const TrialResults& finished, const std::string& data) {
  double own = 0, all = 0;
  std::size_t count = 0;
  for (const TrialResult& r : finished) {
    all += r.seconds;
    if (r.data != data) continue;
    own += r.seconds;
    ++count;
  }
  if (count > 0) return own / static_cast<double>(count);
  return finished.empty() ? 0.0 : all / static_cast<double>(finished.size());
}

/// Reads every table once.
class Tables {
 public:
  explicit Tables(TableLoader load) : load_(std::move(load)) {}
  const LoadedData& get(const std::string& name) {
    const auto found = tables_.find(name);
    if (found != tables_.end()) return found->second;
    return tables_.emplace(name, load_ ? load_(name) : load_named(name)).first->second;
  }

 private:
  TableLoader load_;
  std::map<std::string, LoadedData> tables_;
};

}  // namespace

StudyRun run_study(const Study& study, const StudyOptions& options, const std::string& folder, double hours,
                   Scheduler& scheduler, StudyObserver& observer, const TableLoader& load) {
  const std::vector<Trial> plan = study.plan(options);
  TrialStore store(folder);
  Tables tables(load);
  StudyRun run{.planned = plan.size()};
  const auto start = Clock::now();
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const Trial& trial = plan[i];
    const TrialResult* known = store.find(trial.key(study.name()));
    if (known) {
      run.results.push_back(*known);
      run.seconds += known->seconds;
      continue;
    }
    if (run.interrupted || run.out_of_time) continue;  // later trials may be known already
    const double expected = expected_seconds(run.results, trial.data);
    const double spent = std::chrono::duration<double>(Clock::now() - start).count();
    if (hours > 0 && spent + expected > hours * 3600) {
      run.out_of_time = true;
      continue;
    }
    observer.on_trial(trial, i + 1, plan.size(), expected);
    TrialResult result = study.measure(trial, tables.get(trial.data), scheduler, observer.training());
    result.threads = scheduler.threads();
    if (result.key.empty() || observer.training().stop_requested()) {
      run.interrupted = true;
      continue;
    }
    store.add(result);
    run.results.push_back(result);
    run.seconds += result.seconds;
    observer.on_result(result);
  }
  return run;
}

}  // namespace vdn
