#include <gtest/gtest.h>

#include <limits>
#include <string>

#include <vdn/report/data_page.hpp>

#include "report/markup.hpp"
#include "support/small_data.hpp"

namespace vdn {
namespace {

using test::count;
using test::small_data;
using test::well_formed;

std::string page_of(const LoadedData& data, std::size_t horizon, const std::vector<std::string>& notes = {}) {
  Scheduler scheduler(1);
  const DataProfile found = profile(data.series, scheduler);
  return data_page_html(data, found, advise(data, found, horizon), notes);
}

TEST(DataPage, ShowsEverySeriesItsSeasonsAndTheFit) {
  LoadedData data = small_data(600, 3);
  data.series.names[1] = "<b>&";
  for (std::size_t t = 50; t < 90; ++t) data.series.values[600 + t] = 7.5;
  const std::string html = page_of(data, 12, {"times <repeat>"});
  EXPECT_TRUE(well_formed(html));
  EXPECT_EQ(count(html, "<svg"), 3u) << "a picture a series";
  EXPECT_EQ(count(html, "24 rows (1 day)"), 1u);
  EXPECT_EQ(count(html, "3 of 3"), 1u);
  EXPECT_EQ(count(html, "40 rows of 7.5 from 2020-01-03 02:00:00"), 1u);
  EXPECT_EQ(count(html, "times &lt;repeat&gt;"), 1u);
  EXPECT_EQ(count(html, "&lt;b&gt;&amp;"), 3u) << "picture, table, worth a look";
  EXPECT_EQ(count(html, "Such a fit is refused"), 0u);
}

TEST(DataPage, SaysWhyAFitIsRefused) {
  const std::string html = page_of(small_data(100, 1), 60);
  EXPECT_TRUE(well_formed(html));
  EXPECT_EQ(count(html, "Such a fit is refused: small.csv"), 1u);
}

}  // namespace
}  // namespace vdn
