// docs/metrics.md is true: the worked values it shows are what the program computes from the inputs it shows.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <vdn/evaluate/probts.hpp>
#include <vdn/kernels/latent.hpp>
#include <vdn/kernels/mixture.hpp>
#include <vdn/predictive/metrics.hpp>
#include <vdn/train/validation.hpp>

#include "support/support.hpp"

namespace vdn {
namespace {

using Block = std::map<std::string, std::vector<double>>;

/// The lines "name = numbers  # how" of the block behind "<!-- metrics-test: NAME -->"; "missing" is NaN.
Block block(const std::string& name) {
  static const std::string page = [] {
    std::ifstream file(test::source_folder() / "docs/metrics.md");
    return std::string(std::istreambuf_iterator<char>(file), {});
  }();
  const auto mark = page.find("<!-- metrics-test: " + name + " -->");
  EXPECT_NE(mark, std::string::npos) << name;
  const auto begin = page.find('\n', page.find("```", mark)) + 1;
  std::istringstream lines(page.substr(begin, page.find("```", begin) - begin));
  Block values;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string key, equals, word;
    words >> key >> equals;
    EXPECT_EQ(equals, "=") << line;
    while (words >> word) values[key].push_back(word == "missing" ? NAN : std::stod(word));
  }
  return values;
}

/// Compares the figures of a block that `computed` has with it, to the digits a page shows; every other line of the
/// block must be one of `inputs`.
void expect_figures(const Block& shown, const std::map<std::string, double>& computed,
                    const std::vector<std::string>& inputs) {
  for (const auto& [name, values] : shown) {
    if (std::find(inputs.begin(), inputs.end(), name) != inputs.end()) continue;
    ASSERT_TRUE(computed.count(name)) << "the page shows " << name << ", which nothing computes";
    ASSERT_EQ(values.size(), 1u) << name;
    EXPECT_NEAR(computed.at(name), values[0], 6e-6 * std::max(1.0, std::abs(values[0]))) << name;
  }
}

std::map<std::string, double> named(const Metrics& m) {
  return {{"mse", m.mse},
          {"mae", m.mae},
          {"nll", m.nll},
          {"crps", m.crps},
          {"coverage_80", m.coverage_80},
          {"coverage_90", m.coverage_90},
          {"pinball", m.pinball},
          {"windows", static_cast<double>(m.windows)},
          {"points", static_cast<double>(m.points)}};
}

std::vector<float> floats(const std::vector<double>& values) {
  std::vector<float> copy;
  for (const double value : values) copy.push_back(static_cast<float>(value));
  return copy;
}

/// Adds a window of the page's forecast (one Gaussian a step) to the accumulator.
void add_window(MetricAccumulator& metrics, const Block& forecast, const std::vector<double>& y) {
  const std::size_t steps = y.size();
  const std::vector<float> target = floats(y), mean = floats(forecast.at("mean")), scale = floats(forecast.at("scale"));
  std::vector<std::uint8_t> observed;
  for (const double value : y) observed.push_back(std::isnan(value) ? 0 : 1);
  const float weight = 0;
  const std::size_t series = 0;
  metrics.add({&series, 1}, {{target.data(), 1, steps},
                             {observed.data(), 1, steps},
                             {mean.data(), 1, steps},
                             {scale.data(), 1, steps},
                             {&weight, 1, 1},
                             1});
}

TEST(MetricsPage, FiguresOfPoints) {
  const Block points = block("points"), original = block("original"), weights = block("weights");
  MetricAccumulator metrics(2, original.at("deviation"));
  add_window(metrics, points, points.at("y"));
  expect_figures(points, named(metrics.scaled()), {"y", "mean", "scale"});
  expect_figures(original, named(metrics.original()), {"deviation"});
  add_window(metrics, points, weights.at("y"));
  expect_figures(weights, named(metrics.scaled()), {"y"});
}

TEST(MetricsPage, QuantilesOfPaths) {
  const Block shown = block("paths");
  std::vector<float> paths = floats(shown.at("paths"));
  const ProbtsQuantiles quantiles = sample_quantiles(paths);
  const double y = shown.at("y")[0];
  expect_figures(shown,
                 {{"q_05", quantiles[0]},
                  {"crps", quantile_loss(quantiles, y) / std::abs(y)},
                  {"nmae", std::abs(y - quantiles[9]) / std::abs(y)}},
                 {"paths", "y"});
}

/// Says what it was told to, nearly without spread.
class Points : public ForecastModel {
 public:
  explicit Points(std::map<std::uint32_t, std::vector<double>> by_origin) : by_origin_(std::move(by_origin)) {}
  std::string name() const override { return "points"; }
  std::size_t horizon() const override { return 1; }
  std::size_t context_rows() const override { return 0; }
  void forecast(ConstMatrix<float>, std::span<const Window> windows, ForecastBatch& out, Scheduler&) override {
    out.resize(windows.size(), 1, 1, 1);
    for (std::size_t b = 0; b < windows.size(); ++b) {
      out.mean()(b, 0) = static_cast<float>(by_origin_.at(windows[b].origin)[windows[b].series]);
      out.scale()(b, 0) = 1e-8f;
      out.log_weight()(b, 0) = 0;
    }
  }

