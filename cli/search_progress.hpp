#pragma once
// A search as seen on a terminal: a line for every portion that ends and, where standard error is a terminal, a table
// of what trains now and of the best so far, redrawn in place.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <vdn/search/run_search.hpp>

#include "common.hpp"

namespace vdn::cli {

class SearchProgress : public search::SearchObserver {
 public:
  explicit SearchProgress(const Shared& shared);
  void on_begin(const search::TrialRecord& trial, std::size_t epochs) override;
  void on_epoch(const search::TrialRecord& trial, const search::EpochRecord& epoch) override;
  void on_portion(const search::TrialRecord& trial, search::PortionEnd end) override;
  bool stop_requested() override;
  /// Takes the table off the terminal.
  void clear();

 private:
  using Name = std::pair<std::uint64_t, std::uint64_t>;  // number and seed
  struct Running {
    search::TrialRecord trial;
    std::size_t epochs = 0;
    search::EpochRecord last = {};
  };
  void redraw();
  std::vector<std::vector<std::string>> rows() const;

  using Clock = std::chrono::steady_clock;
  const Shared& shared_;
  bool live_ = false;
  std::size_t shown_ = 0;  // lines of the table on the terminal
  Clock::time_point drawn_{};
  std::map<Name, Running> running_;
  std::map<Name, search::TrialRecord> known_;
};

/// "neuron.count=64 head.dropout=0.2", or "settings as they are".
std::string configuration_text(const search::Configuration& configuration);

/// "1.0526", "38%"; "-" for what is no number.
std::string figure_text(double value, int digits);
std::string share_text(double value);

}  // namespace vdn::cli
