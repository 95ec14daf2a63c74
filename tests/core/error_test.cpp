#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

TEST(Error, SaysPlaceProblemAndHint) {
  const Error error(ErrorKind::data, "a.csv:3", "no number", "write 1.5");
  EXPECT_STREQ(error.what(), "a.csv:3: no number; write 1.5");
  EXPECT_EQ(error.place(), "a.csv:3");
  EXPECT_EQ(error.problem(), "no number");
  EXPECT_EQ(error.hint(), "write 1.5");
  EXPECT_EQ(error.kind(), ErrorKind::data);
  EXPECT_EQ(error.exit_code(), 65);
}

TEST(Error, LeavesEmptyPartsOut) {
  EXPECT_STREQ(Error(ErrorKind::io, "", "disk full").what(), "disk full");
  EXPECT_STREQ(Error(ErrorKind::io, "out", "disk full").what(), "out: disk full");
  EXPECT_STREQ(Error(ErrorKind::io, "", "disk full", "make room").what(), "disk full; make room");
}

TEST(EditDistance, IsLevenshteins) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("flaw", "lawn"), 2u);
}

TEST(NearestWord, FindsTheTypoAndNothingElse) {
  const std::vector<std::string> known{"neurons", "draws", "horizon", "look_back"};
  EXPECT_EQ(nearest_word("neruons", known), "neurons");
  EXPECT_EQ(nearest_word("horizn", known), "horizon");
  EXPECT_EQ(nearest_word("draws", known), "draws");
  EXPECT_EQ(nearest_word("temperature", known), "");
  EXPECT_EQ(nearest_word("x", std::vector<std::string>{}), "");
}

}  // namespace
}  // namespace vdn
