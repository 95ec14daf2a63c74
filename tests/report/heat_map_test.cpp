#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include <vdn/core/error.hpp>
#include <vdn/report/heat_map.hpp>

#include "report/markup.hpp"

namespace vdn {
namespace {

using test::count;
using test::well_formed;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// The path data of one colour.
std::string cells(const std::string& svg, std::size_t colour) {
  const std::string head = "<path class=\"q" + std::to_string(colour) + "\" d=\"";
  const std::size_t at = svg.find(head);
  return at == std::string::npos ? ""
                                 : svg.substr(at + head.size(), svg.find('"', at + head.size()) - at - head.size());
}

TEST(HeatMap, RunsOfOneColourAreOneStroke) {
  HeatMap map{"t", "neuron", "epoch", "info", 4, {0, 0, 16, 16, 0, 8, 8, 8}, {"1", "2"}, {0, 4}};
  const std::string svg = heat_map_svg(map);
  EXPECT_TRUE(well_formed(svg));
  EXPECT_EQ(cells(svg, 0), "M0 .5h2M0 1.5h1");
  EXPECT_EQ(cells(svg, 8), "M1 1.5h3") << "the middle of the range begins the upper half";
  EXPECT_EQ(cells(svg, 15), "M2 .5h2");
}

TEST(HeatMap, LogarithmicColours) {
  HeatMap map{"t", "x", "y", "v", 5, {.01, .1, 1, 0, nan}, {}, {0, 5}, true};
  const std::string svg = heat_map_svg(map);
  EXPECT_TRUE(well_formed(svg));
  EXPECT_EQ(cells(svg, 0), "M0 .5h1M3 .5h1") << "what is not positive is lowest";
  EXPECT_EQ(cells(svg, 8), "M1 .5h1");
  EXPECT_EQ(cells(svg, 15), "M2 .5h1");
  EXPECT_NE(svg.find(">0.01</text>"), std::string::npos);
  EXPECT_NE(svg.find(">0.1</text>"), std::string::npos);
}

TEST(HeatMap, TakesOddValues) {
  for (const std::vector<double>& values : {std::vector<double>{}, {nan}, {0}, {-1}, {1e308}, {3, 3, 3}}) {
    for (const bool logarithmic : {false, true}) {
      HeatMap map{"<t>", "<x>", "<y>", "<v>", std::max<std::size_t>(1, values.size()), values, {}, {0, 1}, logarithmic};
      EXPECT_TRUE(well_formed(heat_map_svg(map)));
    }
  }
}

TEST(HeatMap, StaysSmall) {
  HeatMap map{"t", "x", "y", "v", 1000, {}, {}, {0, 1000}};
  for (std::size_t i = 0; i < 60000; ++i) map.values.push_back(static_cast<double>(i * 7919 % 1000));
  EXPECT_LT(heat_map_svg(map).size(), 700000u) << "noise is the worst case";
}

TEST(HeatMap, RefusesWhatIsNotAMatrix) {
  EXPECT_THROW(heat_map_svg({"t", "x", "y", "v", 2, {1, 2, 3}}), Error);
  EXPECT_THROW(heat_map_svg({"t", "x", "y", "v", 1, {1, 2}, {"only one"}}), Error);
}

}  // namespace
}  // namespace vdn
