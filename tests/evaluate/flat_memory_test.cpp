// Ten thousand predictions in one process take the memory of a thousand.

#include <gtest/gtest.h>
#include <malloc.h>

#include <cmath>
#include <memory>
#include <vector>

#include <vdn/evaluate/predict.hpp>
#include <vdn/evaluate/sample.hpp>
#include <vdn/train/fit_job.hpp>

#include "support/small_data.hpp"

// Under a sanitizer the heap is not malloc's: its own count is asked.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define VDN_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define VDN_SANITIZED
#endif
#endif
#ifdef VDN_SANITIZED
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();  // not in the headers of gcc 12
#endif

namespace vdn::test {
namespace {

/// Bytes of the heap in use.
std::size_t bytes_in_use() {
#ifdef VDN_SANITIZED
  return __sanitizer_get_current_allocated_bytes();
#else
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
#endif
}

class FlatMemory : public testing::Test {
 protected:
  FlatMemory() : data(small_data()), model(fit_forecaster(data, {.settings = small_settings()}, scheduler, observer)) {}

  /// Bytes that calls 1,001 to 10,000 leave behind.
  template <class Call>
  static std::ptrdiff_t left_behind(const Call& call) {
    for (std::size_t i = 0; i < 1000; ++i) call(i);
    const std::size_t before = bytes_in_use();
    for (std::size_t i = 1000; i < 10000; ++i) call(i);
    return static_cast<std::ptrdiff_t>(bytes_in_use()) - static_cast<std::ptrdiff_t>(before);
  }

  static constexpr std::ptrdiff_t few = 4096;  // less than half a byte a call

  Scheduler scheduler{1};
  TrainingObserver observer;
  LoadedData data;
  Forecaster model;
};

TEST_F(FlatMemory, OfQuantiles) {
  double sum = 0;
  const auto call = [&](std::size_t i) {
    sum += predict(model, data.series, 100 + i % 300, {0.1, 0.5, 0.9}, scheduler).mean[0];
  };
  EXPECT_LE(left_behind(call), few);
  EXPECT_TRUE(std::isfinite(sum));
}

TEST_F(FlatMemory, OfPaths) {
  PathSampler sampler(model);
  const std::vector<float> values = scale_for(model, data.series);
  const std::size_t paths = 8;
  std::vector<float> out(paths * model.horizon());
  const auto call = [&](std::size_t i) {
    const Window window = window_at(data.series, i % 2, 100 + i % 300);
    sampler.sample({values.data(), 2, data.series.length()}, {&window, 1}, paths, {out.data(), paths, model.horizon()},
                   scheduler);
  };
  EXPECT_LE(left_behind(call), few);
  EXPECT_TRUE(std::isfinite(out[0]));
}

// A leak the test must be able to see.
TEST_F(FlatMemory, SeesALeakOfOneByteACall) {
  std::vector<std::unique_ptr<char>> kept;
  kept.reserve(10000);
  EXPECT_GT(left_behind([&](std::size_t) { kept.push_back(std::make_unique<char>()); }), few);
}

}  // namespace
}  // namespace vdn::test
