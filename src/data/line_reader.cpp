#include "data/line_reader.hpp"

#include <cstring>
#include <span>

namespace vdn {

LineReader::LineReader(ByteSource& source) : source_(source), buffer_(std::size_t{1} << 20) {}

// Moves the unfinished line to the front and reads behind it; a line longer than the buffer doubles it.
bool LineReader::fill() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
  const std::size_t got = source_.read(std::span(buffer_).subspan(end_));
  end_ += got;
  return got > 0;
}

std::optional<std::string_view> LineReader::next() {
  std::size_t searched = 0;  // bytes after begin_ known to hold no line end
  for (;;) {
    const std::size_t available = end_ - begin_;
    const char* start = buffer_.data() + begin_;
    const void* found = available > searched ? std::memchr(start + searched, '\n', available - searched) : nullptr;
    std::size_t length = found ? static_cast<std::size_t>(static_cast<const char*>(found) - start) : available;
    if (!found) {
      searched = available;
      if (fill()) continue;
      if (available == 0) return std::nullopt;
      start = buffer_.data() + begin_;
    }
    const std::size_t taken = length + (found ? 1 : 0);
    begin_ += taken;
    consumed_ += taken;
    ++line_;
    if (length > 0 && start[length - 1] == '\r') --length;
    return std::string_view(start, length);
  }
}

}  // namespace vdn
