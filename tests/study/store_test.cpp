#include <vdn/study/store.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include <vdn/core/error.hpp>

#include "support/support.hpp"

namespace vdn {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(TrialStore, KeepsResultsForTheNextOne) {
  const test::TemporaryDirectory folder;
  const std::string inside = (folder.path() / "study").string();
  {
    TrialStore store(inside);
    EXPECT_EQ(store.find("a"), nullptr);
    store.add({"a", "arm", "data", 1, 2.0, {{"crps", .5}}});
    store.add({"b", "arm", "data", 2, 2.0});
    EXPECT_NE(store.find("a"), nullptr);
  }
  const TrialStore again(inside);
  ASSERT_NE(again.find("a"), nullptr);
  EXPECT_EQ(again.find("a")->figure("crps"), .5);
  EXPECT_NE(again.find("b"), nullptr);
}

TEST(TrialStore, ALineThatWasCutOffIsTheOneTrialLost) {
  const test::TemporaryDirectory folder;
  TrialStore(folder.path().string()).add({"a", "arm", "data", 1, 2.0});
  const auto path = folder.path() / "trials.jsonl";
  const std::string whole = read_file(path);
  folder.write("trials.jsonl", whole + whole.substr(0, whole.size() / 2));
  {
    TrialStore store(folder.path().string());
    EXPECT_NE(store.find("a"), nullptr);
    store.add({"b", "arm", "data", 1, 2.0});
  }
  EXPECT_NE(TrialStore(folder.path().string()).find("b"), nullptr);
}

TEST(TrialStore, ADamagedLineIsNamed) {
  const test::TemporaryDirectory folder;
  TrialStore(folder.path().string()).add({"a", "arm", "data", 1, 2.0});
  const std::string whole = read_file(folder.path() / "trials.jsonl");
  folder.write("trials.jsonl", whole + "damage\n" + whole);
  try {
    TrialStore store(folder.path().string());
    FAIL() << "was read";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::data);
    EXPECT_NE(std::string(error.what()).find("line 2"), std::string::npos) << error.what();
  }
}

TEST(TrialStore, AFolderThatCannotBeMadeIsRefused) {
  const test::TemporaryDirectory folder;
  folder.write("file", "x");
  try {
    TrialStore store((folder.path() / "file").string());
    FAIL() << "was made";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::cannot_create);
  }
}

}  // namespace
}  // namespace vdn
