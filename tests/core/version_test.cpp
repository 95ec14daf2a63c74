#include <vdn/core/version.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "support/support.hpp"

namespace vdn {
namespace {

TEST(Version, IsTheProjects) {
  std::ifstream file(test::source_folder() / "CMakeLists.txt");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(text.find(std::string("project(vdn VERSION ") + version() + " "), std::string::npos) << version();
}

}  // namespace
}  // namespace vdn
