#include "vdn/data/csv.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "data/table_support.hpp"

namespace vdn::test {
namespace {

const std::string small = "date,a,b\n2020-01-01,1,2\n2020-01-02,3,4\n2020-01-03,5,6\n";

void expect_small(const SeriesSet& set) {
  EXPECT_EQ(set.names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(set.time_name, "date");
  EXPECT_EQ(set.values, (std::vector<double>{1, 3, 5, 2, 4, 6}));
  EXPECT_EQ(set.length(), 3u);
  EXPECT_EQ(set.times.front(), 18262 * 86400);
  EXPECT_EQ(set.step, (TimeStep{TimeUnit::second, 86400}));
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

TEST(Csv, ReadsSeriesMajor) {
  const SeriesSet set = read_text(small);
  expect_small(set);
  EXPECT_EQ(set.series(1)[2], 6);
  EXPECT_EQ(set.matrix()(0, 1), 3);
}

TEST(Csv, LineEndsAndByteOrderMark) {
  expect_small(read_text("\xEF\xBB\xBF" + small));
  expect_small(read_text(replaced(small, "\n", "\r\n")));
  expect_small(read_text(small.substr(0, small.size() - 1)));
  expect_small(read_text(small + "\n"));
  expect_small(read_text(replaced(small, "\n", "\r\n") + "\r\n  \r\n"));
}

TEST(Csv, Separators) {
  expect_small(read_text(replaced(small, ",", ";")));
  expect_small(read_text(replaced(small, ",", "\t")));
  expect_small(read_text(replaced(small, ",", " , ")));
}

TEST(Csv, QuotedFields) {
  const SeriesSet set =
      read_text("\"date\",\"a, \"\"b\"\"\", c \n\"2020-01-01\",\"1.5\",\"\"\n2020-01-02, 2 ,\" 3 \"\n");
  EXPECT_EQ(set.names, (std::vector<std::string>{"a, \"b\"", "c"}));
  EXPECT_EQ(set.values[0], 1.5);
  EXPECT_EQ(set.values[1], 2);
  EXPECT_TRUE(std::isnan(set.values[2]));
  EXPECT_EQ(set.values[3], 3);
}

TEST(Csv, LineBreaksInsideQuotes) {
  const SeriesSet set = read_text("\"the\ndate\",\"a\r\nb\",c\n2020-01-01,\"1\n\",2\n2020-01-02,3,4\n");
  EXPECT_EQ(set.time_name, "the date");
  EXPECT_EQ(set.names, (std::vector<std::string>{"a b", "c"}));
  EXPECT_EQ(set.length(), 2u);
  EXPECT_EQ(set.values[1], 3);
  expect_error(ErrorKind::data, {"table.csv:5, column 'c' (3)", "'x' is not a number"},
               [] { read_text("t,b,c\n\"0\",\"1\",2\n\"1\",\"\n2\",3\n2,2,x\n"); });
  EXPECT_EQ(read_text("t,5\" pipe\n0,1\n").names[0], "5\" pipe") << "a quote inside a field is a character";
}

TEST(Csv, DecimalCommas) {
  const SeriesSet set = read_text("t;a;b\n0;1,5;-2\n1;1,250;,5\n");
  EXPECT_EQ(set.values, (std::vector<double>{1.5, 1.25, -2, 0.5}));
  EXPECT_TRUE(set.reading.decimal_comma);
  EXPECT_EQ(read_text("t\ta\n0\t1,5e2\n").values[0], 150);
}

TEST(Csv, SeparatorsInNames) {
  EXPECT_EQ(read_text("t;load, kW;heat, kW\n0;1;2\n").names, (std::vector<std::string>{"load, kW", "heat, kW"}));
  EXPECT_EQ(read_text("t;load, kW\n0;1,5\n").values[0], 1.5);
}

TEST(Csv, TimeColumnAnywhere) {
  const SeriesSet set = read_text("a,when,b\n1,2020-01-01,2\n3,2020-01-02,4\n", {.time_column = "when"});
  EXPECT_EQ(set.names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(set.time_name, "when");
  EXPECT_EQ(set.values, (std::vector<double>{1, 3, 2, 4}));
}

TEST(Csv, DatesOfEightDigits) {
  EXPECT_EQ(read_text("t,a\n20240131,1\n20240201,2\n").step, (TimeStep{TimeUnit::second, 86400}));
  EXPECT_EQ(read_text("t,a\n20240131,1\n20240132,2\n").step.unit, TimeUnit::index) << "one of them is no date";
}

TEST(Csv, ReportsWhatItFound) {
  const SeriesSet set = read_text("\xEF\xBB\xBFt,a\xB5,b\n0,NA,\n1,-9,NA\n2,3,NA\n", {.missing = {"-9"}});
  const ReadingReport& report = set.reading;
  EXPECT_FALSE(report.long_form);
  EXPECT_TRUE(report.byte_order_mark);
  EXPECT_EQ(report.repaired_names, 1u);
  EXPECT_EQ(report.marks, (std::vector<MarkCount>{{"NA", 3}, {"", 1}, {"-9", 1}}));
  EXPECT_EQ(report.time_axis, TimeAxis::rows);
}

TEST(Csv, ColumnsAreLeftOutOnDemand) {
  const std::string text = "t,a,region,b\n0,1,north,2\n1,3,\"south, far\",4\n";
  const SeriesSet set = read_text(text, {.ignored = {"region", "elsewhere"}});
  EXPECT_EQ(set.names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(set.values, (std::vector<double>{1, 3, 2, 4}));
  EXPECT_EQ(set.reading.left_out, (std::vector<std::string>{"region"}));
  const SeriesSet comma = read_text("t;a;note\n0;1,5;1.2.3\n1;2,5;x\n", {.ignored = {"note"}});
  EXPECT_EQ(comma.values, (std::vector<double>{1.5, 2.5})) << "what is left out says nothing of decimals";
  expect_error(ErrorKind::data, {"every column but the time is ignored"}, [&] {
    read_text("t,a\n0,1\n", {.ignored = {"a", "t"}});
  });
}

TEST(Csv, SeriesOfALongTableAreLeftOutOnDemand) {
  const std::string text = "unique_id,ds,y\na,0,1\nb,0,2\na,1,3\nc,1,4\nb,1,5\n";
  const SeriesSet set = read_text(text, {.ignored = {"a"}});
  EXPECT_EQ(set.names, (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(set.series(0)[1], 5);
  EXPECT_EQ(set.series(1)[1], 4);
  EXPECT_EQ(set.reading.left_out, (std::vector<std::string>{"a"}));
  expect_error(ErrorKind::data, {"every series is ignored"}, [&] { read_text(text, {.ignored = {"a", "b", "c"}}); });
}

TEST(Csv, AnUnnamedFirstColumnBesideTheTimesGetsAName) {
  const std::string text = ",t,a\n0,2024-01-01,1\n1,2024-01-02,2\n";
  EXPECT_EQ(read_text(text, {.time_column = "t"}).names, (std::vector<std::string>{"column 1", "a"}));
  EXPECT_EQ(read_text(text, {.time_column = "t", .ignored = {"column 1"}}).names, (std::vector<std::string>{"a"}));
}

TEST(Csv, Gzip) {
  const TemporaryDirectory directory;
  expect_small(read_csv(directory.write("no_gz_in_its_name", gzip(small))));
  expect_small(read_csv(directory.write("two_members", gzip(small.substr(0, 20)) + gzip(small.substr(20)))));
  expect_small(read_csv(directory.write("padded", gzip(small) + std::string(512, '\0'))));
  expect_small(read_csv(directory.write("plain.gz", small)));
}

TEST(Csv, StandardInput) {
  const TemporaryDirectory directory;
  for (const std::string& content : {small, gzip(small)}) {
    const InputFromFile input(directory.write("input", content));
    const SeriesSet set = read_csv("-");
    expect_small(set);
    EXPECT_EQ(set.source, "standard input");
  }
}

TEST(Csv, Numbers) {
  const SeriesSet set =
      read_text("t,a\n0,1e-3\n1,-0\n2,+5\n3,.5\n4,5.\n5,1E2\n6, 7 \n7,1e-400\n8,-1.7976931348623157e308\n");
  const std::vector<double> expected = {1e-3, -0.0, 5, 0.5, 5, 100, 7, 0, -1.7976931348623157e308};
  EXPECT_EQ(set.values, expected);
  EXPECT_TRUE(std::signbit(set.values[1]));
}

TEST(Csv, MissingMarks) {
  for (const char* mark : {"", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "-", "?", " ", "\"\"", "\"NA\""}) {
    const SeriesSet set = read_text("t,a,b\n0," + std::string(mark) + ",2\n1,3," + mark + "\n");
    EXPECT_TRUE(std::isnan(set.values[0])) << mark;
    EXPECT_EQ(set.values[1], 3) << mark;
    EXPECT_EQ(set.values[2], 2) << mark;
    EXPECT_TRUE(std::isnan(set.values[3])) << mark;
  }
}

TEST(Csv, DeclaredMissingMarks) {
  const std::string text = "t,a\n0,-9999\n1,-9999.0\n2,\"-9999\"\n3,gone\n4,-9998\n";
  const SeriesSet set = read_text(text, {.missing = {"-9999", "gone"}});
  for (const std::size_t row : {0u, 1u, 2u, 3u}) EXPECT_TRUE(std::isnan(set.values[row])) << row;
  EXPECT_EQ(set.values[4], -9998);
  EXPECT_EQ(read_text("t,a\n0,-9999\n").values[0], -9999);
}

TEST(Csv, IntegerTimes) {
  const SeriesSet set = read_text("year,a\n1990,1\n1991,2\n1993,3\n");
  EXPECT_EQ(set.times, (std::vector<std::int64_t>{1990, 1991, 1993}));
  EXPECT_EQ(set.step, (TimeStep{TimeUnit::index, 1}));
}

TEST(Csv, BrokenCharactersInTheHeader) {
  const SeriesSet set = read_text("t,PAR (\xB5mol),\xB5,\xB6,\xC3\xA9\n0,1,2,3,4\n");
  const std::string mark = "\xEF\xBF\xBD";
  EXPECT_EQ(set.names, (std::vector<std::string>{"PAR (" + mark + "mol)", mark, mark + " (2)", "\xC3\xA9"}));
}

TEST(Csv, UnnamedColumns) {
  EXPECT_EQ(read_text(",a,\n0,1,2\n").names, (std::vector<std::string>{"a", "column 3"}));
}

/// Value (row, column) is row + 7 * column.
std::string counting_table(std::size_t rows, std::size_t columns) {
  std::string text("t");
  for (std::size_t column = 0; column < columns; ++column) fmt::format_to(std::back_inserter(text), ",c{}", column);
  for (std::size_t row = 0; row < rows; ++row) {
    fmt::format_to(std::back_inserter(text), "\n{}", row);
    for (std::size_t column = 0; column < columns; ++column) {
      fmt::format_to(std::back_inserter(text), ",{}", row + 7 * column);
    }
  }
  return text;
}

// More rows than one block, more bytes than one chunk, and lines longer than the buffer.
TEST(Csv, LargeTables) {
  constexpr std::pair<std::size_t, std::size_t> shapes[] = {{200000, 1}, {500, 700}, {3, 300000}};
  for (const auto& [rows, columns] : shapes) {
    const std::string text = counting_table(rows, columns);
    const TemporaryDirectory directory;
    for (const std::string& content : {text, gzip(text)}) {
      const SeriesSet set = read_csv(directory.write("large", content));
      ASSERT_EQ(set.length(), rows);
      ASSERT_EQ(set.count(), columns);
      ASSERT_EQ(set.values.size(), rows * columns);
      bool same = true;
      for (std::size_t i = 0; i < set.values.size(); ++i) {
        same = same && set.values[i] == static_cast<double>(i % rows + 7 * (i / rows));
      }
      EXPECT_TRUE(same);
    }
  }
}

}  // namespace
}  // namespace vdn::test
