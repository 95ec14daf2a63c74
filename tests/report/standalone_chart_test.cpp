#include <gtest/gtest.h>

#include <vdn/report/line_chart.hpp>

namespace vdn {
namespace {

TEST(StandaloneChart, HoldsItsColoursTitleAndLegend) {
  LineChart chart{.title = "A <title>", .x_label = "x", .y_label = "y"};
  chart.lines.push_back({"first & best", {1, 2, 3}, {1, 4, 2}, 0});
  chart.lines.push_back({"second", {1, 2, 3}, {2, 3, 1}, 4});
  const std::string svg = standalone_line_chart(chart);
  EXPECT_TRUE(svg.starts_with("<svg xmlns="));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  for (const char* part :
       {"<style>", "--c0:", "prefers-color-scheme:dark", "A &lt;title&gt;", "first &amp; best", "second"}) {
    EXPECT_NE(svg.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(svg.find("<title>A <"), std::string::npos);
}

}  // namespace
}  // namespace vdn
