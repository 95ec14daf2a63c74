#include "vdn/data/scaling.hpp"

#include "data/table_support.hpp"

namespace vdn::test {
namespace {

TEST(Scaling, MeanAndPopulationDeviation) {
  const SeriesSet set = make_set({{1, 2, 3, 4, 100}, {-5, not_a_number, 5, not_a_number, 0}});
  const Scaler scaler = fit_scaler(set, {0, 4});
  EXPECT_DOUBLE_EQ(scaler.mean[0], 2.5);
  EXPECT_DOUBLE_EQ(scaler.deviation[0], std::sqrt(1.25));
  EXPECT_DOUBLE_EQ(scaler.mean[1], 0);
  EXPECT_DOUBLE_EQ(scaler.deviation[1], 5);
  EXPECT_TRUE(scaler.constant.empty());
  const auto scaled = scale_series(set, scaler);
  EXPECT_FLOAT_EQ(scaled[0], static_cast<float>(-1.5 / std::sqrt(1.25)));
  EXPECT_FLOAT_EQ(scaled[5], -1);
  EXPECT_TRUE(std::isnan(scaled[6]));
  EXPECT_DOUBLE_EQ(scaler.to_original(0, scaler.to_scaled(0, 100)), 100);
}

TEST(Scaling, LaterRowsChangeNothing) {
  SeriesSet set = make_set({{1, 5, 2, 8, 4, 4, 4}});
  const Scaler before = fit_scaler(set, {0, 4});
  set.values[4] = 1e9;
  set.values[5] = not_a_number;
  const Scaler after = fit_scaler(set, {0, 4});
  EXPECT_EQ(before.mean, after.mean);
  EXPECT_EQ(before.deviation, after.deviation);
}

TEST(Scaling, ConstantSeries) {
  const SeriesSet set = make_set({{0.1, 0.1, 0.1, 3}, {1, 2, 3, 4}, {7, not_a_number, 7, 7}, {1e-200, 2e-200, 0, 0}});
  const Scaler scaler = fit_scaler(set, {0, 3});
  EXPECT_EQ(scaler.constant, (std::vector<std::size_t>{0, 2, 3}));
  EXPECT_EQ(scaler.deviation[0], 1);
  EXPECT_EQ(scaler.mean[0], 0.1);
  EXPECT_FLOAT_EQ(scale_series(set, scaler)[3], 2.9f);
}

TEST(Scaling, NothingObserved) {
  const SeriesSet set = make_set({{1, 2, 3}, {not_a_number, not_a_number, 3}});
  expect_error(ErrorKind::data, {"made, series 'b'", "no observed value", "rows 1 to 2"}, [&] {
    fit_scaler(set, {0, 2});
  });
  EXPECT_NO_THROW(fit_scaler(set, {0, 3}));
}

TEST(Scaling, OutOfRange) {
  const SeriesSet set = make_set({{1e300, -1e300, 0, 1}});
  expect_error(ErrorKind::data, {"series 'a'", "too large"}, [&] { fit_scaler(set, {0, 2}); });
  const SeriesSet far = make_set({{1, 2, 1e300, 1}});
  expect_error(ErrorKind::data, {"series 'a'", "1970-01-01 02:00:00", "too far"}, [&] {
    scale_series(far, fit_scaler(far, {0, 2}));
  });
  expect_error(ErrorKind::software, {"fit_scaler"}, [&] { fit_scaler(set, {0, 5}); });
  expect_error(ErrorKind::software, {"scale_series"}, [&] { scale_series(set, Scaler{}); });
}

}  // namespace
}  // namespace vdn::test
