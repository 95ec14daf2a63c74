#include <vdn/search/halving.hpp>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <vdn/search/objectives.hpp>
#include <vdn/search/sampler.hpp>

#include "search/rung_rules.hpp"

namespace vdn::search {
namespace {

constexpr std::size_t timed_bracket = 16;     // configurations of a bracket when the budget is one of time
constexpr std::size_t learning_bracket = 10;  // of a sampler that learns from the brackets before
constexpr double search_share = 0.6;          // of a budget of time; the final stage takes the rest

std::size_t bracket_size(const StudyDefinition& d) {
  if (d.bracket > 0) return d.bracket;
  if (d.sampler == Sampler::tpe) return learning_bracket;
  return d.trials > 0 ? d.trials : timed_bracket;
}

/// The figure that remembers with what score a rung was reached.
std::string score_name(std::size_t rung) {
  return fmt::format("score at rung {}", rung);
}

std::string epochs_text(std::size_t epochs) {
  return fmt::format("{} epoch{}", epochs, epochs == 1 ? "" : "s");
}

/// A working copy of the trials that knows what was changed.
class Board {
 public:
  Board(const StudyDefinition& definition, const std::vector<TrialRecord>& trials, const Caller& caller)
      : d_(definition), caller_(caller), ladder_(ladder(definition)), trials_(trials), before_(trials) {
    trials_.reserve(trials.size() + bracket_size(definition) + (definition.finalists + 1) * definition.final_seeds);
  }

  NextStep step() {
    free_leases();
    NextStep next;
    if (TrialRecord* trial = next_of_search()) {
      lease(*trial, next);
    } else if (any(false, TrialState::running)) {
      next.kind = NextStep::Kind::wait;
    } else if (TrialRecord* last = next_of_final_stage()) {
      lease(*last, next);
    } else {
      next.kind = any(true, TrialState::running) ? NextStep::Kind::wait : NextStep::Kind::done;
    }
    next.changes = changes();
    return next;
  }

 private:
  void free_leases() {
    for (TrialRecord& t : trials_) {
      if (t.state != TrialState::running) continue;
      if (t.lease_end >= caller_.now && !(caller_.gone && caller_.gone(t.owner))) continue;
      t.state = TrialState::waiting;
      t.owner.clear();
      t.lease_end = 0;
    }
  }

  void lease(TrialRecord& trial, NextStep& next) {
    trial.state = TrialState::running;
    trial.owner = caller_.owner;
    trial.lease_end = caller_.lease_end;
    next.kind = NextStep::Kind::work;
    next.trial = trial;
    next.epochs = trial.final_stage ? 0 : ladder_[trial.rung].epochs;
  }

  bool any(bool final_stage, TrialState state) const {
    return std::any_of(trials_.begin(), trials_.end(),
                       [&](const TrialRecord& t) { return t.final_stage == final_stage && t.state == state; });
  }

  // The search.

  TrialRecord* next_of_search() {
    if (search_time_is_over()) {
      close_search("the search's share of the budget is spent");
      return nullptr;
    }
    if (d_.scheduling == Scheduling::asynchronous) {
      promote_asynchronously();
    } else {
      judge_brackets();
    }
    if (TrialRecord* trial = first_waiting(false)) return trial;
    if (!may_begin()) {
      // Nobody will come any more: who was not promoted will not be.
      if (d_.scheduling == Scheduling::asynchronous && !any(false, TrialState::running))
        close_search("never among the best of its rung");
      return nullptr;
    }
    begin_trials(d_.scheduling == Scheduling::asynchronous ? 1 : bracket_size(d_));
    return first_waiting(false);
  }

  /// The one that is furthest, then the one of the lowest number.
  TrialRecord* first_waiting(bool final_stage) {
    TrialRecord* first = nullptr;
    for (TrialRecord& t : trials_) {
      if (t.final_stage != final_stage || t.state != TrialState::waiting) continue;
      if (!first || (!final_stage && t.rung > first->rung)) first = &t;
    }
    return first;
  }

  std::size_t begun() const {
    return static_cast<std::size_t>(
        std::count_if(trials_.begin(), trials_.end(), [](const TrialRecord& t) { return !t.final_stage; }));
  }

  bool may_begin() const {
    if (d_.trials == 0 && nobody_could_be_trained()) return false;
    // What tpe knows must not depend on who is faster.
    const bool learns = d_.sampler == Sampler::tpe && d_.scheduling == Scheduling::halving;
    if (learns && std::any_of(trials_.begin(), trials_.end(), [](const TrialRecord& t) { return !ended(t.state); })) {
      return false;
    }
    return d_.trials == 0 || begun() < d_.trials;
  }

  /// Failures cost no time: a space in which nothing works would be sampled for ever.
  bool nobody_could_be_trained() const {
    std::size_t in_a_row = 0;  // of those that ended, by number
    for (const TrialRecord& t : trials_) {
      if (t.final_stage || !ended(t.state)) continue;
      in_a_row = t.state == TrialState::failed ? in_a_row + 1 : 0;
    }
    return in_a_row >= bracket_size(d_);
  }

