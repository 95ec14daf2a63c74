#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <regex>
#include <string>

#include <vdn/core/error.hpp>
#include <vdn/report/line_chart.hpp>

#include "report/markup.hpp"

namespace vdn {
namespace {

using test::count;
using test::well_formed;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(LineChart, DrawsEveryLineInItsStyle) {
  LineChart chart{"t", "step", "CRPS", {{"a", {1, 2, 3}, {.1, .2, .3}}, {"b", {1, 2, 3}, {.3, .2, .1}, 5, true}}};
  const std::string svg = line_chart_svg(chart);
  EXPECT_TRUE(well_formed(svg));
  EXPECT_EQ(count(svg, "class=\"k0\""), 1u);
  EXPECT_EQ(count(svg, "class=\"k5\""), 1u);
  EXPECT_EQ(count(svg, "<circle"), 3u);
  EXPECT_EQ(count(svg, "<title>t</title>"), 1u);
  EXPECT_NE(svg.find("a: from 0.1 to 0.3."), std::string::npos);
}

TEST(LineChart, PlacesPointsByProportion) {
  // The line from (0, 0) to (10, 1) in ranges of just that: from one corner of the plot to the other.
  LineChart chart{"t", "x", "y", {{"a", {0, 10}, {0, 1}}}};
  chart.x_range = {0, 10};
  chart.y_range = {0, 1};
  const std::string svg = line_chart_svg(chart);
  std::smatch found;
  ASSERT_TRUE(std::regex_search(svg, found, std::regex("class=\"l\" d=\"M([0-9.]+) ([0-9.]+)l([0-9.]+)-([0-9.]+)\"")));
  EXPECT_NEAR(std::stod(found[4]), chart.height, 0.1);
  EXPECT_NEAR(std::stod(found[1]) + std::stod(found[3]), 480 - 14, 0.1) << "up to the right edge";
}

TEST(LineChart, BreaksWhereValuesAreMissing) {
  const LineChart chart{"t", "x", "y", {{"a", {1, 2, 3, 4, 5}, {1, 2, nan, 4, 1e308}, 0, true}, {"none", {1}, {nan}}}};
  const std::string svg = line_chart_svg(chart);
  EXPECT_TRUE(well_formed(svg));
  EXPECT_EQ(count(svg, "<circle"), 3u);
  EXPECT_EQ(count(svg, "class=\"l\""), 1u);
}

TEST(LineChart, HasNoTroubleWithNothingOrOnePoint) {
  for (const LineChart& chart :
       {LineChart{"t", "x", "y", {}}, LineChart{"t", "x", "y", {{"a", {}, {}}}},
        LineChart{"t", "x", "y", {{"a", {3}, {0}}}}, LineChart{"t", "x", "y", {{"a", {3, 4}, {7, 7}}}}}) {
    EXPECT_TRUE(well_formed(line_chart_svg(chart)));
  }
}

TEST(LineChart, ShowsReferencesAndEscapes) {
  LineChart chart{"<t>", "<x>", "<y>", {{"<a>", {0, 1}, {0, 1}}}};
  chart.diagonal = true;
  chart.mark_x = 0.5;
  chart.mark_label = "<best>";
  const std::string svg = line_chart_svg(chart);
  EXPECT_TRUE(well_formed(svg));
  EXPECT_EQ(count(svg, "class=\"r\""), 2u);
  EXPECT_EQ(count(svg, "&lt;best&gt;"), 1u);
  chart.mark_x = 7;
  EXPECT_EQ(count(line_chart_svg(chart), "class=\"r\""), 1u) << "a mark outside of the chart is left out";
}

TEST(LineChart, LabelsWholeNumbersOnlyWhenAsked) {
  LineChart chart{"t", "epoch", "y", {{"a", {1, 2}, {1000, 2000}}}};
  EXPECT_NE(line_chart_svg(chart).find(">1.2<"), std::string::npos);
  chart.whole_x = true;
  EXPECT_EQ(line_chart_svg(chart).find(">1.2<"), std::string::npos);
  EXPECT_NE(line_chart_svg(chart).find(">1<"), std::string::npos);
}

TEST(LineChart, RefusesLinesOfTwoLengths) {
  EXPECT_THROW(line_chart_svg({"t", "x", "y", {{"a", {1, 2}, {1}}}}), Error);
}

TEST(LineStyle, BeginsAgainAtTheOthers) {
  EXPECT_EQ(line_style(0), 0u);
  EXPECT_EQ(line_style(8), 8u);
  EXPECT_EQ(line_style(9), 4u);
  EXPECT_EQ(line_style(13), 8u);
  EXPECT_EQ(line_style(14), 4u);
}

}  // namespace
}  // namespace vdn
