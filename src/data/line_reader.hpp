#pragma once
// Lines of a ByteSource, through one buffer.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/byte_source.hpp"

namespace vdn {

/// Hands out one record after the other, without its line end (LF or CRLF). A view holds until the next call.
class LineReader {
 public:
  explicit LineReader(ByteSource& source);

  /// The next line with all that follow while a quoted field is open (one that begins with a quote behind one of
  /// `separators`), or nothing at the end. A last line without line end counts. Throws what ByteSource::read throws,
  /// and Error (data) for a quote that is not closed within a megabyte and for a line of more than 64 MB.
  std::optional<std::string_view> next(std::string_view separators);
  /// Number of the first line of the record last handed out, from 1.
  std::size_t line() const { return record_line_; }
  /// Bytes handed out so far, line ends included.
  std::size_t consumed() const { return consumed_; }
  /// What comes next, some thousand bytes of it; nothing at the end. Holds until the next call.
  std::string_view sample();

 private:
  bool fill();
  std::optional<std::string_view> next_line();
  std::string_view join(std::string_view line, std::string_view separators);

  ByteSource& source_;
  std::vector<char> buffer_;  // unread bytes: [begin_, end_)
  std::size_t begin_ = 0, end_ = 0;
  std::size_t line_ = 0, record_line_ = 0, consumed_ = 0;
  std::string joined_;  // a record of several lines
};

/// Reads one more line of a record: true when it ends inside a quoted field. `quoted` says whether it begins in one.
bool ends_quoted(std::string_view line, std::string_view separators, bool quoted);

}  // namespace vdn
