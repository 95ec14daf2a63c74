#pragma once
// A study: a claim, the fits that test it, and what they say (docs/studies.md).

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <vdn/core/scheduler.hpp>
#include <vdn/data/load.hpp>
#include <vdn/report/line_chart.hpp>
#include <vdn/study/statistics.hpp>
#include <vdn/study/trial.hpp>
#include <vdn/train/observer.hpp>

namespace vdn {

struct StudyOptions {
  std::vector<std::string> data = {};  ///< names or paths; empty: the study's own
  std::vector<std::string> arms = {};  ///< only these; empty: all
  std::size_t seeds = 0;               ///< 0: the study's own; of a study of random settings, their number
  std::string preset = "default";
  std::uint64_t horizon = 0;                                  ///< 0: the data set's usual one
  std::vector<std::pair<std::string, std::string>> set = {};  ///< settings every trial has, whatever the study says
};

/// A table of words; the first row below `columns` is the first one.
struct StudyTable {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows = {};
};

struct StudyFindings {
  std::vector<StudyTable> tables = {};
  std::vector<std::string> verdicts = {};  ///< a sentence each, with its figures
  std::optional<LineChart> picture = {};
};

/// The finished trials, in the order of the plan.
using TrialResults = std::vector<TrialResult>;

class Study {
 public:
  virtual ~Study() = default;
  virtual std::string name() const = 0;
  /// What is claimed, and how it would show.
  virtual std::string claim() const = 0;
  virtual std::vector<std::string> usual_data() const = 0;
  virtual std::size_t usual_seeds() const = 0;
  /// All trials; those that complete a table for every data set come before further seeds.
  virtual std::vector<Trial> plan(const StudyOptions& options) const = 0;
  virtual TrialResult measure(const Trial& trial, const LoadedData& data, Scheduler& scheduler,
                              TrainingObserver& observer) const = 0;
  /// From any number of results, none included.
  virtual StudyFindings find(const TrialResults& results) const = 0;
};

/// The studies there are, and one by its name. Throws Error (usage) naming the nearest.
std::vector<std::unique_ptr<Study>> all_studies();
std::unique_ptr<Study> find_study(const std::string& name);

/// The settings a study fits a table with: the preset on a small budget of steps (6 epochs of 16,384 windows), horizon
/// 96 (24 on flights and ili), look-back 336 (96 on exchange, 168 on flights, 52 on ili; on a user's table twice the
/// horizon, 96 at least), then the options' own settings and the seed. Throws Error (usage) when a user's table comes
/// without a horizon, Error (config) as the parameter table and check_settings do.
Settings study_settings(const StudyOptions& options, const std::string& data, std::uint64_t seed);

/// Whom a run tells how it goes.
class StudyObserver {
 public:
  virtual ~StudyObserver() = default;
  /// `number` of `total` begins; `expected` seconds, 0 when nothing is known yet.
  virtual void on_trial(const Trial& /*trial*/, std::size_t /*number*/, std::size_t /*total*/, double /*expected*/) {}
  virtual void on_result(const TrialResult& /*result*/) {}
  /// Of the fit inside a trial.
  virtual TrainingObserver& training() = 0;
};

struct StudyRun {
  TrialResults results = {};  ///< all that are finished, in the order of the plan
  std::size_t planned = 0;    ///< trials in all
  double seconds = 0.0;       ///< of all finished trials, those of earlier runs too
  bool interrupted = false, out_of_time = false;
  bool complete() const { return results.size() == planned; }
};

/// Reads the table a trial names; load_named where nothing else is said.
using TableLoader = std::function<LoadedData(const std::string& data)>;

/// Runs the trials that FOLDER/trials.jsonl does not hold yet, in order, and keeps each as it ends. Before one that
/// would pass `hours` (by the mean time of those of the same data; 0: no limit) the run ends. Throws what reading and
/// fitting throw; finished trials are kept.
StudyRun run_study(const Study& study, const StudyOptions& options, const std::string& folder, double hours,
                   Scheduler& scheduler, StudyObserver& observer, const TableLoader& load = {});

/// Results of one data set and arm; what a table's row is made of.
TrialResults select(const TrialResults& results, const std::string& data, const std::string& arm);
/// One figure of many results.
std::vector<double> figures(const TrialResults& results, const std::string& name);
/// Data sets and arms in order of appearance.
std::vector<std::string> data_of(const TrialResults& results);
std::vector<std::string> arms_of(const TrialResults& results);

/// A column of a table of means: the heading, the figure, digits after the point.
struct FigureColumn {
  std::string heading, figure;
  int digits = 3;
};
/// One row a data set and arm: mean +- deviation over seeds of every column, and how many seeds.
StudyTable mean_table(const std::string& title, const TrialResults& results, const std::vector<FigureColumn>& columns);

/// "exchange: crps of B - A is -0.002 [-0.004, -0.001] over 5 seeds": paired by seed, interval of the mean by Student's
/// t; "" when fewer than two seeds have both.
std::string compare_arms(const TrialResults& results, const std::string& data, const std::string& arm,
                         const std::string& reference, const std::string& figure, int digits);

/// What compare_arms says of every data set, 4 digits, nothing where it says nothing.
struct Comparison {
  std::string arm, reference, figure;
};
std::vector<std::string> compare_all(const TrialResults& results, const std::vector<Comparison>& comparisons);

/// Two arms of a data set, origin by origin.
struct PairedDifference {
  std::size_t seeds = 0;  ///< fits of both arms with the same seed; 0: nothing to compare
  double mean = 0.0;      ///< over seeds and origins of the first arm's score less the second's
  Interval interval;      ///< 95%, by a block bootstrap over origins with blocks of the horizon (block_bootstrap)
};
/// Of the traces "origin." + score and the figure "horizon", which both arms need.
PairedDifference paired_difference(const TrialResults& results, const std::string& data, const std::string& arm,
                                   const std::string& other, const std::string& score);
/// "+0.0012 [-0.0003, +0.0027]"; "-" for no seed.
std::string print_paired(const PairedDifference& difference);

}  // namespace vdn
