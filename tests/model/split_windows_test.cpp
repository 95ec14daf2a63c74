#include <vdn/model/split_windows.hpp>

#include <gtest/gtest.h>

#include <map>
#include <set>

#include <vdn/model/forecaster.hpp>

#include "support/small_data.hpp"

namespace vdn {
namespace {

using test::small_data;
using test::small_settings;

TEST(SplitWindows, AreThePartsOfTheBorders) {
  const LoadedData data = small_data(400);
  const Settings settings = small_settings();
  const WindowShape shape = window_shape(settings);
  const Borders borders = auto_borders(400);
  const auto count = [&](Split split, Part part) {
    return split_windows(data.series, settings, split, borders, part, shape).count();
  };
  for (const Split split : {Split::automatic, Split::ltsf, Split::probts}) {
    EXPECT_EQ(count(split, Part::training), 2u * (280 - 24 - 4 + 1));
    EXPECT_EQ(count(split, Part::validation), 2u * (40 - 4 + 1));
    EXPECT_EQ(count(split, Part::test), 2u * (80 - 4 + 1));
  }
}

TEST(SplitWindows, OfValidationAreCutInTimeWhereTheyCalibrate) {
  LoadedData data = small_data(400);
  Settings settings = small_settings();
  const WindowShape shape = window_shape(settings);
  const Borders borders = auto_borders(400);  // validation 280 to 320
  const auto origins = [&](Split split, Part part) {
    const Windows windows = split_windows(data.series, settings, split, borders, part, shape);
    return Range{windows.first_origin(), windows.last_origin()};
  };
  EXPECT_EQ(origins(Split::automatic, Part::selection).end, 316u) << "nothing calibrates";
  settings.calibration = CalibrationMode::split;
  EXPECT_EQ(origins(Split::automatic, Part::selection).begin, 280u);
  EXPECT_EQ(origins(Split::automatic, Part::selection).end, 294u);
  EXPECT_EQ(origins(Split::automatic, Part::calibration).begin, 302u);
  EXPECT_EQ(origins(Split::automatic, Part::calibration).end, 316u);
  // A series that ends early leaves the others' windows; when none is left, all of validation serves.
  data.series.extent = {{0, 300}, {0, 300}};
  EXPECT_EQ(origins(Split::automatic, Part::calibration).begin, 280u);
}

struct Source {
  explicit Source(std::size_t rows, std::uint64_t seed = 7) : data(small_data(rows)) {
    settings.seed = seed;
    borders = source_borders("", rows, settings.lookback, settings.horizon, settings.stride_ar);
  }
  Windows windows(Part part, WindowShape shape) const {
    return split_windows(data.series, settings, Split::source, borders, part, shape);
  }
  Windows windows(Part part) const { return windows(part, window_shape(settings)); }
  LoadedData data;
  Settings settings = small_settings();
  Borders borders;
};

TEST(SplitWindows, OfSourceAreDrawnFromItsOrigins) {
  const Source source(3000);  // n = 3000 - 4 - 28 = 2968: 2077 train, 297 validate, 594 test
  const std::map<Part, Range> origins{
      {Part::training, {28, 28 + 2077}}, {Part::validation, {28 + 2077, 28 + 2374}}, {Part::test, {28 + 2374, 2996}}};
  for (const auto& [part, range] : origins) {
    const Windows windows = source.windows(part);
    EXPECT_EQ(windows.count(), 2 * (part == Part::training ? 400u : 200u));
    std::set<std::uint32_t> first_series;
    for (std::size_t i = 0; i < windows.count(); ++i) {
      EXPECT_GE(windows[i].origin, range.begin);
      EXPECT_LT(windows[i].origin, range.end);
      if (windows[i].series == 0) first_series.insert(windows[i].origin);
    }
    EXPECT_EQ(first_series.size(), windows.count() / 2) << "each once";
  }
}

TEST(SplitWindows, OfSourceAreAllWhereThereAreFew) {
  const Source source(400);  // n = 368: 257, 37 and 74
  EXPECT_EQ(source.windows(Part::training).count(), 2 * 257u);
  EXPECT_EQ(source.windows(Part::validation).count(), 2 * 37u);
  EXPECT_EQ(source.windows(Part::test).count(), 2 * 74u);
  EXPECT_EQ(source.windows(Part::test)[0].origin, source.borders.val_end);
  EXPECT_EQ(source.windows(Part::test).last_origin(), 395u) << "the last row is never a target";
}

bool same(const Windows& a, const Windows& b) {
  if (a.count() != b.count()) return false;
  for (std::size_t i = 0; i < a.count(); ++i) {
    if (a[i].series != b[i].series || a[i].origin != b[i].origin) return false;
  }
  return true;
}

TEST(SplitWindows, OfSourceAreTheSameForEveryReaderAndOtherForAnotherSeed) {
  const Source source(3000);
  WindowShape wide = window_shape(source.settings);
  wide.lookback = 144;
  wide.extra = 0;
  EXPECT_TRUE(same(source.windows(Part::training), source.windows(Part::training, wide)));
  EXPECT_TRUE(same(source.windows(Part::selection), source.windows(Part::validation)));
  EXPECT_TRUE(same(source.windows(Part::calibration), source.windows(Part::validation)));
  EXPECT_FALSE(same(source.windows(Part::training), Source(3000, 8).windows(Part::training)));
}

}  // namespace
}  // namespace vdn
