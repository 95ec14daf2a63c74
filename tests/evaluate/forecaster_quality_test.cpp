// What a fitted forecaster must reach on real data. Budgets are those of the presets; nothing is chosen on the test
// part.

#include <gtest/gtest.h>

#include <cmath>

#include <vdn/evaluate/backtest.hpp>
#include <vdn/train/fit_job.hpp>

#include "support/support.hpp"

namespace vdn {
namespace {

struct Epochs : TrainingObserver {
  void on_epoch(const EpochReport& report) override { reports.push_back(report); }
  std::vector<EpochReport> reports;
};

Forecaster fit_preset(const LoadedData& data, const std::string& name, std::size_t horizon, std::size_t epochs,
                      Split split, Scheduler& cores, Epochs& epochs_seen) {
  FitJob job{.settings = preset(name), .preset = name, .split = split};
  job.settings.horizon = horizon;
  job.settings.epochs = epochs;
  return fit_forecaster(data, job, cores, epochs_seen);
}

// A minute and more of two cores.
TEST(LongForecasterQuality, ReferenceOnEtth1) {
  VDN_REQUIRE_DATA(path, "ETTh1.csv.gz");
  Scheduler cores;
  Epochs seen;
  const LoadedData data = load_named("etth1");
  Forecaster model = fit_preset(data, "reference", 96, 3, Split::ltsf, cores, seen);
  const BacktestTable table = backtest({&model}, data, "ltsf", false, cores);
  const Metrics& m = table.rows_of_table.front().scaled;
  EXPECT_EQ(table.origins, 2785u);
  EXPECT_LT(m.mse, 0.44);
  EXPECT_LT(m.nll, 1.02);  // 1.002 and 1.004 on AVX2, under 1.00 on AVX-512
  EXPECT_GE(m.coverage_90, 0.86);
  EXPECT_LE(m.coverage_90, 0.95);
  RecordProperty("mse", std::to_string(m.mse));
  RecordProperty("nll", std::to_string(m.nll));
  RecordProperty("coverage_90", std::to_string(m.coverage_90));
}

TEST(ForecasterQuality, ReferenceTrainsOnExchange) {
  VDN_REQUIRE_DATA(path, "exchange_rate.csv.gz");
  Scheduler cores;
  Epochs seen;
  const LoadedData data = load_named("exchange");
  FitJob job{.settings = preset("reference"), .preset = "reference", .split = Split::ltsf};
  job.settings.horizon = 96;
  job.settings.epochs = 2;
  job.settings.windows_per_epoch = 8192;
  fit_forecaster(data, job, cores, seen);
  ASSERT_EQ(seen.reports.size(), 2u);
  EXPECT_LT(seen.reports[1].train_loss, seen.reports[0].train_loss);
  for (const EpochReport& epoch : seen.reports) {
    EXPECT_TRUE(std::isfinite(epoch.validation_nll));
    EXPECT_GT(epoch.alive, 0.5);
  }
}

TEST(ForecasterQuality, DefaultOnFlightsBeatsTheBaselines) {
  Scheduler cores;
  Epochs seen;
  const LoadedData data = load_named("flights");
  Forecaster model = fit_preset(data, "default", 24, 3, Split::automatic, cores, seen);
  const BacktestTable table = backtest({&model}, data, "auto", true, cores);
  ASSERT_EQ(table.rows_of_table.size(), 6u);  // the second is the model's uncalibrated one
  for (std::size_t i = 2; i < table.rows_of_table.size(); ++i) {
    EXPECT_LT(table.rows_of_table[0].scaled.crps, table.rows_of_table[i].scaled.crps) << table.rows_of_table[i].name;
  }
}

}  // namespace
}  // namespace vdn
