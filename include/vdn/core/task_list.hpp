#pragma once
// A list of independent tasks made once with a plan and run every step.

#include <functional>
#include <vector>

#include <vdn/core/scheduler.hpp>

namespace vdn {

/// Tasks may run in any order on any thread, so no two write the same place (see Scheduler).
class TaskList {
 public:
  void add(std::function<void()> task) { tasks_.push_back(std::move(task)); }
  void run(Scheduler& scheduler) const {
    scheduler.run(tasks_.size(), [this](std::size_t index) { tasks_[index](); });
  }
  std::size_t size() const { return tasks_.size(); }

 private:
  std::vector<std::function<void()>> tasks_;
};

}  // namespace vdn
