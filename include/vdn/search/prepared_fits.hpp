#pragma once
// Preparations that trials of one study share.

#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <vdn/train/fit_job.hpp>

namespace vdn::search {

/// The last few preparations of a table, by preparation_key. May be used by several threads: who asks for one that is
/// being made waits for it.
class PreparedFits {
 public:
  /// `data` must outlive it.
  explicit PreparedFits(const LoadedData& data) : data_(data) {}
  const LoadedData& data() const { return data_; }
  /// Throws what prepare_fit throws, and again for whoever asks for the same.
  std::shared_ptr<const PreparedFit> get(const FitJob& job, Scheduler& scheduler);

 private:
  using Future = std::shared_future<std::shared_ptr<const PreparedFit>>;
  const LoadedData& data_;
  std::mutex mutex_;
  std::deque<std::pair<std::string, Future>> kept_;
};

}  // namespace vdn::search
