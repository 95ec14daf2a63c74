#pragma once
// The fits of a study as seen on a terminal: one line a trial.

#include <cstddef>

#include <vdn/study/study.hpp>

#include "common.hpp"
#include "progress.hpp"

namespace vdn::cli {

class StudyProgress : public StudyObserver {
 public:
  explicit StudyProgress(const Shared& shared) : shared_(shared), quiet_{.quiet = true}, training_(quiet_) {}
  void on_trial(const Trial& trial, std::size_t number, std::size_t total, double expected) override;
  void on_result(const TrialResult& result) override;
  TrainingObserver& training() override { return training_; }

 private:
  const Shared& shared_;
  Shared quiet_;
  Progress training_;
};

}  // namespace vdn::cli
