#pragma once
// Views of dense row-major data. A view never owns; see arena.hpp for who does.

#include <cstddef>
#include <span>
#include <type_traits>

namespace vdn {

/// Half-open range of rows (batch rows, output rows, chunks of a flat buffer).
struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t size() const { return end - begin; }
  bool operator==(const Range&) const = default;
};

/// Dense row-major view, rows x cols. Matrix<const T> reads, Matrix<T> writes.
template <class T>
struct Matrix {
  T* data = nullptr;
  std::size_t rows = 0;
  std::size_t cols = 0;

  Matrix() = default;
  Matrix(T* data_, std::size_t rows_, std::size_t cols_) : data(data_), rows(rows_), cols(cols_) {}
  /// A view that writes may be read.
  template <class U>
  requires(std::is_const_v<T>&& std::is_same_v<const U, T> && !std::is_const_v<U>) Matrix(const Matrix<U>& other)
      : data(other.data), rows(other.rows), cols(other.cols) {}  // NOLINT: implicit on purpose

  T& operator()(std::size_t row, std::size_t col) const { return data[row * cols + col]; }
  std::span<T> row(std::size_t index) const { return {data + index * cols, cols}; }
  std::span<T> flat() const { return {data, rows * cols}; }
  std::size_t size() const { return rows * cols; }
  /// Rows [range.begin, range.end) as a view of the same data.
  Matrix slice(Range range) const { return {data + range.begin * cols, range.size(), cols}; }
  /// The same data seen with another shape; rows_ * cols_ must equal size().
  Matrix reshape(std::size_t rows_, std::size_t cols_) const { return {data, rows_, cols_}; }
};

template <class T>
using ConstMatrix = Matrix<const T>;

}  // namespace vdn
