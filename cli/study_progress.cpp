#include "study_progress.hpp"

namespace vdn::cli {

void StudyProgress::on_trial(const Trial& trial, std::size_t number, std::size_t total, double expected) {
  std::string text = fmt::format("[{}/{}] {}, {}, seed {}", number, total, trial.data, trial.arm, trial.settings.seed);
  if (expected > 0) text += fmt::format(" (about {:.0f} s)", expected);
  note(shared_, "{}", text);
}

void StudyProgress::on_result(const TrialResult& r) {
  note(shared_, "      CRPS {:.4f}, NLL {:.3f}, {:.0f} s", r.figure("crps"), r.figure("nll"), r.seconds);
}

}  // namespace vdn::cli
