#include <gtest/gtest.h>

#include <limits>
#include <regex>
#include <string>
#include <vector>

#include <vdn/report/histogram.hpp>

#include "report/markup.hpp"

namespace vdn {
namespace {

using test::count;
using test::well_formed;

std::vector<double> bar_heights(const std::string& svg) {
  std::vector<double> heights;
  const std::regex bar("<rect class=\"f k[0-9]\"[^>]* height=\"([0-9.]+)\"/>");
  for (std::sregex_iterator at(svg.begin(), svg.end(), bar), end; at != end; ++at)
    heights.push_back(std::stod((*at)[1]));
  return heights;
}

TEST(Histogram, BarsAreAsHighAsTheirValues) {
  Histogram h{"t", "PIT", "density", 0, 1, {1, 2, 0, 4}, 1.0, 4.0, 3, 200};
  const std::string svg = histogram_svg(h);
  EXPECT_TRUE(well_formed(svg));
  EXPECT_EQ(bar_heights(svg), (std::vector<double>{50, 100, 0, 200}));
  EXPECT_EQ(count(svg, "class=\"f k3\""), 4u);
  EXPECT_EQ(count(svg, "class=\"r\""), 1u);
}

TEST(Histogram, TakesOddValues) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  for (const std::vector<double>& heights : {std::vector<double>{}, {0, 0}, {nan, -1, inf, 2}}) {
    EXPECT_TRUE(well_formed(histogram_svg({"<t>", "<x>", "<y>", 3, 3, heights, {}, {}})));
  }
}

}  // namespace
}  // namespace vdn
