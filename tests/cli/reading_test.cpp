// Tables of every shape through fit, predict and backtest, end to end.

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "cli/run_vdn.hpp"

namespace vdn::test {
namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string>;

std::string day(int number) {
  const std::time_t seconds = 1577836800 + 86400 * static_cast<std::time_t>(number);  // 2020-01-01
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", std::gmtime(&seconds));
  return text;
}

double value(int series, int row) {
  return std::round(1000 * (10 * series + std::sin(0.9 * row + series) + 0.3 * std::cos(7.0 * row))) / 1000;
}

/// Three series over 300 days: "b" begins late, "c" ends early; both forms of the same table.
struct BothForms {
  std::string wide = "day,a,b,c\n", long_form = "unique_id,ds,y\n";
  explicit BothForms(int c_end = 300) {
    std::string rows[3];
    for (int row = 0; row < 300; ++row) {
      wide += day(row);
      for (int d = 0; d < 3; ++d) {
        const bool there = d == 1 ? row >= 120 : d == 2 ? row < c_end : true;
        std::ostringstream number;
        number << value(d, row);
        wide += "," + (there ? number.str() : "");
        if (there) rows[d] += std::string(1, static_cast<char>('a' + d)) + "," + day(row) + "," + number.str() + "\n";
      }
      wide += "\n";
    }
    for (const std::string& series : rows) long_form += series;
  }
};

Words fit(const std::string& file, const Words& more = {}) {
  Words words = tiny_fit({"--quiet"});
  words[1] = file;
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(Reading, LongAndWideTablesGiveTheSameForecasts) {
  const Workplace place;
  const BothForms table;
  place.write("wide.csv", table.wide);
  place.write("long.csv", table.long_form);
  for (const char* form : {"wide", "long"}) {
    const std::string file = std::string(form) + ".csv", model = std::string(form) + "/model.vdn";
    const Outcome run = place.run(fit(file, {"--out", form}));
    ASSERT_EQ(run.code, 0) << run.err;
    ASSERT_EQ(place.run({"predict", model, file, "--out", std::string(form) + "-forecast.csv"}).code, 0);
  }
  EXPECT_EQ(place.read("wide-forecast.csv"), place.read("long-forecast.csv"));
  // A model reads either form.
  ASSERT_EQ(place.run({"predict", "wide/model.vdn", "long.csv", "--out", "f.csv"}).code, 0);
  EXPECT_EQ(place.read("f.csv"), place.read("long-forecast.csv"));
}

TEST(Reading, UnequalSeriesGoThroughAllCommands) {
  const Workplace place;
  place.write("long.csv", BothForms(290).long_form);
  Words words = tiny_fit({"--json"});
  words[1] = "long.csv";
  const Outcome run = place.run(words);
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.err, "2 of 3 series begin after the first row or end before the last")) << run.err;
  EXPECT_EQ(run.json().at("test").at("windows"), 57 * 2 + 47);  // test rows 240 to 300, "c" ends at 290
  const Json p = place.run({"predict", "run/model.vdn", "long.csv", "--json"}).json();
  EXPECT_TRUE(p.at("ds").is_null()) << "the series have different times";
  EXPECT_EQ(p.at("series").at(0).at("ds").at(0), day(300));
  EXPECT_EQ(p.at("series").at(1).at("ds").at(0), day(300));
  EXPECT_EQ(p.at("series").at(2).at("ds").at(0), day(290));
  EXPECT_EQ(p.at("series").at(2).at("ds").at(3), day(293));
  const Outcome table =
      place.run({"backtest", "run/model.vdn", "long.csv", "--baselines", "--json", "--plot", "f.svg"});
  ASSERT_EQ(table.code, 0) << table.err;
  EXPECT_EQ(table.json().at("windows"), 57 * 2 + 47);
  for (const auto& row : table.json().at("models")) EXPECT_TRUE(std::isfinite(row.at("crps").get<double>()));
  ASSERT_EQ(place.run({"predict", "run/model.vdn", "long.csv", "--out", "f.csv", "--plot", "g.svg"}).code, 0);
}

TEST(Reading, ShortSeriesAreFittedWithPaddedWindows) {
  const Workplace place;
  std::string text = "unique_id,ds,y\n";
  for (int series = 0; series < 12; ++series) {
    for (int row = 0; row < 40; ++row) {
      text += "s" + std::to_string(series) + "," + day(row) + "," + std::to_string(value(series, row)) + "\n";
    }
  }
  place.write("data.csv", text);
  Words words = tiny_fit({});
  for (const std::string lookback : {"24", "336"}) {
    words[5] = lookback;
    const Outcome run = place.run(words);
    ASSERT_EQ(run.code, 0) << run.err;
    EXPECT_EQ(holds(run.err, "204 of 204 training windows are padded on the left"), lookback == "336") << run.err;
    const Outcome predicted = place.run({"predict", "run/model.vdn", "data.csv", "--out", "f.csv"});
    ASSERT_EQ(predicted.code, 0) << predicted.err;
    EXPECT_EQ(holds(predicted.err, "12 series have fewer than 336 rows"), lookback == "336") << predicted.err;
    EXPECT_TRUE(holds(place.read("f.csv"), "s11," + day(43)));
  }
}

