#include "data/byte_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

constexpr std::size_t raw_bytes = std::size_t{256} << 10;

}  // namespace

void ByteSource::EndInflate::operator()(z_stream* stream) const {
  inflateEnd(stream);
  delete stream;  // NOLINT: the deleter of a unique_ptr
}

ByteSource::ByteSource(const std::string& path) : name_(path == "-" ? "standard input" : path), raw_(raw_bytes) {
  open(path);
  try {
    if (fstat(descriptor_, &opened_) != 0) opened_ = {};
    while (raw_end_ < 2) {  // a pipe may give one byte at a time
      const std::size_t got = read_raw(std::span(raw_).subspan(raw_end_));
      if (got == 0) break;
      raw_end_ += got;
    }
    const bool gzip = raw_end_ >= 2 && raw_[0] == '\x1f' && raw_[1] == '\x8b';
    if (gzip) {
      inflater_.reset(new z_stream{});
      if (inflateInit2(inflater_.get(), 15 + 16) != Z_OK)
        throw Error(ErrorKind::software, name_, "zlib does not start");
    }
    guess_size();
  } catch (...) {
    if (descriptor_ > STDIN_FILENO) close(descriptor_);
    throw;
  }
}

ByteSource::ByteSource(std::string_view text, std::string name)
    : name_(std::move(name)), expected_bytes_(text.size()), raw_(text.begin(), text.end()), raw_end_(text.size()) {}

ByteSource::~ByteSource() {
  if (descriptor_ > STDIN_FILENO) close(descriptor_);
}

void ByteSource::open(const std::string& path) {
  if (path == "-") {
    descriptor_ = STDIN_FILENO;
    return;
  }
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) throw Error(ErrorKind::no_input, name_, "there is no such file");
    throw Error(ErrorKind::no_input, name_, std::string("cannot be read: ") + std::strerror(errno));
  }
  if (S_ISDIR(info.st_mode)) throw Error(ErrorKind::no_input, name_, "is a directory", "give a file inside it");
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) throw Error(ErrorKind::no_input, name_, std::string("cannot be read: ") + std::strerror(errno));
}

std::size_t ByteSource::read_raw(std::span<char> into) {
  if (descriptor_ < 0) return 0;  // a text, already in raw_
  for (;;) {
    const ssize_t got = ::read(descriptor_, into.data(), into.size());
    if (got == 0) require_unchanged();
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) throw Error(ErrorKind::io, name_, std::string("reading failed: ") + std::strerror(errno));
  }
}

// Rows of before and of after would be mixed, and the last one may be half written.
void ByteSource::require_unchanged() const {
  struct stat now {};
  if (!S_ISREG(opened_.st_mode) || fstat(descriptor_, &now) != 0) return;
  const bool same = now.st_size == opened_.st_size && now.st_mtim.tv_sec == opened_.st_mtim.tv_sec &&
                    now.st_mtim.tv_nsec == opened_.st_mtim.tv_nsec;
  if (!same) throw Error(ErrorKind::io, name_, "has changed while it was read", "try again once it is written");
}

// Regular files only. The last four bytes of gzip hold the uncompressed size modulo 2^32; a damaged file may claim
// anything there, so no more than 20 times the compressed size is believed.
void ByteSource::guess_size() {
  if (!S_ISREG(opened_.st_mode)) return;
  const auto size = static_cast<std::size_t>(opened_.st_size);
  if (!inflater_) {
    expected_bytes_ = size;
    return;
  }
  unsigned char tail[4];
  if (size < 18 || pread(descriptor_, tail, 4, opened_.st_size - 4) != 4) return;
  const std::size_t claimed =
      tail[0] | std::size_t{tail[1]} << 8 | std::size_t{tail[2]} << 16 | std::size_t{tail[3]} << 24;
  expected_bytes_ = std::min(claimed, 20 * size);
}

std::size_t ByteSource::read(std::span<char> into) {
  return inflater_ ? read_gzip(into) : read_plain(into);
}

std::size_t ByteSource::read_plain(std::span<char> into) {
  std::size_t filled = std::min(into.size(), raw_end_ - raw_begin_);
  std::memcpy(into.data(), raw_.data() + raw_begin_, filled);
  raw_begin_ += filled;
  while (filled < into.size()) {
    const std::size_t got = read_raw(into.subspan(filled));
    if (got == 0) break;
    filled += got;
  }
  return filled;
}

bool ByteSource::refill() {
  if (raw_begin_ < raw_end_) return true;
  raw_begin_ = 0;
  raw_end_ = read_raw(raw_);
  return raw_end_ > 0;
}

// After the end of a gzip member: another member may follow, or zero padding (tapes), or nothing.
bool ByteSource::start_next_member() {
  while (refill()) {
    if (raw_[raw_begin_] != 0) {
      inflateReset(inflater_.get());
      return true;
    }
    ++raw_begin_;
  }
  return false;
}

std::size_t ByteSource::read_gzip(std::span<char> into) {
  z_stream& stream = *inflater_;
  stream.next_out = reinterpret_cast<Bytef*>(into.data());
  stream.avail_out = static_cast<uInt>(std::min<std::size_t>(into.size(), 1u << 30));
  const std::size_t asked = stream.avail_out;
  while (stream.avail_out > 0 && !ended_) {
    if (!refill()) {
      throw Error(ErrorKind::data, name_, "the gzip data end too early", "the file is incomplete; get it again");
    }
    stream.next_in = reinterpret_cast<Bytef*>(raw_.data() + raw_begin_);
    stream.avail_in = static_cast<uInt>(raw_end_ - raw_begin_);
    const int status = inflate(&stream, Z_NO_FLUSH);
    raw_begin_ = raw_end_ - stream.avail_in;
    if (status == Z_STREAM_END) {
      ended_ = !start_next_member();
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      throw Error(ErrorKind::data, name_,
                  std::string("the gzip data are corrupt (") + (stream.msg ? stream.msg : "zlib gives no reason") + ")",
                  "get the file again");
    }
  }
  return asked - stream.avail_out;
}

}  // namespace vdn
