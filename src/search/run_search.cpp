#include <vdn/search/run_search.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <vdn/data/checksum.hpp>
#include <vdn/search/halving.hpp>

#include "search/lease_owner.hpp"

namespace vdn::search {
namespace {

constexpr std::chrono::milliseconds wait_before_asking_again{200};

/// What the workers of a process share.
struct Crew {
  const StudyDefinition& definition;
  const std::string& study;
  const StoreFactory& open;
  PreparedFits& fits;
  const SearchWorkers& options;
  SearchObserver& observer;
  std::mutex talking{};                // one call of the observer at a time
  std::atomic<bool> stopping = false;  // one of them failed, or the user said so
  std::exception_ptr failure{};        // the first, under `talking`

  bool stop() { return stopping || observer.stop_requested(); }
  template <class Call>
  void tell(Call&& call) {
    const std::lock_guard lock(talking);
    call();
  }
};

class Worker {
 public:
  Worker(Crew& crew, std::unique_ptr<SearchStore> store, std::size_t number)
      : crew_(crew),
        store_(std::move(store)),
        owner_(lease_owner(number)),
        scheduler_(crew.options.threads_per_worker) {}

  void run() {
    while (!crew_.stop()) {
      NextStep next = ask();
      if (next.kind == NextStep::Kind::done) return;
      if (next.kind == NextStep::Kind::wait) {
        std::this_thread::sleep_for(wait_before_asking_again);
      } else {
        train(next);
      }
    }
  }

 private:
  NextStep ask() {
    const double now = wall_clock();
    Caller caller{owner_, now, now + crew_.options.lease_seconds, 0.0, owner_is_gone};
    if (crew_.definition.seconds > 0) caller.spent = spent();
    NextStep next;
    store_->decide(crew_.study, [&](const std::vector<TrialRecord>& trials) {
      next = next_step(crew_.definition, trials, caller);
      return next.changes;
    });
    return next;
  }

  double spent() { return spent_seconds(store_->epochs(crew_.study)); }

  void train(NextStep& next) {
    crew_.tell([&] { crew_.observer.on_begin(next.trial, next.epochs); });
    const auto late = [&] { return crew_.definition.seconds > 0 && search_is_over(crew_.definition, spent()); };
    const TrialEvents events{[&](const TrialRecord& trial, const EpochRecord& epoch) {
                               crew_.tell([&] { crew_.observer.on_epoch(trial, epoch); });
                             },
                             [&] { return crew_.stop(); }, late};
    const TrialContext context{crew_.definition,           crew_.study, *store_, crew_.open, crew_.fits, scheduler_,
                               crew_.options.lease_seconds};
    const PortionEnd end = run_portion(context, next.trial, next.epochs, events);
    crew_.tell([&] { crew_.observer.on_portion(next.trial, end); });
  }

  Crew& crew_;
  std::unique_ptr<SearchStore> store_;
  std::string owner_;
  Scheduler scheduler_;
};

void run_worker(Crew& crew, std::size_t number) {
  try {
    Worker(crew, crew.open(), number).run();
  } catch (...) {
    const std::lock_guard lock(crew.talking);
    if (!crew.failure) crew.failure = std::current_exception();
    crew.stopping = true;
  }
}

/// A trial that chose its own window normalisation could choose another one when it goes on elsewhere.
void require_window_norm(const StudyDefinition& definition) {
  const auto open = [](const Configuration& settings) {
    return std::any_of(settings.begin(), settings.end(),
                       [](const auto& one) { return one.first == "window.norm" && one.second == "auto"; });
  };
  const auto& dimensions = definition.space.dimensions;
  const bool varied = std::any_of(dimensions.begin(), dimensions.end(), [](const Dimension& d) {
    return d.key == "window.norm" && std::find(d.choices.begin(), d.choices.end(), "auto") != d.choices.end();
  });
  if (varied || open(definition.set) || open(definition.space.fixed)) {
    throw Error(ErrorKind::config, "window.norm", "cannot be left to the trials of a search",
                "set one, or let the search try several");
  }
}

StudyDefinition stored_definition(SearchStore& store, const std::string& study) {
  const auto text = store.definition(study);
  if (!text) throw Error(ErrorKind::usage, study, "there is no study of that name");
  return parse_definition(*text);
}

}  // namespace

bool run_search(const StoreFactory& open, const std::string& study, const LoadedData& data,
                const SearchWorkers& options, SearchObserver& observer) {
  const StudyDefinition definition = stored_definition(*open(), study);
  require_same_values(definition, study, data);
  require_window_norm(definition);
  PreparedFits fits(data);
  Crew crew{definition, study, open, fits, options, observer};
  std::vector<std::jthread> threads;
  for (std::size_t number = 0; number < options.workers; ++number) {
    threads.emplace_back([&, number] { run_worker(crew, number); });
  }
  for (std::jthread& thread : threads) thread.join();
  if (crew.failure) std::rethrow_exception(crew.failure);
  return !crew.stop();
}

void require_same_values(const StudyDefinition& definition, const std::string& study, const LoadedData& data) {
  if (values_sha256(data.series) != definition.values_sha256) {
    throw Error(ErrorKind::data, data.path, "is not the table the study '" + study + "' began with: its values differ",
                "give the table as it was, or begin another study with --study NAME");
  }
}

double spent_seconds(const std::vector<EpochRecord>& epochs) {
  std::vector<std::pair<double, double>> spans;
  spans.reserve(epochs.size());
  for (const EpochRecord& epoch : epochs) spans.emplace_back(epoch.begun, epoch.ended);
  std::sort(spans.begin(), spans.end());
  double spent = 0, until = -std::numeric_limits<double>::infinity();
  for (const auto& [begun, ended] : spans) {
    spent += std::max(0.0, ended - std::max(begun, until));
    until = std::max(until, ended);
  }
  return spent;
}

}  // namespace vdn::search
