#pragma once
// One allocation for all buffers of a plan. A plan's buffers are bound twice by the same function: once to measure,
// once to place, so that layout and size cannot disagree and nothing is allocated afterwards.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include <vdn/core/matrix.hpp>

namespace vdn {

/// Hands out 64-byte aligned pieces of one block, in order. With a null base it only counts.
class ArenaCursor {
 public:
  explicit ArenaCursor(std::byte* base = nullptr) : base_(base) {}

  template <class T>
  Matrix<T> matrix(std::size_t rows, std::size_t cols) {
    return {take<T>(rows * cols), rows, cols};
  }
  template <class T>
  std::span<T> array(std::size_t count) {
    return {take<T>(count), base_ ? count : 0};
  }
  std::size_t bytes() const { return offset_; }

 private:
  template <class T>
  T* take(std::size_t count) {
    const std::size_t at = offset_;
    offset_ += (count * sizeof(T) + alignment - 1) / alignment * alignment;
    return base_ ? reinterpret_cast<T*>(base_ + at) : nullptr;
  }

  static constexpr std::size_t alignment = 64;
  std::byte* base_;
  std::size_t offset_ = 0;
};

/// Owns the block. Zero-filled; 64-byte aligned.
class Arena {
 public:
  Arena() = default;
  explicit Arena(std::size_t bytes);

  /// Measures bind(cursor), allocates once, then binds for good.
  template <class Bind>
  static Arena lay_out(Bind&& bind) {
    ArenaCursor measure;
    bind(measure);
    Arena arena(measure.bytes());
    ArenaCursor place(arena.data());
    bind(place);
    return arena;
  }

  std::byte* data() const { return block_.get(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Free {
    void operator()(std::byte* block) const;
  };
  std::unique_ptr<std::byte, Free> block_;
  std::size_t bytes_ = 0;
};

}  // namespace vdn