  /// Number 0 is tried in any case.
  bool search_time_is_over() const { return begun() > 0 && search_is_over(d_, caller_.spent); }

  /// Whoever is not under way has come as far as it will; who is, will be dropped at its rung.
  void close_search(const std::string& reason) {
    for (TrialRecord& t : trials_) {
      if (t.final_stage || (t.state != TrialState::paused && t.state != TrialState::waiting)) continue;
      t.state = TrialState::dropped;
      t.reason = reason;
    }
  }

  void begin_trials(std::size_t count) {
    const std::size_t from = begun();
    const std::size_t end = d_.trials > 0 ? std::min(from + count, d_.trials) : from + count;
    const std::vector<Configuration> known = known_configurations();
    for (std::size_t number = from; number < end; ++number) {
      TrialRecord trial;
      trial.number = number;
      trial.seed = search_seed(d_);
      trial.configuration = sample_configuration(d_.space, d_.sampler, d_.seed, number, known);
      trials_.push_back(std::move(trial));
    }
  }

  /// Best first: who came furthest, then who is better.
  std::vector<Configuration> known_configurations() {
    std::vector<Configuration> known;
    if (d_.sampler != Sampler::tpe) return known;
    for (const TrialRecord* t : by_progress([](const TrialRecord& t) { return t.epochs > 0; })) {
      known.push_back(t->configuration);
    }
    return known;
  }

  void judge_brackets() {
    const std::size_t size = bracket_size(d_);
    for (std::size_t first = 0; first < begun(); first += size) {
      Records active;
      for (TrialRecord& t : trials_) {
        if (!t.final_stage && t.number >= first && t.number < first + size && !ended(t.state)) active.push_back(&t);
      }
      const bool complete = std::all_of(active.begin(), active.end(),
                                        [](const TrialRecord* t) { return t->state == TrialState::paused; });
      if (!active.empty() && complete) judge(active);
    }
  }

  /// All of one bracket and one rung, none of which is under way.
  void judge(Records trials) {
    const Rung& rung = ladder_[trials.front()->rung];
    if (rung.by_regime) {
      drop_outside(trials);
    } else {
      const Records order = ranked(trials, d_.objectives);
      const std::size_t kept = kept_of(d_.keep, order.size());
      for (std::size_t place = kept; place < order.size(); ++place) drop(*order[place], place, order.size());
    }
    for (TrialRecord* t : trials) {
      if (t->state == TrialState::paused) promote(*t);
    }
  }

  void drop_outside(const Records& trials) {
    const Records banded = under_band(trials);
    for (std::size_t place = 0; place < banded.size(); ++place) {
      if (lies_outside(banded, place)) prune_outside(*banded[place], place, banded.size());
    }
  }

  void drop(TrialRecord& t, std::size_t place, std::size_t of) const {
    t.state = TrialState::dropped;
    const std::size_t rung = ladder_[t.rung].epochs;  // a fit may end before it
    t.reason = fmt::format("place {} of {} after {}", place + 1, of,
                           epochs_text(t.epochs > 0 ? std::min(t.epochs, rung) : rung));
  }

  static void promote(TrialRecord& t) {
    t.state = TrialState::waiting;
    ++t.rung;
  }

  /// One promotion by score at most: the next call sees what it changed.
  void promote_asynchronously() {
    for (std::size_t rung = ladder_.size() - 1; rung-- > 0;) {
      if (ladder_[rung].by_regime) {
        judge_regime_asynchronously(rung);
        continue;
      }
      std::vector<TrialRecord> arrivals = as_they_arrived(rung);
      Records here;
      for (TrialRecord& t : arrivals) here.push_back(&t);
      const auto kept = static_cast<std::size_t>(d_.keep * static_cast<double>(here.size()) + 1e-9);
      const Records order = ranked(here, d_.objectives);
      for (std::size_t place = 0; place < std::min(kept, order.size()); ++place) {
        if (order[place]->rung != rung || order[place]->state != TrialState::paused) continue;
        return promote(*of_search(order[place]->number));
      }
    }
  }

  /// A trial that arrives goes on unless it lies in the worse half of those that came before it.
  void judge_regime_asynchronously(std::size_t rung) {
    const Records banded = under_band(reached(rung));
    for (TrialRecord& t : trials_) {
      if (t.final_stage || t.rung != rung || t.state != TrialState::paused) continue;
      const auto at = static_cast<std::size_t>(std::find(banded.begin(), banded.end(), &t) - banded.begin());
      if (at < banded.size() && lies_outside(banded, at)) {
        prune_outside(t, at, banded.size());
      } else {
        promote(t);
      }
    }
  }

  /// Trials that have been judged at a rung, or will be.
  Records reached(std::size_t rung) {
    Records here;
    for (TrialRecord& t : trials_) {
      const bool there =
          t.state == TrialState::paused || t.state == TrialState::finished || t.state == TrialState::dropped;
      if (!t.final_stage && (t.rung > rung || (t.rung == rung && there))) here.push_back(&t);
    }
    return here;
  }

