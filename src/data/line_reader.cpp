#include "data/line_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <span>

#include <vdn/core/error.hpp>

namespace vdn {

namespace {

constexpr std::size_t longest_line = std::size_t{64} << 20;  // bytes; what never ends a line is no table

}  // namespace

LineReader::LineReader(ByteSource& source) : source_(source), buffer_(std::size_t{1} << 20) {}

// Moves the unfinished line to the front and reads behind it; a line longer than the buffer doubles it.
bool LineReader::fill() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  if (end_ == buffer_.size()) {
    if (end_ >= longest_line) {
      throw Error(ErrorKind::data, fmt::format("{}:{}", source_.name(), line_ + 1),
                  fmt::format("a line of more than {} MB", longest_line >> 20), "give a CSV table, one row a line");
    }
    buffer_.resize(2 * buffer_.size());
  }
  const std::size_t got = source_.read(std::span(buffer_).subspan(end_));
  end_ += got;
  return got > 0;
}

std::string_view LineReader::sample() {
  constexpr std::size_t wanted = std::size_t{64} << 10;
  while (end_ - begin_ < wanted && fill()) {
  }
  return {buffer_.data() + begin_, std::min(wanted, end_ - begin_)};
}

std::optional<std::string_view> LineReader::next(std::string_view separators) {
  const auto line = next_line();
  record_line_ = line_;
  const bool plain = !line || line->find('"') == std::string_view::npos;
  return plain || !ends_quoted(*line, separators, false) ? line : join(*line, separators);
}

std::string_view LineReader::join(std::string_view first, std::string_view separators) {
  constexpr std::size_t most = std::size_t{1} << 20;  // bytes that may follow
  const std::size_t size = first.size();
  joined_ = first;
  for (bool quoted = true; quoted;) {
    const auto line = next_line();
    if (!line || joined_.size() > size + most) {
      throw Error(ErrorKind::data, fmt::format("{}:{}", source_.name(), record_line_),
                  "a quote that is opened here is not closed", "close it, or write it twice inside a quoted field");
    }
    joined_ += '\n';
    joined_ += *line;
    quoted = ends_quoted(*line, separators, true);
  }
  return joined_;
}

std::optional<std::string_view> LineReader::next_line() {
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

bool ends_quoted(std::string_view line, std::string_view separators, bool quoted) {
  for (std::size_t at = 0;; ++at) {  // every turn is a field, or what is left of one
    if (!quoted) {
      while (at < line.size() && line[at] == ' ') ++at;
      quoted = at < line.size() && line[at] == '"';
      if (quoted) ++at;
    }
    while (quoted) {
      at = line.find('"', at);
      if (at == std::string_view::npos) return true;
      ++at;
      quoted = at < line.size() && line[at] == '"';  // a doubled quote stays inside
      if (quoted) ++at;
    }
    at = line.find_first_of(separators, at);
    if (at == std::string_view::npos) return false;
  }
}

}  // namespace vdn
