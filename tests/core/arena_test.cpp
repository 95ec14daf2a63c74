#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

#include <vdn/core/arena.hpp>

namespace vdn {
namespace {

struct Buffers {
  Matrix<float> a;
  std::span<double> b;
  Matrix<std::uint8_t> c;
  std::span<float> empty;

  void bind(ArenaCursor& cursor) {
    a = cursor.matrix<float>(3, 5);
    b = cursor.array<double>(9);
    c = cursor.matrix<std::uint8_t>(1, 65);
    empty = cursor.array<float>(0);
  }
};

std::uintptr_t address(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

TEST(Arena, PlacesAlignedZeroedPiecesThatDoNotOverlap) {
  Buffers buffers;
  const Arena arena = Arena::lay_out([&](ArenaCursor& cursor) { buffers.bind(cursor); });
  EXPECT_EQ(address(buffers.a.data) % 64, 0u);
  EXPECT_EQ(address(buffers.b.data()) % 64, 0u);
  EXPECT_EQ(address(buffers.c.data) % 64, 0u);
  EXPECT_GE(address(buffers.b.data()), address(buffers.a.data + buffers.a.size()));
  EXPECT_GE(address(buffers.c.data), address(buffers.b.data() + buffers.b.size()));
  EXPECT_LE(address(buffers.c.data + buffers.c.size()), address(arena.data() + arena.bytes()));
  EXPECT_EQ(buffers.b.size(), 9u);
  EXPECT_TRUE(buffers.empty.empty());
  EXPECT_TRUE(std::all_of(arena.data(), arena.data() + arena.bytes(), [](std::byte b) { return b == std::byte{0}; }));
}

TEST(Arena, MeasuringAndPlacingAgree) {
  Buffers buffers;
  ArenaCursor measure;
  buffers.bind(measure);
  EXPECT_EQ(buffers.a.data, nullptr);
  EXPECT_TRUE(buffers.b.empty());
  const Arena arena(measure.bytes());
  ArenaCursor place(arena.data());
  buffers.bind(place);
  EXPECT_EQ(place.bytes(), measure.bytes());
  EXPECT_EQ(arena.bytes(), 64u + 128u + 128u);
}

TEST(Arena, MovesWithItsBlock) {
  Buffers buffers;
  Arena arena = Arena::lay_out([&](ArenaCursor& cursor) { buffers.bind(cursor); });
  buffers.a(2, 4) = 7;
  const Arena moved = std::move(arena);
  EXPECT_EQ(buffers.a(2, 4), 7);
  EXPECT_EQ(address(moved.data()), address(buffers.a.data));
}

TEST(Arena, LargeBlocksBeginAtAHugePageAndAreZero) {
  constexpr std::size_t huge_page = std::size_t{2} << 20;
  const Arena arena(huge_page + 5);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(arena.data()) % huge_page, 0u);
  EXPECT_EQ(arena.bytes(), huge_page + 5);
  EXPECT_TRUE(std::all_of(arena.data(), arena.data() + arena.bytes(), [](std::byte b) { return b == std::byte{}; }));
}

TEST(Arena, MayBeEmpty) {
  const Arena arena = Arena::lay_out([](ArenaCursor&) {});
  EXPECT_EQ(arena.bytes(), 0u);
}

TEST(Matrix, SlicesAndReshapesTheSameData) {
  float data[6] = {0, 1, 2, 3, 4, 5};
  const Matrix<float> m(data, 3, 2);
  const ConstMatrix<float> rest = m.slice({1, 3});
  EXPECT_EQ(rest.rows, 2u);
  EXPECT_EQ(rest(1, 1), 5);
  EXPECT_EQ(m.reshape(2, 3)(1, 0), 3);
  EXPECT_EQ(m.row(2)[0], 4);
}

}  // namespace
}  // namespace vdn
