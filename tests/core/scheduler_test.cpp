#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <vdn/core/scheduler.hpp>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

std::vector<double> work(std::size_t threads) {
  Scheduler scheduler(threads);
  std::vector<double> result(1000);
  scheduler.run(block_count(result.size(), 7), [&](std::size_t block) {
    for (std::size_t i = block * 7; i < std::min<std::size_t>(result.size(), block * 7 + 7); ++i) {
      result[i] = std::sin(static_cast<double>(i)) / static_cast<double>(i + 1);
    }
  });
  return result;
}

TEST(Scheduler, SameResultForAnyNumberOfThreads) {
  const auto alone = work(1);
  EXPECT_EQ(work(2), alone);
  EXPECT_EQ(work(4), alone);
}

TEST(Scheduler, CountsThreads) {
  EXPECT_EQ(Scheduler(1).threads(), 1u);
  EXPECT_EQ(Scheduler(3).threads(), 3u);
  EXPECT_GE(Scheduler().threads(), 1u);
}

TEST(Scheduler, RunsEveryTaskOnceOverManySmallRuns) {
  Scheduler scheduler(4);
  std::vector<std::atomic<int>> count(5);
  for (int run = 0; run < 5000; ++run) {
    scheduler.run(static_cast<std::size_t>(run % 6), [&](std::size_t task) { ++count[task]; });
  }
  // Task t runs in the runs of more than t tasks: of every six, 5 - t.
  for (std::size_t task = 0; task < 5; ++task) {
    int expected = 0;
    for (int run = 0; run < 5000; ++run) expected += static_cast<std::size_t>(run % 6) > task;
    EXPECT_EQ(count[task], expected) << task;
  }
}

TEST(Scheduler, FindsItsThreadsAwakeOrWakesThem) {
  for (const std::size_t threads : {2u, 4u}) {  // looking for work, and, on two cores, asleep
    Scheduler scheduler(threads);
    for (int run = 0; run < 200; ++run) {
      if (run % 20 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));  // longer than they look for it
      std::atomic<int> done{0};
      scheduler.run(7, [&](std::size_t) { ++done; });
      ASSERT_EQ(done, 7);
    }
  }
}

TEST(Scheduler, RunIsABarrier) {
  Scheduler scheduler(4);
  std::vector<int> values(64, 0);
  for (int run = 1; run <= 500; ++run) {
    scheduler.run(values.size(), [&](std::size_t task) { values[task] = run; });
    for (const int value : values) ASSERT_EQ(value, run);
  }
}

TEST(Scheduler, RethrowsTheFailureOfTheLowestTask) {
  for (const std::size_t threads : {1u, 2u, 4u}) {
    Scheduler scheduler(threads);
    for (int repeat = 0; repeat < 50; ++repeat) {
      std::atomic<int> finished{0};
      std::string message;
      try {
        scheduler.run(40, [&](std::size_t task) {
          ++finished;
          if (task % 10 == 7) throw std::runtime_error(std::to_string(task));
        });
      } catch (const std::runtime_error& error) {
        message = error.what();
      }
      EXPECT_EQ(message, "7");
      EXPECT_EQ(finished, 40);
    }
    std::atomic<int> after{0};
    scheduler.run(3, [&](std::size_t) { ++after; });  // still of use
    EXPECT_EQ(after, 3);
  }
}

TEST(Scheduler, RefusesToRunInsideATask) {
  Scheduler scheduler(2);
  EXPECT_THROW(scheduler.run(2, [&](std::size_t) { scheduler.run(1, [](std::size_t) {}); }), Error);
  std::atomic<int> after{0};
  scheduler.run(3, [&](std::size_t) { ++after; });  // still of use
  EXPECT_EQ(after, 3);
}

}  // namespace
}  // namespace vdn
