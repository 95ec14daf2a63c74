#pragma once
// The block scheduler: a fixed list of independent tasks, run by a fixed pool of threads.

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace vdn {

/// Runs tasks 0..count-1, each exactly once, and returns when all are done (a barrier).
/// Which thread runs a task is not fixed, so tasks must not depend on it: what a task computes may depend on its index
/// alone, and no two tasks write the same place. Then the bits are the same for any number of threads.
/// run() may be neither nested nor called from two threads at once: it throws Error (software).
/// An exception thrown by a task is rethrown here; of several, the one with the lowest index.
class Scheduler {
 public:
  /// threads = 0 takes the number of cores the process may use.
  explicit Scheduler(std::size_t threads = 0);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  std::size_t threads() const;
  void run(std::size_t count, const std::function<void(std::size_t)>& task);

  /// Seconds every thread has spent in tasks so far; not to be called during run().
  std::vector<double> busy_seconds() const;

 private:
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

/// Number of blocks of at most `block` rows that cover `rows`.
constexpr std::size_t block_count(std::size_t rows, std::size_t block) {
  return (rows + block - 1) / block;
}

}  // namespace vdn
