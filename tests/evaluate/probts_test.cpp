#include <vdn/evaluate/probts.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <vdn/core/error.hpp>
#include <vdn/data/named.hpp>
#include <vdn/data/splits.hpp>
#include <vdn/evaluate/sample_steps.hpp>

namespace vdn {
namespace {

TEST(ProbtsWindows, AreThoseOfThePublishedTables) {
  struct {
    const char* name;
    std::size_t count[4];  // H = 96, 192, 336, 720
  } const published[] = {{"etth1", {29, 28, 27, 23}},   {"etth2", {29, 28, 27, 23}}, {"weather", {109, 108, 107, 103}},
                         {"exchange", {15, 14, 13, 9}}, {"ecl", {54, 53, 52, 48}},   {"traffic", {36, 35, 34, 30}}};
  constexpr std::size_t horizons[4] = {96, 192, 336, 720};
  for (const auto& set : published) {
    const Borders borders = ltsf_borders(set.name, find_named(set.name)->rows);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(probts_windows(borders.test().size(), horizons[i]), set.count[i]) << set.name << " H=" << horizons[i];
      EXPECT_LE(borders.val_end + 96 * (set.count[i] - 1) + horizons[i], borders.test_end) << set.name;
    }
  }
  EXPECT_EQ(probts_windows(96, 96), 0u);
  EXPECT_EQ(probts_windows(97, 96), 1u);
  EXPECT_EQ(probts_windows(50, 96), 0u);
}

constexpr std::size_t series_count = 2, rows = 40, horizon = 3, lookback = 4;

/// Two components whose places depend on the window alone.
class KnownForecast : public ForecastModel {
 public:
  std::string name() const override { return "known"; }
  std::size_t horizon() const override { return vdn::horizon; }
  std::size_t context_rows() const override { return lookback; }
  void forecast(ConstMatrix<float>, std::span<const Window> windows, ForecastBatch& out, Scheduler&) override {
    out.resize(windows.size(), 1, 2, horizon());
    for (std::size_t b = 0; b < windows.size(); ++b) {
      for (std::size_t j = 0; j < 2; ++j) {
        out.log_weight()(b, j) = std::log(j == 0 ? .3f : .7f);
        for (std::size_t h = 0; h < horizon(); ++h) {
          out.mean()(2 * b + j, h) = .1f * static_cast<float>(windows[b].origin % 5) + static_cast<float>(j);
          out.scale()(2 * b + j, h) = narrow ? 1e-4f : .5f + .2f * static_cast<float>(h);
        }
      }
    }
  }
  bool narrow = false;
};

struct Ground {
  std::vector<double> values = std::vector<double>(series_count * rows);
  std::vector<float> scaled = std::vector<float>(series_count * rows);
  Scaler scaler{{10, -3}, {2, .5}, {}};
  std::vector<Window> windows{{0, 10}, {1, 10}, {0, 20}, {1, 20}};

