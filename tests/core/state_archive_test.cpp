#include <vdn/core/state_archive.hpp>

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace vdn {
namespace {

struct Thing {
  double number = 0;
  std::array<float, 3> fixed{};
  std::vector<int> list;
  void remember(StateArchive& archive) {
    archive.value(number);
    archive.values(std::span(fixed));
    archive.list(list);
  }
};

TEST(StateArchive, ReadsWhatItWrote) {
  Thing thing{.5, {1, 2, 3}, {4, 5}};
  StateArchive out;
  EXPECT_FALSE(out.reading());
  thing.remember(out);
  StateArchive in(out.bytes());
  Thing again;
  again.list = {9, 9, 9, 9};
  again.remember(in);
  in.expect_end();
  EXPECT_EQ(again.number, .5);
  EXPECT_EQ(again.fixed, thing.fixed);
  EXPECT_EQ(again.list, thing.list);
}

TEST(StateArchive, RefusesWhatEndsEarlyOrIsLonger) {
  Thing thing{.5, {1, 2, 3}, {4, 5}};
  StateArchive out;
  thing.remember(out);
  for (std::size_t length = 0; length < out.bytes().size(); ++length) {
    const std::string cut = out.bytes().substr(0, length);
    StateArchive in(cut);
    Thing again;
    EXPECT_THROW(again.remember(in), Error) << length;
  }
  StateArchive in(out.bytes());
  EXPECT_THROW(in.expect_end(), Error);
}

TEST(StateArchive, RefusesAListOfAnotherLength) {
  std::vector<int> two{1, 2}, three{1, 2, 3};
  StateArchive out;
  out.values(std::span(two));
  StateArchive in(out.bytes());
  EXPECT_THROW(in.values(std::span(three)), Error);
}

}  // namespace
}  // namespace vdn
