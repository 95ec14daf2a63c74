#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include <vdn/report/sparkline.hpp>

#include "report/markup.hpp"

namespace vdn {
namespace {

using test::count;
using test::well_formed;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

TEST(Sparkline, GoesFromTheHighestValueToTheLowest) {
  // Two columns, 80 wide; 2 units of margin in 28: the high one at y = 2, the low one at y = 26.
  const std::string svg = sparkline_svg(std::vector<double>{5, -1}, "two");
  EXPECT_TRUE(well_formed(svg));
  EXPECT_EQ(count(svg, "d=\"M40 2l80 24\""), 1u) << svg;
}

TEST(Sparkline, IsBlankWhereAllIsMissing) {
  const std::string svg = sparkline_svg(std::vector<double>{1, 2, missing, 2, 1}, "");
  EXPECT_EQ(count(svg, "M"), 4u) << "band and line, in two parts each: " << svg;
  for (const std::vector<double>& nothing : {std::vector<double>{}, std::vector<double>(9, missing)}) {
    EXPECT_TRUE(well_formed(sparkline_svg(nothing, "x")));
    EXPECT_EQ(count(sparkline_svg(nothing, "x"), "d=\"\""), 2u);
  }
}

TEST(Sparkline, IsAsLongForAMillionValues) {
  std::vector<double> values(1'000'000);
  for (std::size_t t = 0; t < values.size(); ++t) values[t] = static_cast<double>(t % 977);
  EXPECT_LT(sparkline_svg(values, "long").size(), 4000u);
}

TEST(Sparkline, EscapesItsTitle) {
  EXPECT_EQ(count(sparkline_svg(std::vector<double>{1, 2}, "</title><script>"), "<script"), 0u);
}

}  // namespace
}  // namespace vdn
