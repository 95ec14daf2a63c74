#include <sys/stat.h>

#include "data/table_support.hpp"

namespace vdn::test {
namespace {

void expect_refused(const std::string& text, std::initializer_list<const char*> parts,
                    const ReadingOptions& options = {}) {
  expect_error(ErrorKind::data, parts, [&] { read_text(text, options); });
}

TEST(CsvErrors, MissingFile) {
  expect_error(ErrorKind::no_input, {"/nowhere/table.csv", "no such file"}, [] { read_csv("/nowhere/table.csv"); });
}

TEST(CsvErrors, Directory) {
  const TemporaryDirectory directory;
  expect_error(ErrorKind::no_input, {"is a directory"}, [&] { read_csv(directory.path().string()); });
}

TEST(CsvErrors, Unreadable) {
  constexpr uid_t nobody = 65534;
  const TemporaryDirectory directory;
  const std::string path = directory.write("table.csv", "t,a\n0,1\n");
  chmod(path.c_str(), 0);
  chmod(directory.path().c_str(), 0755);
  const bool root = geteuid() == 0;  // who may read everything
  if (root && seteuid(nobody) != 0) GTEST_SKIP() << "needs a user who may not read everything, or to become one";
  expect_error(ErrorKind::no_input, {"cannot be read"}, [&] { read_csv(path); });
  ASSERT_TRUE(!root || seteuid(0) == 0);
}

TEST(CsvErrors, Empty) {
  expect_refused("", {"table.csv", "is empty"});
  expect_refused("\n", {"table.csv:1", "is blank"});
  expect_refused("date,a\n", {"has a header but no rows"});
  expect_refused("date,a\n\n\n", {"has a header but no rows"});
  expect_refused(gzip(""), {"is empty"});
}

TEST(CsvErrors, NotText) {
  expect_refused(std::string("t\0,\0a\0\n\0", 9), {"not a text file"});
  expect_refused("\xFF\xFEt", {"not a text file", "UTF-16"});
  expect_refused("t,a\r0,1\r", {"carriage return"});
}

TEST(CsvErrors, NoValues) {
  expect_refused("date\n2020-01-01\n", {":1", "no column of values", "'date'"});
}

TEST(CsvErrors, NoHeader) {
  expect_refused("2020-01-01,1,2\n2020-01-02,1,2\n", {":1", "not column names", "put a header line"});
  expect_refused("0,1,2\n1,1,2\n", {":1", "not column names"});
}

TEST(CsvErrors, LongTable) {
  const auto refused = [](const ReadingOptions& options, ErrorKind kind, std::initializer_list<const char*> parts) {
    const std::string text = "unique_id,ds,sales\na,2020-01-01,1\n";
    expect_error(kind, parts, [&] { read_text(text, options); });
  };
  refused({}, ErrorKind::data, {":1", "a long table without a column 'y'", "--value-column"});
  refused({.value_column = "sale"}, ErrorKind::usage, {"--value-column", "no column 'sale'", "did you mean 'sales'?"});
  refused({.id_column = "shop"}, ErrorKind::usage, {"--id-column", "no column 'shop'"});
  refused({.time_column = "time", .value_column = "sales"}, ErrorKind::usage, {"--time-column", "no column 'time'"});
  expect_refused("unique_id,ds,y\n,2020-01-01,1\n", {":2, column 'unique_id' (1)", "the series has no name"});
  expect_refused("unique_id,ds,y\na,2020-01-01\n", {":2", "expected 3 fields, found 2"});
  expect_refused("unique_id,ds,y\na,2020-01-01,x\n", {":2, column 'y' (3)", "'x' is not a number"});
}

TEST(CsvErrors, DuplicateNames) {
  expect_refused("t,a,b,a\n0,1,2,3\n", {":1", "columns 2 and 4 are both called 'a'"});
}

TEST(CsvErrors, TextAmongNumbers) {
  const std::string text = "t,a,b\n0,1,2\n1,3,abc\n";
  const TemporaryDirectory directory;
  const std::string path = directory.write("file.csv", text);
  const auto error = error_of([&] { read_csv(path); });
  ASSERT_TRUE(error);
  EXPECT_EQ(std::string(error->what()),
            path +
                ":3, column 'b' (3): 'abc' is not a number; write missing values as an empty field or NA, or name the "
                "mark with --missing");
  expect_refused("t,a\n0,1 2\n", {"'1 2' is not a number"});
  expect_refused("t,a\n0,0x10\n", {"'0x10' is not a number"});
  expect_refused("t,a\n0,+-1\n", {"'+-1' is not a number"});
  expect_refused("t,a\n0,1.5e\n", {"'1.5e' is not a number"});
  expect_refused("t;a\n0;1,500\n", {"'1,500' is not a number", "decimals with a point"});
  expect_refused("t;a\n0;1,5\n1;1.5\n", {"'1,5' is not a number", "decimals with a point"});
  std::string late = "t;a\n";  // a point far behind the sample
  for (int row = 0; row < 20000; ++row) late += std::to_string(row) + ";1,5\n";
  expect_refused(late + "20000;1.5\n", {":20002", "'1.5' is not a number", "decimals with a comma"});
}

TEST(CsvErrors, AColumnThatBeginsWithTextIsAnotherKindOfColumn) {
  expect_refused("i,date,a\n0,2024-01-01,1\n", {":2, column 'date' (2)", "--time-column 'date'"});
  expect_refused("a,region,t\n1,north,2024-01-01\n2,south,2024-01-02\n", {":2, column 'region' (2)", "--ignore"},
                 {.time_column = "t"});
  expect_refused("t,a,region\n0,1,north\n", {"'north' is not a number", "--ignore 'region'", "--id-column"});
}

TEST(CsvErrors, Infinity) {
  for (const char* text : {"inf", "-inf", "Infinity", "1e999", "-1e400"}) {
    expect_refused("t,a\n0," + std::string(text) + "\n", {":2, column 'a' (2)", text, "infinite or too large"});
  }
}

TEST(CsvErrors, RaggedRows) {
  expect_refused("t,a,b\n0,1,2\n1,3\n", {":3", "expected 3 fields, found 2"});
  expect_refused("t,a,b\n0,1,2,9\n", {":2", "expected 3 fields, found 4"});
  expect_refused("t,a,b\n0,1,2,\n", {":2", "expected 3 fields, found 4"});
  expect_refused("t,a,b\n0\n", {":2", "expected 3 fields, found 1"});
  expect_refused("t,a,b\n0,1,\"2,3\n", {":2", "a quote that is opened here is not closed"});
  expect_refused("t,a,\"b\n0,1,2\n", {":1", "a quote that is opened here is not closed"});
  expect_refused("t,a\n0,1\n\n1,2\n", {":3", "blank line"});
}

TEST(CsvErrors, Times) {
  expect_refused("date,a\n2020-01-01,1\n2020-02-30,1\n", {":3, column 'date' (1)", "'2020-02-30' is not a time"});
  expect_refused("a,b\n1.5,2\n", {":2, column 'a' (1)", "'1.5' is not a time", "--time-column"});
  expect_refused("t,a\n2020-01-01 25:00,1\n", {":2, column 't' (1)", "'2020-01-01 25:00' is not a time"});
  expect_refused("t,a\n0,1\n2020-01-01,1\n", {":3, column 't' (1)", "'2020-01-01' is not an integer"});
  expect_refused("t,a\n2020-01-01,1\n1,1\n", {":3", "'1' is not a time"});
  expect_refused("t,a\n,1\n", {":2", "'' is not a time"});
}

TEST(CsvErrors, BrokenGzip) {
  std::string text = "t,a\n";
  for (int row = 0; row < 5000; ++row) text += std::to_string(row) + "," + std::to_string(row * 7919 % 10007) + "\n";
  const std::string whole = gzip(text);
  for (const std::size_t size : {std::size_t{12}, whole.size() / 2, whole.size() - 1}) {
    expect_refused(whole.substr(0, size), {"table.csv", "the gzip data end too early"});
  }
  std::string corrupt = whole;
  for (std::size_t at = whole.size() / 2; at < whole.size() / 2 + 200; ++at) corrupt[at] = '\x55';
  expect_refused(corrupt, {"table.csv"});
  std::string checksum = whole;
  checksum[whole.size() - 8] = static_cast<char>(checksum[whole.size() - 8] ^ 1);
  expect_refused(checksum, {"the gzip data are corrupt", "incorrect data check"});
  expect_refused(whole + "garbage", {"the gzip data are corrupt"});
}

}  // namespace
}  // namespace vdn::test