 private:
  std::map<std::uint32_t, std::vector<double>> by_origin_;
};

TEST(MetricsPage, RatiosOfWindows) {
  const Block shown = block("ratios");
  const auto &first = shown.at("first"), &second = shown.at("second");
  const std::vector<double> values{first[0], second[0], first[1], second[1]};  // [D][T]
  const std::vector<float> scaled = floats(values);
  Points model({{0, shown.at("forecast")}, {1, shown.at("forecast2")}});
  Scheduler scheduler(1);
  const ProbtsScore score = score_probts(model, {scaled.data(), 2, 2}, {values.data(), 2, 2}, {{0, 0}, {1, 1}, {}},
                                         windows_by_origin(Windows(0, 1, 2)), scheduler);
  expect_figures(shown, {{"crps", score.crps}, {"nmae", score.nmae}, {"windows", static_cast<double>(score.windows)}},
                 {"first", "forecast", "second", "forecast2"});
}

TEST(MetricsPage, EnergyScore) {
  const Block shown = block("energy");
  std::vector<double> paths = shown.at("path1");
  paths.insert(paths.end(), shown.at("path2").begin(), shown.at("path2").end());
  const std::vector<std::uint8_t> observed(2, 1);
  // The CRPS of a sum is the energy score of one number; score_paths is held against brute force in sample_test.cpp.
  const std::vector<double> sums{paths[0] + paths[1], paths[2] + paths[3]}, came{shown.at("y")[0] + shown.at("y")[1]};
  const std::vector<std::uint8_t> one(1, 1);
  expect_figures(shown,
                 {{"energy", kernels::energy_score<double>(shown.at("y"), observed, {paths.data(), 2, 2})},
                  {"sum_crps", kernels::energy_score<double>(came, one, {sums.data(), 2, 1})}},
                 {"path1", "path2", "y"});
}

TEST(MetricsPage, RegimeOfANeuron) {
  const Block shown = block("neuron");
  const auto &mu = shown.at("mu"), &sigma = shown.at("sigma");
  const std::size_t rows = mu.size();
  std::vector<double> kl(rows);
  kernels::gaussian_kl_forward<double>({mu.data(), rows, 1}, {sigma.data(), rows, 1}, 1, {kl.data(), rows, 1});
  const auto mean_of = [&](auto&& value) {
    double sum = 0;
    for (std::size_t b = 0; b < rows; ++b) sum += value(b) / static_cast<double>(rows);
    return sum;
  };
  const double mean = mean_of([&](std::size_t b) { return mu[b]; });
  const double mu2 = mean_of([&](std::size_t b) { return mu[b] * mu[b]; });
  const double info =
      neuron_information(mu2 - mean * mean, mean_of([&](std::size_t b) { return sigma[b] * sigma[b]; }));
  expect_figures(shown,
                 {{"mu2", mu2},
                  {"kl", mean_of([&](std::size_t b) { return kl[b]; })},
                  {"info", info},
                  {"alive", info > alive_information ? 1.0 : 0.0}},
                 {"mu", "sigma"});
}

}  // namespace
}  // namespace vdn
