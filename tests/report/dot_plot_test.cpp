#include <gtest/gtest.h>

#include <limits>
#include <string>

#include <vdn/core/error.hpp>
#include <vdn/report/dot_plot.hpp>

#include "report/markup.hpp"

namespace vdn {
namespace {

using test::count;
using test::well_formed;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(DotPlot, HasAMarkForEveryValue) {
  DotPlot plot{"t", "CRPS", {"a", "b", "c"}, {{"model", {1, 2, 3}}, {"twin", {2, nan, 9}, 1}}, 5.0};
  const std::string svg = dot_plot_svg(plot);
  EXPECT_TRUE(well_formed(svg));
  EXPECT_EQ(count(svg, "class=\"d k0\""), 3u);
  EXPECT_EQ(count(svg, "class=\"d k1\""), 2u) << "none where there is no value, an arrow beyond the edge";
  EXPECT_EQ(count(svg, "l7 4.5l-7 4.5z"), 1u);
  EXPECT_EQ(count(svg, "<title>b, model: 2, twin: -</title>"), 1u);
}

TEST(DotPlot, EscapesAndCutsNames) {
  std::string name = "<script>\"'&";
  for (int i = 0; i < 100; ++i) name += "\xc3\xa9";
  const std::string svg = dot_plot_svg({name, name, {name}, {{name, {1}}}, {}});
  EXPECT_TRUE(well_formed(svg));
  EXPECT_EQ(count(svg, "<script"), 0u);
  EXPECT_EQ(count(svg, "\xe2\x80\xa6</text>"), 2u) << "the row's name and the axis";
}

TEST(DotPlot, MarksOfDifferentStylesHaveDifferentShapes) {
  const std::string svg =
      dot_plot_svg({"t", "x", {"a"}, {{"0", {1}, 0}, {"1", {1}, 1}, {"2", {1}, 2}, {"3", {1}, 3}}, {}});
  EXPECT_EQ(count(svg, "<circle"), 1u);
  EXPECT_EQ(count(svg, "h8v8h-8z"), 1u);
  EXPECT_EQ(count(svg, "l5.5 5.5l-5.5 5.5l-5.5 -5.5z"), 1u);
  EXPECT_EQ(count(svg, "l5 9h-10z"), 1u);
}

TEST(DotPlot, TakesNoRowsAndRefusesUnevenSets) {
  EXPECT_TRUE(well_formed(dot_plot_svg({"t", "x", {}, {}, {}})));
  EXPECT_TRUE(well_formed(dot_plot_svg({"t", "x", {"a"}, {{"m", {0}}}, {}})));
  EXPECT_THROW(dot_plot_svg({"t", "x", {"a"}, {{"m", {}}}, {}}), Error);
}

}  // namespace
}  // namespace vdn
