// Dependence across series, against series made with a known one.

#include <vdn/predictive/series_dependence.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <vector>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

constexpr std::size_t horizon = 6;

struct Place {
  std::uint32_t series, origin;
};

/// Windows of a standard normal forecast whose targets share their level: corr of series d and e is share_d share_e.
struct Record {
  Record(const std::vector<double>& shares, std::size_t origins) : series(shares.size()) {
    std::mt19937 random(3);
    std::normal_distribution<double> normal;
    for (std::size_t o = 0; o < origins; ++o) {
      const double common = normal(random);
      for (std::size_t d = 0; d < series; ++d) {
        const double level = shares[d] * common + std::sqrt(1 - shares[d] * shares[d]) * normal(random);
        windows.push_back({static_cast<std::uint32_t>(d), static_cast<std::uint32_t>(o)});
        for (std::size_t h = 0; h < horizon; ++h) target.push_back(static_cast<float>(level));
      }
    }
    const std::size_t B = windows.size();
    observed.assign(B * horizon, 1);
    mean.assign(B * horizon, 0.0f);
    scale.assign(B * horizon, 1.0f);
    weight.assign(B, 0.0f);
  }
  kernels::MixtureBatch<float> batch() const {
    const std::size_t B = windows.size();
    return {{target.data(), B, horizon}, {observed.data(), B, horizon}, {mean.data(), B, horizon},
            {scale.data(), B, horizon},  {weight.data(), B, 1},         1};
  }
  SeriesDependence fit(double independent) const {
    SeriesDependenceFit all(series);
    all.add(batch(), [&](std::size_t b) { return windows[b]; });
    return all.finish(independent);
  }
  std::size_t series;
  std::vector<Place> windows;
  std::vector<float> target, mean, scale, weight;
  std::vector<std::uint8_t> observed;
};

double correlation(const SeriesDependence& s, std::size_t series, std::size_t d, std::size_t e) {
  double sum = 0;
  for (std::size_t k = 0; k < series; ++k) sum += double{s.factor[d * series + k]} * double{s.factor[e * series + k]};
  return sum;
}

TEST(SeriesDependence, IsThatOfTheLevels) {
  const Record record({.9, -.8, .5}, 20000);
  const SeriesDependence found = record.fit(20000);
  EXPECT_NEAR(correlation(found, 3, 0, 1), -.72, .03);
  EXPECT_NEAR(correlation(found, 3, 0, 2), .45, .04);
  EXPECT_NEAR(correlation(found, 3, 1, 2), -.40, .04);
  for (std::size_t d = 0; d < 3; ++d) EXPECT_NEAR(correlation(found, 3, d, d), 1, 1e-6);
}

TEST(SeriesDependence, IsDrawnToNothingWhereWindowsAreFew) {
  const Record record({.3, .3, .3}, 40);
  const double wide = std::abs(correlation(record.fit(1e9), 3, 0, 1)), narrow = correlation(record.fit(4), 3, 0, 1);
  EXPECT_LE(std::abs(narrow), wide);
  EXPECT_NEAR(correlation(record.fit(1), 3, 0, 1), 0, 1e-6);
  EXPECT_THROW(record.fit(0), Error);
}

TEST(SeriesDependence, NothingOfASingleSeriesAndOfSeriesNeverSeenTogether) {
  EXPECT_TRUE(Record({.5}, 10).fit(10).empty());
  Record apart({.5, .5}, 10);
  for (Place& w : apart.windows) w.origin = 2 * w.origin + w.series;
  EXPECT_TRUE(apart.fit(10).empty());
}

TEST(SeriesDependence, NothingOfAPairSeenTogetherSeldom) {
  Record record({.99, .99, .99}, 40);
  for (Place& w : record.windows) w.origin += w.series == 2 && w.origin >= 7 ? 1000 : 0;
  const SeriesDependence found = record.fit(40);
  EXPECT_GT(correlation(found, 3, 0, 1), .9);
  EXPECT_NEAR(correlation(found, 3, 0, 2), 0, 1e-6) << "seven origins in common";
}

