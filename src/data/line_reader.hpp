#pragma once
// Lines of a ByteSource, through one buffer.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "data/byte_source.hpp"

namespace vdn {

/// Hands out one line after the other, without its line end (LF or CRLF). A view holds until the next call.
class LineReader {
 public:
  explicit LineReader(ByteSource& source);

  /// The next line, or nothing at the end. A last line without line end counts. Throws what ByteSource::read throws.
  std::optional<std::string_view> next();
  /// Number of the line last handed out, from 1.
  std::size_t line() const { return line_; }
  /// Bytes handed out so far, line ends included.
  std::size_t consumed() const { return consumed_; }

 private:
  bool fill();

  ByteSource& source_;
  std::vector<char> buffer_;  // unread bytes: [begin_, end_)
  std::size_t begin_ = 0, end_ = 0;
  std::size_t line_ = 0, consumed_ = 0;
};

}  // namespace vdn