TEST(Reading, AModelReadsLaterTablesTheSameWay) {
  const Workplace place;
  std::string text = "sales;shop;date\n";
  for (int series = 0; series < 2; ++series) {
    for (int row = 0; row < 300; ++row) {
      const bool marked = row % 50 == 3;
      std::string number = marked ? "-9" : std::to_string(20 + value(series, row));
      if (const auto point = number.find('.'); point != std::string::npos) number[point] = ',';
      if (row < 100 || row > 160) text += number + ";" + "s" + std::to_string(series) + ";" + day(row) + "\n";
    }
  }
  place.write("data.csv", text);
  const Words reading = {"--id-column", "shop", "--time-column", "date",  "--value-column", "sales",
                         "--missing",   "-9",   "--gap",         day(200)};
  Words words = tiny_fit({});
  words.insert(words.end(), reading.begin(), reading.end());
  const Outcome run = place.run(words);
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.err,
                    "2 gaps no window crosses: 2020-04-09 to 2020-06-10 (61 rows absent), 2020-07-18 to "
                    "2020-07-19"))
      << run.err;
  EXPECT_TRUE(holds(run.err, "8 missing values")) << run.err;
  EXPECT_EQ(place.run({"predict", "run/model.vdn", "data.csv", "--out", "f.csv"}).code, 0);
  const Outcome other = place.run({"predict", "run/model.vdn", "data.csv", "--out", "f.csv", "--value-column", "sale"});
  EXPECT_EQ(other.code, 64);
  EXPECT_TRUE(holds(other.err, "did you mean 'sales'?")) << other.err;
}

TEST(Reading, BusinessDaysGoOnOnMonday) {
  const Workplace place;
  std::string text = "ds,a\n";
  for (int row = 0; row < 420; ++row) {  // 2020-01-01 was a Wednesday; row 415 is the Friday 2021-02-19
    const bool weekend = row % 7 == 3 || row % 7 == 4;
    if (!weekend && row <= 415) text += day(row) + "," + std::to_string(value(1, row)) + "\n";
  }
  place.write("data.csv", text);
  Words words = tiny_fit({});
  const Outcome run = place.run(words);
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.err, "step 1 business day")) << run.err;
  const Json p = place.run({"predict", "run/model.vdn", "data.csv", "--json"}).json();
  EXPECT_EQ(p.at("ds"), Json({"2021-02-22", "2021-02-23", "2021-02-24", "2021-02-25"}));
}

TEST(Reading, SentinelsAreToldAndMasked) {
  const Workplace place;
  std::string text = "ds,wind\n";
  for (int row = 0; row < 300; ++row) {
    text += day(row) + "," + (row % 40 == 7 ? "-9999" : std::to_string(value(1, row))) + "\n";
  }
  place.write("data.csv", text);
  const Outcome told = place.run(tiny_fit({}));
  ASSERT_EQ(told.code, 0) << told.err;
  EXPECT_TRUE(holds(told.err, "looks like a missing value: -9999 in wind (8 times); mask it with --missing -9999"))
      << told.err;
  const Outcome masked = place.run(tiny_fit({"--missing", "auto"}));
  ASSERT_EQ(masked.code, 0) << masked.err;
  EXPECT_TRUE(holds(masked.err, "masked as missing: -9999 in wind (8 times)")) << masked.err;
  EXPECT_TRUE(holds(masked.err, "8 missing values")) << masked.err;
}

TEST(Reading, RowsIgnoresWhatStrictRefuses) {
  const Workplace place;
  std::string text = "ds,a\n";
  for (int row = 0; row < 300; ++row) text += day(row == 150 ? 149 : row) + "," + std::to_string(value(1, row)) + "\n";
  place.write("data.csv", text);
  const Outcome refused = place.run(tiny_fit({}));
  EXPECT_EQ(refused.code, 65);
  EXPECT_TRUE(holds(refused.err, "data.csv:152: the time 2020-05-29 is that of line 151")) << refused.err;
  const Outcome run = place.run(tiny_fit({"--time-axis", "rows"}));
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.err, "1 gap, 1 duplicate time: rows are taken in order")) << run.err;
  EXPECT_EQ(place.run({"predict", "run/model.vdn", "data.csv", "--out", "f.csv"}).code, 0) << "by rows too";
  EXPECT_EQ(place.run(tiny_fit({"--time-axis", "row"})).code, 64);
}

}  // namespace
}  // namespace vdn::test
