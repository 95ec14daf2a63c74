#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <regex>
#include <string>
#include <vector>

#include <vdn/core/error.hpp>
#include <vdn/data/calendar.hpp>
#include <vdn/report/fan_chart.hpp>

#include "report/markup.hpp"

namespace vdn {
namespace {

using test::count;
using test::well_formed;

constexpr double gap = std::numeric_limits<double>::quiet_NaN();

/// A daily wave from `level`, T rows of history and H of forecast, hourly.
FanPanel wave(std::string title, std::size_t T, std::size_t H, double level = 10, double size = 3) {
  const TimeStep hour{TimeUnit::second, 3600};
  const std::int64_t start = *parse_time("2001-06-25 00:00:00");
  FanPanel panel;
  panel.title = std::move(title);
  panel.levels = {.05, .25, .5, .75, .95};
  panel.quantiles.resize(panel.levels.size());
  for (std::size_t t = 0; t < T + H; ++t) {
    const double value = level + size * std::sin(0.26 * static_cast<double>(t));
    (t < T ? panel.history_times : panel.future_times)
        .push_back(format_time(advance(start, hour, static_cast<std::int64_t>(t)), hour));
    (t < T ? panel.history : panel.truth).push_back(value);
    if (t < T) continue;
    for (std::size_t q = 0; q < 5; ++q) panel.quantiles[q].push_back(value + (static_cast<double>(q) - 2) * 0.2 * size);
  }
  return panel;
}

/// The data of the only path of that class.
std::string path_of(const std::string& svg, const std::string& style_class) {
  std::smatch found;
  const std::regex pattern("<path class=\"" + style_class + "\"[^>]* d=\"([^\"]*)\"/>\n(?!<text)");
  return std::regex_search(svg, found, pattern) ? found[1].str() : "";
}

TEST(FanChart, IsSelfContainedAndSmall) {
  const std::vector<FanPanel> panels(4, wave("ATL", 288, 96));
  const std::string svg = fan_chart_svg(panels, "flights", "vdn default");
  EXPECT_TRUE(well_formed(svg));
  EXPECT_LT(svg.size(), 60000u);
  EXPECT_EQ(count(svg, "<g>"), 4u);
  EXPECT_EQ(count(svg, "class=\"b\" fill-opacity"), 4u * 2u + 2u) << "two bands a panel, two in the legend";
  for (const char* word : {"<script", "href", "url(", "@import", "<image"}) EXPECT_EQ(count(svg, word), 0u) << word;
  for (const char* word : {"prefers-color-scheme:dark", "role=\"img\"", "<desc>", ">50%<", ">90%<"}) {
    EXPECT_EQ(count(svg, word), 1u) << word;
  }
}

TEST(FanChart, EscapesText) {
  const std::string hostile = "a<b>&\"c'\x01 \xff \xc3\xa9</svg><script>";
  const std::string svg = fan_chart_svg({wave(hostile, 24, 6), wave(hostile, 24, 6)}, hostile, hostile);
  EXPECT_TRUE(well_formed(svg));
  EXPECT_NE(svg.find("a&lt;b&gt;&amp;&quot;c&#39;  \xEF\xBF\xBD \xc3\xa9"), std::string::npos);
  EXPECT_EQ(svg.find('\x01'), std::string::npos);
}

TEST(FanChart, CutsLongTitles) {
  std::string title;
  for (int i = 0; i < 300; ++i) title += "\xc3\xa9";
  const std::string svg = fan_chart_svg({wave(title, 24, 6), wave("b", 24, 6)}, title, title);
  EXPECT_TRUE(well_formed(svg));
  EXPECT_NE(svg.find("\xc3\xa9\xE2\x80\xA6</text>"), std::string::npos);
}

TEST(FanChart, LeavesGapsWhereValuesAreMissing) {
  auto panel = wave("gaps", 24, 12);
  panel.history[5] = panel.history[6] = gap;
  panel.history[8] = std::numeric_limits<double>::infinity();
  for (auto& line : panel.quantiles) line[4] = gap;
  panel.truth[3] = gap;
  const std::string svg = fan_chart_svg({panel}, "gaps", "");
  EXPECT_TRUE(well_formed(svg));
  EXPECT_EQ(count(path_of(svg, "h"), "M"), 3u);
  EXPECT_EQ(count(path_of(svg, "b"), "M"), 2u);
  EXPECT_EQ(count(path_of(svg, "m"), "M"), 2u);
  EXPECT_EQ(count(path_of(svg, "y"), "M"), 2u);
}

TEST(FanChart, WithoutTruthDrawsNone) {
  auto panel = wave("future", 24, 12);
  panel.truth.clear();
  const std::string svg = fan_chart_svg({panel}, "future", "");
  EXPECT_TRUE(well_formed(svg));
  EXPECT_EQ(count(svg, "<path class=\"y\""), 0u);
  EXPECT_EQ(svg.find("observed later"), std::string::npos);
}

TEST(FanChart, DrawsWhatIsEmptyConstantOrMissing) {
  FanPanel empty;
  empty.levels = {.5};
  empty.quantiles.resize(1);
  auto constant = wave("constant", 10, 5, 5.0, 0.0), zero = wave("zero", 10, 5, 0.0, 0.0), missing = wave("no", 10, 5);
  missing.history.assign(10, gap);
  missing.truth.assign(5, gap);
  for (auto& line : missing.quantiles) line.assign(5, gap);
  EXPECT_TRUE(well_formed(fan_chart_svg({}, "none", "")));
  EXPECT_TRUE(well_formed(fan_chart_svg({empty}, "empty", "")));
  const std::string svg = fan_chart_svg({constant, zero, missing}, "flat", "");
  EXPECT_TRUE(well_formed(svg));
  EXPECT_NE(svg.find(">5.0<"), std::string::npos);
  EXPECT_NE(svg.find(">0.5<"), std::string::npos);
}

TEST(FanChart, LabelsValuesOfAnySize) {
  const auto labels = [](double level, double size) {
    const std::string svg = fan_chart_svg({wave("x", 48, 12, level, size)}, "x", "");
    EXPECT_TRUE(well_formed(svg));
    return svg;
  };
  EXPECT_NE(labels(7e4, 40).find(">70,000<"), std::string::npos);
  EXPECT_NE(labels(-7e4, 40).find(">-70,000<"), std::string::npos);
  EXPECT_NE(labels(3e6, 1e6).find(">3.0M<"), std::string::npos);
  EXPECT_NE(labels(3e10, 1e10).find(">30B<"), std::string::npos);
  EXPECT_NE(labels(1e20, 2e19).find(">1e20<"), std::string::npos);
  EXPECT_NE(labels(1e-9, 4e-10).find(">1e-9<"), std::string::npos);
  EXPECT_NE(labels(-3, 0.02).find(">-3.00<"), std::string::npos);
  EXPECT_NE(labels(1e14, 1e9).find(">1.00001e14<"), std::string::npos);
  labels(1e308, 1e307);
}

TEST(FanChart, LabelsTimesByTheCalendar) {
  const std::string hours = fan_chart_svg({wave("a", 72, 24), wave("b", 18, 6)}, "hours", "");
  for (const char* label : {">25 Jun<", ">2001<", ">28 Jun<", ">06:00<", ">25 Jun 2001<"}) {
    EXPECT_NE(hours.find(label), std::string::npos) << label;
  }
  auto years = wave("years", 50, 10);
  int year = 1950;
  for (auto& time : years.history_times) time = std::to_string(year++);
  for (auto& time : years.future_times) time = std::to_string(year++);
  EXPECT_NE(fan_chart_svg({years}, "years", "").find(">2000<"), std::string::npos);
  for (auto& time : years.history_times) time = "week & " + time;
  const std::string words = fan_chart_svg({years}, "words", "");
  EXPECT_TRUE(well_formed(words));
  EXPECT_NE(words.find(">week &amp; 1950<"), std::string::npos);
}

TEST(FanChart, OneStepIsABar) {
  const std::string svg = fan_chart_svg({wave("one", 6, 1), wave("one", 0, 1)}, "one", "");
  EXPECT_TRUE(well_formed(svg));
  EXPECT_NE(path_of(svg, "b"), "");
}

TEST(FanChart, RefusesPanelsOfUnequalLengths) {
  auto panel = wave("odd", 6, 3);
  panel.truth.pop_back();
  EXPECT_THROW(fan_chart_svg({panel}, "", ""), Error);
  panel = wave("odd", 6, 3);
  panel.levels[2] = 0.4;
  EXPECT_THROW(fan_chart_svg({panel}, "", ""), Error);
  panel = wave("odd", 6, 3);
  panel.quantiles[1].pop_back();
  EXPECT_THROW(fan_chart_svg({panel}, "", ""), Error);
}

TEST(FanPanel, IsOneChartWithoutTitleAndLegend) {
  const FanPanel panel = wave("<ATL>", 72, 24);
  const std::string svg = fan_panel_svg(panel);
  EXPECT_TRUE(well_formed(svg));
  EXPECT_EQ(count(svg, "<style>"), 0u) << "the page has it";
  EXPECT_EQ(count(svg, "&lt;ATL&gt;"), 2u) << "in title and description only";
  EXPECT_EQ(count(svg, "class=\"b\""), 2u);
  FanPanel uneven = panel;
  uneven.truth.pop_back();
  EXPECT_THROW(fan_panel_svg(uneven), Error);
}

TEST(FanPanel, LegendNamesWhatIsThere) {
  FanPanel panel = wave("ATL", 72, 24);
  const auto names = [](const FanPanel& p) {
    std::vector<std::string> texts;
    for (const HtmlLegendEntry& entry : fan_legend(p)) {
      EXPECT_TRUE(well_formed(entry.swatch));
      texts.push_back(entry.text);
    }
    return texts;
  };
  EXPECT_EQ(names(panel), (std::vector<std::string>{"history", "observed later", "forecast origin", "median forecast",
                                                    "50%", "90%"}));
  panel.truth.clear();
  EXPECT_EQ(names(panel).size(), 5u);
}

}  // namespace
}  // namespace vdn