TEST(SeriesDependence, MergesAsIfSeenAtOnce) {
  const Record record({.9, .9}, 50);
  SeriesDependenceFit first(2), second(2);
  const auto half = [&](Range rows) {
    auto b = record.batch();
    return kernels::MixtureBatch<float>{b.target.slice(rows), b.observed.slice(rows),   b.mean.slice(rows),
                                        b.scale.slice(rows),  b.log_weight.slice(rows), 1};
  };
  first.add(half({0, 51}), [&](std::size_t b) { return record.windows[b]; });
  second.add(half({51, 100}), [&](std::size_t b) { return record.windows[51 + b]; });
  first.merge(second);
  EXPECT_EQ(first.finish(50), record.fit(50));
}

struct Paths {
  explicit Paths(std::size_t series, std::size_t count) : P(count), values(series * count * horizon) {
    std::mt19937 random(9);
    std::normal_distribution<float> normal;
    for (std::size_t r = 0; r < series * P; ++r) {
      const float level = normal(random);
      for (std::size_t h = 0; h < horizon; ++h) values[r * horizon + h] = level + .3f * normal(random);
    }
  }
  Matrix<float> matrix() { return {values.data(), values.size() / horizon, horizon}; }
  double level(std::size_t g, std::size_t n) const {
    double sum = 0;
    for (std::size_t h = 0; h < horizon; ++h) sum += double{values[(g * P + n) * horizon + h]};
    return sum;
  }
  double correlation(std::size_t g, std::size_t f) const {
    double a = 0, b = 0, ab = 0, aa = 0, bb = 0;
    const auto n = static_cast<double>(P);
    for (std::size_t i = 0; i < P; ++i) {
      a += level(g, i), b += level(f, i), ab += level(g, i) * level(f, i);
      aa += level(g, i) * level(g, i), bb += level(f, i) * level(f, i);
    }
    return (ab / n - a / n * b / n) / std::sqrt((aa / n - a / n * a / n) * (bb / n - b / n * b / n));
  }
  std::multiset<std::vector<float>> of(std::size_t g) const {
    std::multiset<std::vector<float>> set;
    for (std::size_t n = 0; n < P; ++n) {
      const auto at = values.begin() + static_cast<std::ptrdiff_t>((g * P + n) * horizon);
      set.insert(std::vector<float>(at, at + horizon));
    }
    return set;
  }
  std::size_t P;
  std::vector<float> values;
};

TEST(PairPaths, BringsTheCorrelationAndKeepsThePathsOfEverySeries) {
  const SeriesDependence dependence = Record({.9, -.8, .5}, 20000).fit(20000);
  Paths paths(3, 2000), before = paths;
  const std::vector<std::uint32_t> series{0, 1, 2};
  pair_paths(dependence, stream_key(1, Purpose::paths, 2), 77, series, paths.matrix());
  EXPECT_NEAR(before.correlation(0, 1), 0, .06);
  EXPECT_NEAR(paths.correlation(0, 1), -.72, .04);
  EXPECT_NEAR(paths.correlation(0, 2), .45, .05);
  for (std::size_t g = 0; g < 3; ++g) EXPECT_EQ(paths.of(g), before.of(g));
  Paths again = before;
  pair_paths(dependence, stream_key(1, Purpose::paths, 2), 77, series, again.matrix());
  EXPECT_EQ(again.values, paths.values);
  pair_paths(dependence, stream_key(1, Purpose::paths, 2), 78, series, again.matrix());
  EXPECT_NE(again.values, paths.values) << "another origin, other futures";
}

TEST(PairPaths, OfSomeSeriesHaveTheirCorrelation) {
  const SeriesDependence dependence = Record({.9, -.8, .5}, 20000).fit(20000);
  Paths paths(2, 2000);
  pair_paths(dependence, stream_key(1, Purpose::paths, 2), 5, std::vector<std::uint32_t>{2, 0}, paths.matrix());
  EXPECT_NEAR(paths.correlation(0, 1), .45, .05);
}

TEST(PairPaths, LeavesPathsAloneWithoutADependenceOrAnotherSeries) {
  Paths paths(2, 20), before = paths;
  pair_paths({}, stream_key(1, Purpose::paths, 2), 5, std::vector<std::uint32_t>{0, 1}, paths.matrix());
  EXPECT_EQ(paths.values, before.values);
  pair_paths(Record({.9, .9}, 100).fit(100), stream_key(1, Purpose::paths, 2), 5, std::vector<std::uint32_t>{1},
             paths.matrix());
  EXPECT_EQ(paths.values, before.values);
}

}  // namespace
}  // namespace vdn
