#include <vdn/data/checksum.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace vdn {
namespace {

SeriesSet set_of(std::vector<double> values) {
  SeriesSet set;
  set.names = {"a", "b"};
  set.times = {0, 1};
  set.values = std::move(values);
  return set;
}

TEST(ValuesChecksum, IsSha256OfTheDoubles) {
  // hashlib.sha256(struct.pack("<d", 1.0) + struct.pack("<d", -2.5) + bytes.fromhex("000000000000f87f") + bytes(8))
  const char* expected = "88ff4ecf53dc46006381d00256814af26d58c9568b07a5c9b8018d4bbf5103a5";
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(values_sha256(set_of({1.0, -2.5, nan, 0.0})), expected);
  EXPECT_EQ(values_sha256(set_of({1.0, -2.5, -nan, -0.0})), expected);
  EXPECT_NE(values_sha256(set_of({1.0, -2.5, 0.0, nan})), expected);
  EXPECT_EQ(values_sha256(set_of({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(ValuesChecksum, TakesEveryValueOfALongTable) {
  std::vector<double> values(10'000, 1.0);
  const std::string before = values_sha256(set_of(values));
  for (const std::size_t at : {std::size_t{0}, std::size_t{4095}, std::size_t{4096}, std::size_t{9999}}) {
    std::vector<double> other = values;
    other[at] = std::nextafter(1.0, 2.0);
    EXPECT_NE(values_sha256(set_of(other)), before) << at;
  }
}

}  // namespace
}  // namespace vdn
