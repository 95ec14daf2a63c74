#pragma once
// Collects rows, keeps columns: the values of a table of unknown length as [D][T] without holding them twice.

#include <cstddef>
#include <span>
#include <vector>

namespace vdn {

class ColumnStore {
 public:
  explicit ColumnStore(std::size_t columns);

  /// Rows per block to append at a time, so that a block stays in the cache.
  std::size_t block_rows() const { return block_rows_; }
  /// Appends rows x D values, row-major. `expected_rows`: a guess at the final number of rows, 0 for none.
  void append(std::span<const double> rows, std::size_t expected_rows);
  std::size_t rows() const { return rows_; }
  /// The values [D][T]; leaves the store empty.
  std::vector<double> take();

 private:
  void grow(std::size_t capacity);

  std::size_t columns_, block_rows_;
  std::size_t rows_ = 0, capacity_ = 0;
  std::vector<double> values_;  // [D][capacity_]
};

}  // namespace vdn