  Ground() {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = 10 * std::sin(static_cast<double>(i)) + 1;
  }
  ConstMatrix<double> matrix() const { return {values.data(), series_count, rows}; }
  ProbtsScore score(KnownForecast model = {}, std::size_t threads = 2, const ProbtsOptions& options = {}) const {
    Scheduler scheduler(threads);
    return score_probts(model, {scaled.data(), series_count, rows}, matrix(), scaler, windows, scheduler, options);
  }
};

/// Quantile of ascending values by linear interpolation, written as numpy documents it.
double linear_quantile(const std::vector<double>& sorted, double level) {
  const double position = level * static_cast<double>(sorted.size() - 1), whole = std::floor(position);
  const auto i = static_cast<std::size_t>(whole);
  if (i + 1 == sorted.size()) return sorted[i];
  return sorted[i] * (1 - (position - whole)) + sorted[i + 1] * (position - whole);
}

TEST(Probts, IsTheDefinitionWrittenOut) {
  Ground ground;
  ground.values[21] = std::numeric_limits<double>::quiet_NaN();  // series 0, second target of origin 20
  const ProbtsScore score = ground.score({}, 2, {.paths = 100, .seed = 9});

  KnownForecast model;
  Scheduler scheduler(1);
  ForecastBatch forecast;
  model.forecast({}, ground.windows, forecast, scheduler);
  double crps = 0, nmae = 0;
  for (std::size_t w = 0; w < 2; ++w) {  // a window is both series at one origin
    double loss = 0, error = 0, absolute = 0;
    for (std::size_t b : {2 * w, 2 * w + 1}) {
      const Window window = ground.windows[b];
      std::vector<float> drawn(horizon * 100);
      sample_steps({{}, {}, forecast.mean(), forecast.scale(), forecast.log_weight(), 1}, b,
                   {.stream = stream_key(9, Purpose::paths), .series = window.series, .origin = window.origin},
                   {drawn.data(), horizon, 100});
      for (std::size_t h = 0; h < horizon; ++h) {
        const double y = ground.matrix()(window.series, window.origin + h);
        if (std::isnan(y)) continue;
        std::vector<double> sorted;
        for (std::size_t p = 0; p < 100; ++p) {
          sorted.push_back(ground.scaler.to_original(window.series, drawn[h * 100 + p]));
        }
        std::sort(sorted.begin(), sorted.end());
        for (int percent = 5; percent < 100; percent += 5) {
          const double level = percent / 100.0, q = linear_quantile(sorted, level);
          // twice the pinball loss
          loss += 2 * (y >= q ? level * (y - q) : (1 - level) * (q - y)) / 19;
        }
        error += std::abs(y - linear_quantile(sorted, .5));
        absolute += std::abs(y);
      }
    }
    crps += loss / absolute / 2;
    nmae += error / absolute / 2;
  }
  EXPECT_EQ(score.windows, 2u);
  EXPECT_EQ(score.points, 11u);
  EXPECT_NEAR(score.crps, crps, 1e-9);
  EXPECT_NEAR(score.nmae, nmae, 1e-9);
}

TEST(Probts, TakesPathsFromElsewhere) {
  // Paths 0 ... 4 in every step; y = 3: the example of docs/metrics.md, less 1.
  Ground ground;
  for (double& value : ground.values) value = 3;
  ground.scaler = {{0, 0}, {1, 1}, {}};
  ground.windows = {{0, 10}, {1, 10}, {0, 20}};
  ProbtsOptions options{.paths = 5, .batch = 2};
  options.source = [](std::span<const Window> windows, Matrix<float> paths) {
    ASSERT_EQ(paths.rows, windows.size() * 5);
    for (std::size_t r = 0; r < paths.rows; ++r) {
      for (std::size_t h = 0; h < paths.cols; ++h) paths(r, h) = static_cast<float>(r % 5);
    }
  };
  const ProbtsScore score = ground.score({}, 2, options);
  EXPECT_NEAR(score.crps, 11.6 / 19 / 3, 1e-6);
  EXPECT_NEAR(score.nmae, 1.0 / 3, 1e-6);
}

TEST(Probts, ManyPathsGiveTheExactFigures) {
  const ProbtsScore score = Ground().score({}, 2, {.paths = 20000});
  EXPECT_NEAR(score.crps, score.crps_exact, 2e-3 * score.crps_exact);
  EXPECT_NEAR(score.nmae, score.nmae_exact, 2e-3 * score.nmae_exact);
}

TEST(Probts, OfAPointForecastIsTheError) {
  KnownForecast model;
  model.narrow = true;
  Ground ground;
  for (double& value : ground.values) value = 50;  // far from both components, which are close together
  ground.scaler = {{0, 0}, {1, 1}, {}};
  const ProbtsScore score = ground.score(model);
  EXPECT_NEAR(score.nmae_exact, .98, .01);
  // Levels below .3 lie on the lower component: 2 (1 - place/50) averaged with weights 2 level, which sum to 19.
  EXPECT_NEAR(score.crps_exact, score.nmae_exact, .01);
}

TEST(Probts, LeavesOutWhatHasNoRatio) {
  Ground ground;
  for (std::size_t h = 0; h < horizon; ++h) {
    ground.values[10 + h] = 0;
    ground.values[rows + 10 + h] = std::numeric_limits<double>::quiet_NaN();
  }
  const ProbtsScore score = ground.score();
  EXPECT_EQ(score.windows, 1u);
  EXPECT_EQ(score.points, 9u);
  EXPECT_TRUE(std::isfinite(score.crps));
  for (double& value : ground.values) value = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(std::isnan(ground.score().crps));
}

TEST(Probts, HasTheSameBitsForAnyThreadsAndBatch) {
  const Ground ground;
  const ProbtsScore expected = ground.score({}, 1);
  for (const std::size_t threads : {2u, 3u}) {
    for (const std::size_t batch : {1u, 3u, 256u}) {
      const ProbtsScore score = ground.score({}, threads, {.batch = batch});
      EXPECT_EQ(score.crps, expected.crps);
      EXPECT_EQ(score.nmae, expected.nmae);
      EXPECT_EQ(score.crps_exact, expected.crps_exact);
      EXPECT_EQ(score.nmae_exact, expected.nmae_exact);
    }
  }
  EXPECT_NE(ground.score({}, 1, {.seed = 1}).crps, expected.crps);
}

TEST(Probts, SaysWhatIsWrong) {
  Ground ground;
  EXPECT_THROW(ground.score({}, 1, {.paths = 1}), Error);
  EXPECT_THROW(ground.score({}, 1, {.batch = 0}), Error);
  ground.windows = {{2, 10}};
  EXPECT_THROW(ground.score(), Error);
  ground.windows = {{0, 3}};
  EXPECT_THROW(ground.score(), Error);
  ground.windows = {{0, 38}};
  EXPECT_THROW(ground.score(), Error);
}

}  // namespace
}  // namespace vdn
