// Tables that are wrong or odd, one row each: refused in one sentence, or read and forecast.

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <sstream>

#include "cli/refusal.hpp"

namespace vdn::test {
namespace {

/// The good table line by line, without line ends; line 0 is the header.
std::vector<std::string> good_lines() {
  std::istringstream text(tiny_table());
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}
std::string joined(const std::vector<std::string>& lines, const std::string& end = "\n") {
  std::string text;
  for (const std::string& line : lines) text += line + end;
  return text;
}
/// The good table with one line (from 1, as messages count) replaced.
std::string with_line(std::size_t line, const std::string& content) {
  auto lines = good_lines();
  lines.at(line - 1) = content;
  return joined(lines);
}
/// The good table with the time of line 6 replaced.
std::string with_time(const std::string& time) {
  return with_line(6, time + ",1,2,3");
}
/// The good table with the first value of line 6 replaced.
std::string with_value(const std::string& value) {
  const std::string line = good_lines().at(5);
  return with_line(6, line.substr(0, line.find(',')) + "," + value + ",2,3");
}
std::string replaced(std::string text, char from, const std::string& to) {
  std::string result;
  for (const char c : text) result += c == from ? to : std::string(1, c);
  return result;
}
std::string day(int number) {
  const std::time_t seconds = 1577836800 + 86400 * static_cast<std::time_t>(number);  // 2020-01-01
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", std::gmtime(&seconds));
  return text;
}
/// Two daily series of 200 rows, then `more`.
std::string long_table(const std::string& more = "", const std::string& header = "unique_id,ds,y") {
  std::string text = header + "\n";
  for (const char* name : {"s", "t"}) {
    for (int row = 0; row < 200; ++row) {
      text += std::string(name) + "," + day(row) + "," + std::to_string(row % 7 + row % 3) + "\n";
    }
  }
  return text + more;
}
/// 400 rows, the values small numbers followed by `unit`.
std::string scaled_table(const std::string& unit) {
  std::string text = "t,a\n";
  for (int row = 0; row < 400; ++row) text += std::to_string(row) + "," + std::to_string(row % 7 + 1) + unit + "\n";
  return text;
}
/// 60 rows of `series` series.
std::string wide_table(int series) {
  std::string text = "t";
  for (int d = 0; d < series; ++d) text += ",s" + std::to_string(d);
  for (int row = 0; row < 60; ++row) {
    text += "\n" + std::to_string(row);
    for (int d = 0; d < series; ++d) text += "," + std::to_string(row * (d + 1) % 11);
  }
  return text + "\n";
}
std::string bytes(std::size_t count) {
  std::string text;
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < count; ++i) text += static_cast<char>((state = state * 1664525u + 1013904223u) >> 24);
  return text;
}
std::string utf16(const std::string& text) {
  std::string wide = "\xFF\xFE";
  for (const char c : text) wide += std::string{c, '\0'};
  return wide;
}
const std::string gzip_start("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);

std::vector<Case> content_cases() {
  const auto is = [](const char* name, const std::string& table, const char* message) {
    return Case{name, fit(), 65, message, table};
  };
  return {
      is("empty", "", "data.csv: is empty"),
      is("blank", "\n\n", "data.csv:1: is blank"),
      is("header_only", "ds,a,b\n", "a header but no rows"),
      is("header_twice", with_line(2, "ds,a,b,c"), "data.csv:2, column 'ds' (1): 'ds' is not a time"),
      is("header_again_later", with_line(200, "ds,a,b,c"), "data.csv:200"),
      is("no_header", tiny_table().substr(9), "data.csv:1: holds values, not column names"),
      is("times_only", "ds\n2024-01-01\n", "there is no column of values beside 'ds'"),
      is("two_columns_of_one_name", "ds,a,b,a\n1,1,1,1\n", "columns 2 and 4 are both called 'a'"),
      is("text_among_numbers", with_value("two"), "data.csv:6, column 'a' (2): 'two' is not a number"),
      is("infinity", with_value("inf"), "'inf' is infinite or too large"),
      is("too_large_a_number", with_value("1e400"), "'1e400' is infinite or too large"),
      is("value_1e300", with_value("1e300"), "too large for a mean and a standard deviation"),
      is("all_of_1e300", scaled_table("e300"), "give the series in a larger unit"),
      is("percent_sign", with_value("5%"), "'5%' is not a number"),
      is("thousands", with_value("\"1,234\""), "'1,234' is not a number"),
      is("escape_sequence", with_value("\x1b[2J"), "'\\x1b[2J' is not a number"),
      is("value_of_100000_bytes", with_value(std::string(100000, 'x')), "data.csv:6"),
      is("name_of_100000_bytes", "ds," + std::string(100000, 'x') + "\n1,z\n", "data.csv:2"),
      is("ragged_short", with_line(6, "2024-01-01 04:00:00,1"), "data.csv:6: expected 4 fields, found 2"),
      is("ragged_long", with_line(6, "2024-01-01 04:00:00,1,2,3,4"), "expected 4 fields, found 5"),
      is("cut_short", tiny_table().substr(0, tiny_table().rfind(',')), "data.csv:401: expected 4 fields, found 3"),
      is("blank_line_inside", with_line(6, ""), "data.csv:6: a blank line inside the table"),
      is("unclosed_quote", with_value("\"7"), "data.csv:6: a quote that is opened here is not closed"),
      is("mixed_separators", with_line(6, "2024-01-01 04:00:00;1;2;3"), "'2024-01-01 04:00:00;1;2;3' is not a time"),
      is("other_separator_in_the_header", with_line(1, "ds;a;b;c"), "data.csv:2"),
      is("decimal_commas_between_commas", "ds,a\n2024-01-01,1,5\n", "expected 2 fields, found 3"),
      is("points_and_decimal_commas", "t;a\n1;1,5\n2;1.5\n", "'1,5' is not a number"),
      is("carriage_returns_alone", replaced(tiny_table(), '\n', "\r"), "carriage return alone"),
      is("utf16", utf16(tiny_table()), "UTF-16"),
      is("nul_bytes", with_value(std::string("1\0", 2)), "'1\xEF\xBF\xBD' is not a number"),
      is("nul_bytes_at_the_end", tiny_table() + std::string(8, '\0'), "data.csv:402"),
      is("binary", std::string("\0\x7f\1", 3) + bytes(5000), "is not a text file"),
      is("picture", "\x89PNG\r\n\x1a\n" + bytes(2000), "data.csv"),
      is("web_page", "<!DOCTYPE html>\n<html><body>404</body></html>\n",
         "no column of values beside '<!DOCTYPE html>'"),
      is("truncated_gzip", gzip_start, "the gzip data end too early"),
      is("corrupt_gzip", gzip_start + "\xff\xff\xff\xff", "the gzip data are corrupt"),
      is("all_missing", rows_of("t,a,b", "1,NA", 400), "series 'b': has no observed value in the training rows"),
      is("short_series", tiny_table(30), "too short for lookback 24 + horizon 4"),
      is("very_short_series", tiny_table(1), "too short"),
      {"short_series_all", fit({"--split", "all"}), 65, "too short", tiny_table(9)},
  };
}

std::vector<Case> long_cases() {
  const auto is = [](const char* name, const std::string& table, const char* message) {
    return Case{name, fit(), 65, message, table};
  };
  std::string steps = long_table();
  for (int row = 0; row < 40; ++row) steps += "u," + day(7 * row) + ",1\n";
  return {
      is("long_misspelt_id", long_table("", "uniqe_id,ds,y"), "is a long table without a column 'unique_id'"),
      is("long_other_value", long_table("", "unique_id,ds,sales"), "is a long table without a column 'y'"),
      is("long_other_time", long_table("", "unique_id,time,y"), "is a long table without a column 'ds'"),
      is("long_no_value", "unique_id,ds\na,2020-01-01\n", "without a column 'y'"),
      is("long_empty_id", long_table(",2020-03-01,1\n"),
         "data.csv:402, column 'unique_id' (1): the series has no name"),
      is("long_duplicate", long_table("t," + day(199) + ",1\n"), "is that of line 401 of series 't'"),
      is("long_unsorted", long_table("t," + day(10) + ",1\n"), "earlier than"),
      is("long_two_steps", steps, "series 's' has a row every 1 day, series 'u' one every 1 week"),
      is("long_only_single_rows", "unique_id,ds,y\na,2020-01-01,1\nb,2020-01-02,1\n", "no series has more than 1 row"),
      is("long_ragged", long_table("t,2021-01-01\n"), "data.csv:402: expected 3 fields, found 2"),
      {"long_one_row", fit(), 0, "3 series", long_table("u," + day(100) + ",1\n")},
  };
}

std::vector<Case> time_cases() {
  const auto is = [](const char* name, const std::string& table, const char* message) {
    return Case{name, fit(), 65, message, table};
  };
  auto swapped = good_lines();
  std::swap(swapped[5], swapped[6]);
  auto reversed = good_lines();
  std::reverse(reversed.begin() + 1, reversed.end());
  return {
      is("duplicate_time", with_time("2024-01-01 03:00:00"),
         "data.csv:6: the time 2024-01-01 03:00:00 is that of line 5"),
      is("unsorted_times", joined(swapped), "data.csv:7: the time 2024-01-01 04:00:00 is earlier"),
      {"reversed_times", fit({"--split", "all"}), 0, "the newest row stands first", joined(reversed)},
      is("one_time_only", "t,a\n1,1\n1,2\n1,3\n", "data.csv:3: the time 1 is that of line 2"),
      is("30_february", with_time("2024-02-30"), "data.csv:6, column 'ds' (1): '2024-02-30' is not a time"),
      is("29_february_2023", with_time("2023-02-29"), "'2023-02-29' is not a time"),
      is("hour_25", with_time("2024-01-01 25:00"), "'2024-01-01 25:00' is not a time"),
      is("minute_60", with_time("2024-01-01 23:60"), "'2024-01-01 23:60' is not a time"),
      is("month_13", with_time("2024-13-01"), "'2024-13-01' is not a time"),
      is("month_name", with_time("1 Jan 2024"), "'1 Jan 2024' is not a time"),
      is("day_first", with_time("31/12/2024"), "'31/12/2024' is not a time"),
      is("year_of_5_digits", with_time("20244-01-01"), "is not a time"),
      is("empty_time", with_time(""), "'' is not a time"),
      is("integer_among_dates", with_time("17"), "'17' is not a time"),
      is("date_among_integers", "t,a\n1,1\n2020-01-01,1\n", "'2020-01-01' is not an integer"),
      is("off_the_grid", with_time("2024-01-01 04:10:00"), "is not on the grid of one row every 1 hour"),
      is("mixed_steps", "t,a\n0,1\n1,1\n3,1\n8,1\n20,1\n21,1\n50,1\n", "the step of its rows cannot be told"),
      is("one_row", "t,a\n1,1\n", "too short for the step"),
      {"time_axis_misspelt", fit({"--time-axis", "strit"}), 64, "--time-axis: unknown value 'strit'; did you mean"},
      {"gap_is_no_time", fit({"--gap", "noon"}), 64, "--gap: 'noon' is not a time"},
      {"gap_of_month_13", fit({"--gap", "2024-13-01"}), 64, "'2024-13-01' is not a time"},
      {"max_gap_negative", fit({"--max-gap", "-1"}), 64, "--max-gap"},
      {"max_gap_word", fit({"--max-gap", "day"}), 64, "--max-gap"},
      {"id_column_unknown", fit({"--id-column", "shop"}), 64, "--id-column: data.csv has no column 'shop'"},
      {"time_column_unknown", fit({"--time-column", "date"}), 64, "--time-column: data.csv has no column 'date'"},
      {"value_column_unknown", fit({"--value-column", "sale"}), 64, "--value-column: data.csv has no column 'sale'"},
  };
}

/// Odd, but a table: fitted and forecast.
std::vector<Case> odd_cases() {
  const auto works = [](const char* name, const std::string& table, const char* message) {
    return Case{name, fit(), 0, message, table};
  };
  return {
      works("one_series", scaled_table(""), "400 rows of 1 series"),
      works("2000_series", wide_table(2000), "60 rows of 2000 series"),
      works("constant", rows_of("t,a,b", "3,0", 400), "constant in the training part: a, b"),
      works("nan", with_value("NaN"), "1 missing value"),
      works("all_of_1e38", scaled_table("e38"), "1 series"),
      works("all_of_1e_minus_300", scaled_table("e-300"), "1 series"),
      works("crlf", replaced(tiny_table(), '\n', "\r\n"), "3 series"),
      works("byte_order_mark", "\xEF\xBB\xBF" + tiny_table(), "3 series"),
      works("no_line_end", tiny_table().substr(0, tiny_table().size() - 1), "400 rows"),
      works("blank_lines_at_the_end", tiny_table() + "\n\n", "400 rows"),
      works("semicolons_and_decimal_commas", replaced(replaced(tiny_table(), ',', ";"), '.', ","), "3 series"),
      works("tabs", replaced(tiny_table(), ',', "\t"), "3 series"),
      works("quoted_fields", with_line(6, "\"2024-01-01 04:00:00\",\"1\",\"2\",\"3\""), "3 series"),
      works("names_not_utf8", "ds,a,b,\xE9t\xE9" + tiny_table().substr(8), "3 series"),
      works("names_of_quotes", "ds,a,b,\"c \"\"x\"\", y\"" + tiny_table().substr(8), "3 series"),
      works("column_without_name", "ds,a,b," + tiny_table().substr(8), "3 series"),
      {"missing_auto", fit({"--missing", "auto"}), 0, "3 series"},
      {"unsorted_by_rows", fit({"--time-axis", "rows"}), 0, "rows are taken in order",
       with_time("2024-01-01 03:00:00")},
  };
}

class BadTable : public testing::TestWithParam<Case> {};
TEST_P(BadTable, IsRefused) {
  const Workplace place;
  write_files(place, GetParam());
  expect_outcome(place, GetParam());
}
/// What fit refuses inspect either shows (times that are off, say) or refuses in the same words.
TEST_P(BadTable, InspectShowsItOrSaysTheSame) {
  const Workplace place;
  write_files(place, GetParam());
  Words words = GetParam().words, inspect{"inspect", "data.csv"};
  for (std::size_t i = 6; i < words.size(); ++i) {
    if (words[i] == "--set" || words[i] == "--split")
      ++i;  // for fits only
    else
      inspect.push_back(words[i]);
  }
  const Outcome shown = place.run(inspect), fitted = place.run(words);
  if (shown.code == 0) return;
  EXPECT_EQ(shown.code, fitted.code);
  const std::string said = shown.err.substr(std::string("vdn inspect").size());
  EXPECT_EQ(said.substr(0, said.find("; see")), fitted.err.substr(7).substr(0, fitted.err.substr(7).find("; see")));
}
INSTANTIATE_TEST_SUITE_P(Content, BadTable, testing::ValuesIn(content_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(InLongForm, BadTable, testing::ValuesIn(long_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Times, BadTable, testing::ValuesIn(time_cases()), name_of);

class OddTable : public testing::TestWithParam<Case> {};
TEST_P(OddTable, IsFittedAndForecast) {
  const Workplace place;
  write_files(place, GetParam());
  expect_outcome(place, GetParam());
  ASSERT_EQ(place.run({"inspect", "data.csv", "--json"}).code, 0);
  const Outcome run = place.run({"predict", "run/model.vdn", "data.csv", "--out", "-"});
  ASSERT_EQ(run.code, 0) << run.err;
  for (const char* bad : {"nan", "inf"}) EXPECT_EQ(run.out.find(bad), std::string::npos) << run.out;
}
INSTANTIATE_TEST_SUITE_P(All, OddTable, testing::ValuesIn(odd_cases()), name_of);

}  // namespace
}  // namespace vdn::test
