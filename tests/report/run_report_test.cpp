#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <vdn/report/run_report.hpp>

#include "report/markup.hpp"

namespace vdn {
namespace {

using test::count;
using test::well_formed;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Metrics metrics(double crps) {
  return {2 * crps, 1.5 * crps, 3 * crps, crps, 0.79, 0.88, crps / 2, 100, 2400};
}

/// A row whose CRPS of series d is crps * (d + 1).
BacktestRow row(const std::string& name, double crps, std::size_t D, std::size_t H) {
  BacktestRow r;
  r.name = name;
  r.scaled = r.original = metrics(crps);
  for (std::size_t h = 0; h < H; ++h) r.scaled_by_step.push_back(metrics(crps));
  for (std::size_t d = 0; d < D; ++d) r.scaled_by_series.push_back(metrics(crps * static_cast<double>(d + 1)));
  r.pit.fill(10);
  return r;
}

FanPanel panel(const std::string& title, std::size_t T, std::size_t H) {
  FanPanel p;
  p.title = title;
  p.levels = {.1, .5, .9};
  p.quantiles.assign(3, {});
  for (std::size_t t = 0; t < T; ++t) {
    p.history_times.push_back(std::to_string(t));
    p.history.push_back(std::sin(static_cast<double>(t)));
  }
  for (std::size_t h = 0; h < H; ++h) {
    p.future_times.push_back(std::to_string(T + h));
    p.truth.push_back(0.5);
    for (std::size_t q = 0; q < 3; ++q)
      p.quantiles[q].push_back(static_cast<double>(q) + std::cos(static_cast<double>(h)));
  }
  return p;
}

/// A run of E epochs with N neurons, scored on D series and H steps with a twin and a baseline.
RunReport full_report(std::size_t D, std::size_t H, std::size_t N, std::size_t E, const std::string& name = "s") {
  RunReport r;
  r.title = "flights: 24 rows ahead";
  for (std::size_t d = 0; d < D; ++d) r.series.push_back(name + std::to_string(d));
  r.table.source = "flights";
  r.table.rows = {100, 200};
  r.table.horizon = H;
  r.table.windows = 100;
  r.table.rows_of_table = {row("vdn default", .10, D, H), row("twin: noise", .11, D, H), row("ridge line", .12, D, H)};
  for (std::size_t e = 1; e <= E; ++e) {
    EpochReport epoch{.epoch = e, .epochs = E};
    epoch.train_loss = epoch.train_nll = epoch.validation_nll = 1.0 / static_cast<double>(e);
    epoch.alive = 0.5;
    for (std::size_t i = 0; i < N; ++i) {
      const float value = static_cast<float>((i * 7919 + e * 31) % 1000 + 1) / 1000;
      epoch.neurons.info.push_back(value);
      epoch.neurons.mu2.push_back(value);
      epoch.neurons.kl.push_back(value);
      epoch.neurons.sigma.push_back(value);
    }
    r.run.epochs.push_back(epoch);
  }
  r.run.best_epoch = E;
  r.run.ended = true;
  for (std::size_t i = 0; i < std::min<std::size_t>(D, 6); ++i) r.panels.push_back(panel(r.series[i], 3 * H, H));
  r.setup = {"", {"", "value"}, {{"data", "flights"}}, 2};
  return r;
}

TEST(RunReport, ShowsEveryPart) {
  const std::string html = run_report_html(full_report(12, 24, 256, 12), "vdn 0.1.0");
  EXPECT_TRUE(well_formed(html));
  for (const char* heading : {"At a glance", "Forecasts", "Against others", "Calibration", "Where the errors are",
                              "Training", "Neurons", "Data and settings"}) {
    EXPECT_EQ(count(html, ">" + std::string(heading) + "</h2>"), 1u) << heading;
  }
  EXPECT_NE(html.find("16.7% below the best baseline, ridge line"), std::string::npos);
  EXPECT_NE(html.find("Hardest series: s11 (1.200), s10 (1.100), s9 (1.000)"), std::string::npos);
  EXPECT_LT(html.size(), 1000000u);
  for (const char* word : {"<script", "url(", "@import", "<img", "<image", "<link", "src="})
    EXPECT_EQ(count(html, word), 0u);
}

TEST(RunReport, SaysWhenABaselineIsBetter) {
  RunReport r = full_report(3, 4, 8, 2);
  r.table.rows_of_table[2] = row("ridge line", .08, 3, 4);
  const std::string html = run_report_html(r, "");
  EXPECT_NE(html.find("25.0% above the best baseline, ridge line"), std::string::npos);
  EXPECT_EQ(count(html, "class=\"note warning\""), 1u);
}

TEST(RunReport, ManySeriesStaySmallAndListsAreCut) {
  const std::string html = run_report_html(full_report(862, 96, 1024, 60, std::string(80, 'x')), "");
  EXPECT_TRUE(well_formed(html));
  EXPECT_LT(html.size(), 3000000u);
  EXPECT_NE(html.find("and 762 more"), std::string::npos);
  EXPECT_NE(html.find("The 18 worst and the 6 best of 862 series."), std::string::npos);
  EXPECT_NE(html.find("1024 neurons and 60 epochs are drawn as 384 by 48 cells"), std::string::npos);
}

TEST(RunReport, EscapesNames) {
  const std::string hostile = "</svg><script>alert('x')</script>\"&\xff\xc3\xa9";
  RunReport r = full_report(12, 24, 16, 3, hostile);
  r.title = r.subtitle = r.table.source = r.table_note = r.panels_text = hostile;
  r.table.rows_of_table[0].name = r.table.rows_of_table[2].name = hostile;
  r.missing = {hostile};
  const std::string html = run_report_html(r, hostile);
  EXPECT_TRUE(well_formed(html));
  EXPECT_EQ(count(html, "<script"), 0u);
}

TEST(RunReport, LeavesOutWhatIsNotThere) {
  RunReport r;
  r.title = "nothing";
  r.missing = {"No model."};
  const std::string bare = run_report_html(r, "");
  EXPECT_TRUE(well_formed(bare));
  EXPECT_NE(bare.find("No model."), std::string::npos);
  EXPECT_EQ(count(bare, "<h2"), 0u);

  RunReport training = full_report(3, 4, 8, 2);
  training.table = {};
  training.panels.clear();
  const std::string html = run_report_html(training, "");
  EXPECT_TRUE(well_formed(html));
  EXPECT_EQ(count(html, ">Calibration</h2>"), 0u);
  EXPECT_EQ(count(html, ">Neurons</h2>"), 1u);

  RunReport figures_only = full_report(3, 4, 8, 2);  // as metrics.json has them
  figures_only.table.rows_of_table = {row("vdn default", .1, 0, 0)};
  figures_only.table.rows_of_table[0].pit.fill(0);
  EXPECT_TRUE(well_formed(run_report_html(figures_only, "")));
}

TEST(RunReport, TakesFiguresThatAreNotNumbers) {
  RunReport r = full_report(3, 4, 8, 3);
  for (BacktestRow& row : r.table.rows_of_table) {
    row.scaled = row.original = {nan, nan, nan, nan, nan, nan, nan, 0, 0};
    row.scaled_by_step[1] = row.scaled_by_series[2] = row.scaled;
    row.scaled_by_series[0] = row.scaled_by_series[1] = row.scaled;
    row.pit.fill(0);
  }
  for (EpochReport& epoch : r.run.epochs) {
    epoch.validation_nll = epoch.train_loss = nan;
    epoch.neurons.info[2] = nan;
    epoch.neurons.sigma.assign(8, nan);
  }
  EXPECT_TRUE(well_formed(run_report_html(r, "")));
}

TEST(TellingSeries, AreBestWorstAndBetween) {
  BacktestTable table;
  EXPECT_EQ(telling_series(table, 3), (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_EQ(telling_series(table, 30, 4), (std::vector<std::size_t>{0, 1, 2, 3}));
  table.rows_of_table = {row("m", .1, 11, 2)};
  std::swap(table.rows_of_table[0].scaled_by_series[0], table.rows_of_table[0].scaled_by_series[10]);
  EXPECT_EQ(telling_series(table, 11, 3), (std::vector<std::size_t>{10, 5, 0}));
  table.rows_of_table[0].scaled_by_series[5].crps = nan;
  const auto chosen = telling_series(table, 11, 20);
  EXPECT_EQ(chosen.size(), 10u) << "a series without a score is not pictured";
}

}  // namespace
}  // namespace vdn
