// The ridge line under the ProbTS protocol, on the public sets: the column every published figure is held against
// (docs/metrics.md). Its options were fixed before: look-back 96, the last value subtracted, all series pooled, penalty
// 100 in absolute terms; spread from quantiles of the validation residuals (ETT) or a Gaussian of the training
// residuals (Exchange).

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include <vdn/data/csv.hpp>
#include <vdn/data/scaling.hpp>
#include <vdn/data/splits.hpp>
#include <vdn/evaluate/probts.hpp>
#include <vdn/model/baselines.hpp>

#include "support/support.hpp"

namespace vdn {
namespace {

constexpr std::size_t lookback = 96;

/// sum (x_l - last)^2 / L over windows and series, window by window: the mean diagonal of the normal matrix, which
/// turns the absolute penalty into the relative one fit_linear_path takes.
double mean_diagonal(ConstMatrix<float> scaled, const Windows& windows) {
  double sum = 0;
  for (std::size_t i = 0; i < windows.count(); ++i) {
    const Window window = windows[i];
    const float* context = scaled.row(window.series).data() + window.origin - lookback;
    for (std::size_t l = 0; l < lookback; ++l) {
      const double difference = double{context[l]} - double{context[lookback - 1]};
      sum += difference * difference;
    }
  }
  return sum / lookback;
}

struct Expected {
  std::size_t horizon, windows;
  double crps;
};

void expect_ridge(const std::string& path, const std::string& name, bool gaussian, const Expected& expected) {
  Scheduler scheduler(2);
  const SeriesSet set = read_csv(path);
  const Borders borders = ltsf_borders(name, set.length());
  const Scaler scaler = fit_scaler(set, borders.train());
  const std::vector<float> values = scale_series(set, scaler);
  const ConstMatrix<float> scaled(values.data(), set.count(), set.length());
  const std::size_t H = expected.horizon;
  const Windows training = training_windows(borders, set.count(), lookback, H);
  const Windows validation = gaussian ? Windows() : part_windows(borders.validation(), set.count(), lookback, H);
  const double penalty = 100 / mean_diagonal(scaled, training);
  const auto line =
      std::make_shared<RidgeLine>(fit_linear_path(scaled, training, lookback, H, {.penalty = penalty}, scheduler));
  Baseline model = fit_baseline(line, scaled, training, validation,
                                gaussian ? SpreadKind::gaussian : SpreadKind::quantiles, scheduler);
  std::vector<Window> windows;
  for (std::size_t i = 0; i < probts_windows(borders.test().size(), H); ++i) {
    for (std::size_t d = 0; d < set.count(); ++d) {
      windows.push_back({static_cast<std::uint32_t>(d), static_cast<std::uint32_t>(borders.val_end + 96 * i)});
    }
  }
  const ProbtsScore score = score_probts(model, scaled, set.matrix(), scaler, windows, scheduler);
  EXPECT_EQ(score.windows, expected.windows);
  EXPECT_NEAR(score.crps, expected.crps, .015 * expected.crps + .0005) << name << " H=" << H;
  EXPECT_NEAR(score.crps_exact, expected.crps, .01 * expected.crps + .0005) << name << " H=" << H;
  EXPECT_GT(score.crps, score.crps_exact) << "quantiles of 100 paths miss, and a miss costs";
  EXPECT_NEAR(score.crps / score.nmae, .74, .1) << "that of a calibrated Gaussian";
}

TEST(ProbtsRidge, ETTh1) {
  VDN_REQUIRE_DATA(path, "ETTh1.csv.gz");
  expect_ridge(path, "etth1", false, {96, 29, .250});
}

TEST(ProbtsRidge, ETTh2) {
  VDN_REQUIRE_DATA(path, "ETTh2.csv.gz");
  expect_ridge(path, "etth2", false, {96, 29, .138});
}

TEST(ProbtsRidge, Exchange) {
  VDN_REQUIRE_DATA(path, "exchange_rate.csv.gz");
  expect_ridge(path, "exchange", true, {96, 15, .018});
}

TEST(ProbtsRidge, ETTh1LongHorizons) {
  VDN_REQUIRE_DATA(path, "ETTh1.csv.gz");
  for (const Expected& expected : {Expected{192, 28, .279}, {336, 27, .298}, {720, 23, .301}}) {
    expect_ridge(path, "etth1", false, expected);
  }
}

TEST(ProbtsRidge, ETTh2LongHorizons) {
  VDN_REQUIRE_DATA(path, "ETTh2.csv.gz");
  for (const Expected& expected : {Expected{192, 28, .156}, {336, 27, .172}, {720, 23, .182}}) {
    expect_ridge(path, "etth2", false, expected);
  }
}

TEST(ProbtsRidge, ExchangeLongHorizons) {
  VDN_REQUIRE_DATA(path, "exchange_rate.csv.gz");
  for (const Expected& expected : {Expected{192, 14, .025}, {336, 13, .035}, {720, 9, .059}}) {
    expect_ridge(path, "exchange", true, expected);
  }
}

}  // namespace
}  // namespace vdn
