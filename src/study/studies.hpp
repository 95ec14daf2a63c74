#pragma once
// Every study there is, one file each.

#include <memory>

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

/// What the studies of arms share: every arm changes the settings of the data set; seeds 0 ... n - 1.
struct Arm {
  std::string name;
  std::vector<std::pair<std::string, std::string>> set;
};
/// For studies that make sense as a whole only: throws Error (usage) when single arms are asked for.
void refuse_arms(const Study& study, const StudyOptions& options);
/// Trials of every arm and data set, seed by seed; `options.set` overrides the arms.
std::vector<Trial> plan_arms(const Study& study, const StudyOptions& options, const std::vector<Arm>& arms);

}  // namespace vdn::studies
