#pragma once
// Every study there is, one file each.

#include <array>
#include <cstdint>
#include <memory>

#include <vdn/study/measure.hpp>
#include <vdn/study/study.hpp>

namespace vdn::studies {

std::unique_ptr<Study> control();
std::unique_ptr<Study> composition();
std::unique_ptr<Study> pruning();
std::unique_ptr<Study> dimensions();
std::unique_ptr<Study> granularity();
std::unique_ptr<Study> twin();
std::unique_ptr<Study> persistence();
std::unique_ptr<Study> collapse();
std::unique_ptr<Study> compute();
std::unique_ptr<Study> selective();
std::unique_ptr<Study> band();
std::unique_ptr<Study> budget();
std::unique_ptr<Study> quality();
std::unique_ptr<Study> probts();

/// Horizons of the long-term benchmarks.
inline constexpr std::array<std::uint64_t, 4> long_horizons{96, 192, 336, 720};

/// What the studies of arms share: every arm changes the settings of the data set; seeds 0 ... n - 1.
struct Arm {
  std::string name;
  std::vector<std::pair<std::string, std::string>> set;
};
/// For studies that make sense as a whole only: throws Error (usage) when single arms are asked for.
void refuse_arms(const Study& study, const StudyOptions& options);

/// A study whose trials differ by arms and are measured alike.
class ArmStudy : public Study {
 public:
  /// Trials of every arm and data set, seed by seed; `options.set` overrides the arms.
  std::vector<Trial> plan(const StudyOptions& options) const override;
  TrialResult measure(const Trial& trial, const LoadedData& data, Scheduler& scheduler,
                      TrainingObserver& observer) const override;

 protected:
  virtual std::vector<Arm> arms() const = 0;
  virtual MeasureOptions measured() const { return {}; }
};

/// A study that asks one fit of each data set and seed something of its own.
class ModelStudy : public ArmStudy {
 public:
  TrialResult measure(const Trial& trial, const LoadedData& data, Scheduler& scheduler,
                      TrainingObserver& observer) const override;

 protected:
  std::vector<Arm> arms() const override { return {{"default", {}}}; }
  /// Adds what it finds to `result`.
  virtual void examine(Forecaster& model, const LoadedData& data, Scheduler& scheduler, TrialResult& result) const = 0;
};

}  // namespace vdn::studies
