#pragma once
// Training as seen on a terminal: one line an epoch, and a bar while an epoch runs.

#include <chrono>
#include <functional>
#include <string>

#include <vdn/evaluate/twins.hpp>
#include <vdn/train/observer.hpp>

#include "common.hpp"

namespace vdn::cli {

/// Prints to standard error. The bar is rewritten in place, and only when standard error is a terminal.
class Progress : public TrainingObserver {
 public:
  /// `label` comes before every line ("twin: noise"); may be empty.
  explicit Progress(const Shared& shared, std::string label = {});

  void on_start(const Settings& settings) override;
  void on_step(std::size_t epoch, std::size_t step, std::size_t steps, double loss) override;
  void on_epoch(const EpochReport& report) override;
  void on_collapse(const diagnostics::CollapseChange& change) override;
  void on_norms(std::span<const NormTrial> trials) override;
  void on_rehearsal(Range training) override;
  bool stop_requested() override;

  /// The epoch that is kept so far.
  const EpochReport& best() const { return best_; }
  /// Told of the settings training begins with; may be empty.
  std::function<void(const Settings&)> also_start;
  /// Told of every epoch after it was printed; may be empty.
  std::function<void(const EpochReport&)> also;
  /// Told of every collapse mode that begins or ends; may be empty.
  std::function<void(const diagnostics::CollapseChange&)> also_collapse;

 private:
  void clear_bar();

  using Clock = std::chrono::steady_clock;
  const Shared& shared_;
  std::string label_;
  EpochReport best_;
  bool bar_ = false, bar_shown_ = false;
  Clock::time_point drawn_{};
};

/// A Progress for every twin that is fitted, each line beginning "twin NAME".
TwinObserver twin_progress(const Shared& shared);

}  // namespace vdn::cli