  /// With the scores they had then: who went on has had more epochs since.
  std::vector<TrialRecord> as_they_arrived(std::size_t rung) {
    std::vector<TrialRecord> arrivals;
    for (const TrialRecord* t : reached(rung)) {
      arrivals.push_back(*t);
      const auto then = t->figures.find(score_name(rung));
      if (then != t->figures.end()) arrivals.back().score = then->second;
    }
    return arrivals;
  }

  TrialRecord* of_search(std::uint64_t number) {
    const auto found = std::find_if(trials_.begin(), trials_.end(),
                                    [&](const TrialRecord& t) { return !t.final_stage && t.number == number; });
    return &*found;
  }

  // The final stage.

  TrialRecord* next_of_final_stage() {
    const bool begun = std::any_of(trials_.begin(), trials_.end(), [](const TrialRecord& t) { return t.final_stage; });
    if (!begun) begin_final_stage();
    if (d_.seconds > 0 && caller_.spent > d_.seconds) drop_what_has_no_time();
    return first_waiting(true);
  }

  Records best_of_search() {
    return by_progress([](const TrialRecord& t) {
      return t.epochs > 0 && (t.state == TrialState::finished || t.state == TrialState::dropped);
    });
  }

  /// Trials of the search but number 0: who came furthest first, then who is better.
  template <class Wanted>
  Records by_progress(Wanted wanted) {
    Records order;
    for (TrialRecord& t : trials_) {
      if (!t.final_stage && t.number != 0 && wanted(t)) order.push_back(&t);
    }
    std::stable_sort(order.begin(), order.end(), [](const TrialRecord* a, const TrialRecord* b) {
      return a->rung != b->rung ? a->rung > b->rung : better_trial(*a, *b);
    });
    return order;
  }

  void begin_final_stage() {
    std::vector<TrialRecord> finalists{trials_.front()};  // number 0
    for (const TrialRecord* t : best_of_search()) {
      if (finalists.size() <= d_.finalists) finalists.push_back(*t);
    }
    for (std::size_t k = 0; k < d_.final_seeds; ++k) {
      for (const TrialRecord& finalist : finalists) {
        TrialRecord trial;
        trial.number = finalist.number;
        trial.configuration = finalist.configuration;
        trial.seed = final_seed(d_, k);
        trial.final_stage = true;
        trials_.push_back(std::move(trial));
      }
    }
  }

  /// Number 0 and the best of the search are fitted once whatever it takes: without them there is nothing to pick.
  void drop_what_has_no_time() {
    const Records order = best_of_search();
    const std::uint64_t best = order.empty() ? 0 : order.front()->number;
    for (TrialRecord& t : trials_) {
      const bool needed = t.seed == final_seed(d_, 0) && (t.number == 0 || t.number == best);
      if (!t.final_stage || needed || t.state != TrialState::waiting) continue;
      t.state = TrialState::dropped;
      t.reason = "the budget of time is spent";
    }
  }

  std::vector<TrialRecord> changes() const {
    std::vector<TrialRecord> changed;
    for (std::size_t i = 0; i < trials_.size(); ++i) {
      if (i >= before_.size() || !(same(trials_[i], before_[i]))) changed.push_back(trials_[i]);
    }
    return changed;
  }

  /// In what a decision may change: NaN figures would make records differ from themselves.
  static bool same(const TrialRecord& a, const TrialRecord& b) {
    return a.state == b.state && a.rung == b.rung && a.reason == b.reason && a.owner == b.owner &&
           a.lease_end == b.lease_end;
  }

  const StudyDefinition& d_;
  const Caller& caller_;
  std::vector<Rung> ladder_;
  std::vector<TrialRecord> trials_;
  const std::vector<TrialRecord>& before_;
};

}  // namespace

std::vector<Rung> ladder(const StudyDefinition& definition) {
  std::vector<Rung> rungs;
  if (definition.prune && definition.rungs.front() > regime_epoch) rungs.push_back({regime_epoch, true});
  for (const std::size_t epochs : definition.rungs) rungs.push_back({epochs, false});
  return rungs;
}

NextStep next_step(const StudyDefinition& definition, const std::vector<TrialRecord>& trials, const Caller& caller) {
  return Board(definition, trials, caller).step();
}

bool search_is_over(const StudyDefinition& definition, double spent) {
  return definition.seconds > 0 && spent >= search_share * definition.seconds;
}

TrialRecord rung_reached(const StudyDefinition& definition, TrialRecord trial) {
  if (!trial.final_stage) trial.figures[score_name(trial.rung)] = trial.score;
  const bool last = trial.final_stage || trial.rung + 1 == ladder(definition).size();
  trial.state = last ? TrialState::finished : TrialState::paused;
  trial.owner.clear();
  trial.lease_end = 0;
  return trial;
}

}  // namespace vdn::search
