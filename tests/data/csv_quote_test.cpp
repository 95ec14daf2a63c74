// Fields are quoted when they must be, and read back as they were.

#include <gtest/gtest.h>

#include <vdn/data/csv_quote.hpp>

namespace vdn {
namespace {

TEST(QuoteCsv, OnlyWhereItMust) {
  EXPECT_EQ(quote_csv("plain name"), "plain name");
  EXPECT_EQ(quote_csv(""), "");
  EXPECT_EQ(quote_csv("a,b"), "\"a,b\"");
  EXPECT_EQ(quote_csv("say \"so\""), "\"say \"\"so\"\"\"");
  EXPECT_EQ(quote_csv("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(quote_csv("end\r"), "\"end\r\"");
}

}  // namespace
}  // namespace vdn
