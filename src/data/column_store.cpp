#include "data/column_store.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace vdn {

ColumnStore::ColumnStore(std::size_t columns)
    : columns_(columns), block_rows_(std::clamp<std::size_t>(16384 / columns, 8, 256)) {}

// Spreads the columns from the last to the first, in place.
void ColumnStore::grow(std::size_t capacity) {
  values_.resize(columns_ * capacity);
  for (std::size_t column = columns_; column-- > 1;) {
    std::memmove(values_.data() + column * capacity, values_.data() + column * capacity_, rows_ * sizeof(double));
  }
  capacity_ = capacity;
}

void ColumnStore::append(std::span<const double> rows, std::size_t expected_rows) {
  const std::size_t count = rows.size() / columns_;
  if (rows_ + count > capacity_) {
    const std::size_t doubled = capacity_ + capacity_ / 2 + block_rows_;
    // A guess is worth a little slack: growing moves everything.
    const std::size_t guessed = expected_rows + expected_rows / 50 + block_rows_;
    grow(guessed >= rows_ + count && capacity_ < guessed ? guessed : std::max(doubled, rows_ + count));
  }
  for (std::size_t column = 0; column < columns_; ++column) {
    double* to = values_.data() + column * capacity_ + rows_;
    const double* from = rows.data() + column;
    for (std::size_t row = 0; row < count; ++row) to[row] = from[row * columns_];
  }
  rows_ += count;
}

std::vector<double> ColumnStore::take() {
  for (std::size_t column = 1; column < columns_; ++column) {
    std::memmove(values_.data() + column * rows_, values_.data() + column * capacity_, rows_ * sizeof(double));
  }
  values_.resize(columns_ * rows_);
  if (values_.capacity() > values_.size() + values_.size() / 4) values_.shrink_to_fit();
  rows_ = capacity_ = 0;
  return std::exchange(values_, {});
}

}  // namespace vdn
