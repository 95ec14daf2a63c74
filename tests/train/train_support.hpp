#pragma once
// What the tests of this folder share: fits of the small table, and errors as text.

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <vdn/train/fit_job.hpp>

#include "support/small_data.hpp"

namespace vdn::test {

/// Keeps the epochs; asks to stop after `stop_after` steps, or after an epoch's report when `stop_epoch`.
struct Recorder : TrainingObserver {
  std::vector<EpochReport> epochs;
  std::size_t steps = 0, stop_after = std::numeric_limits<std::size_t>::max(), stop_epoch = 0;
  std::vector<double> losses;
  void on_step(std::size_t, std::size_t, std::size_t, double loss) override {
    ++steps;
    losses.push_back(loss);
  }
  void on_epoch(const EpochReport& report) override { epochs.push_back(report); }
  bool stop_requested() override { return steps >= stop_after || (stop_epoch > 0 && epochs.size() >= stop_epoch); }
};

inline Forecaster fit_small(const Settings& settings, Recorder& recorder, std::size_t threads = 2,
                            const LoadedData& data = small_data()) {
  Scheduler scheduler(threads);
  return fit_forecaster(data, {.settings = settings}, scheduler, recorder);
}

inline Forecaster fit_small(const Settings& settings, std::size_t threads = 2, const LoadedData& data = small_data()) {
  Recorder recorder;
  return fit_small(settings, recorder, threads, data);
}

inline std::vector<float> parameters_of(const Forecaster& forecaster) {
  return {forecaster.parameters().begin(), forecaster.parameters().end()};
}

inline bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

inline std::string message_of(const std::function<void()>& action, ErrorKind kind) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.exit_code(), static_cast<int>(kind)) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return {};
}

inline void expect_part(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
}

}  // namespace vdn::test
