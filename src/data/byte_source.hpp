#pragma once
// Bytes of a file or of standard input, gzip decompressed on the way.

#include <sys/stat.h>
#include <zlib.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vdn {

/// Opens at construction, reads forward once. Throws Error: no_input when it cannot be opened, io when reading fails or
/// a file turns out to have changed meanwhile, data when gzip is truncated or corrupt.
class ByteSource {
 public:
  /// `path` is a file, or "-" for standard input.
  explicit ByteSource(const std::string& path);
  /// `text` itself, as the bytes of something called `name`. Never gzip.
  ByteSource(std::string_view text, std::string name);
  ~ByteSource();
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  /// Fills `into` from its beginning; fewer bytes than asked only at the end of the data.
  std::size_t read(std::span<char> into);
  /// Name for messages: the path, or "standard input".
  const std::string& name() const { return name_; }
  /// A guess at the number of bytes read() will give in all; 0 when there is none. Used to size buffers, never trusted.
  std::size_t expected_bytes() const { return expected_bytes_; }

 private:
  void open(const std::string& path);
  std::size_t read_raw(std::span<char> into);
  std::size_t read_plain(std::span<char> into);
  std::size_t read_gzip(std::span<char> into);
  bool refill();
  bool start_next_member();
  void guess_size();
  void require_unchanged() const;

  struct EndInflate {
    void operator()(z_stream* stream) const;
  };

  std::string name_;
  int descriptor_ = -1;
  std::size_t expected_bytes_ = 0;
  struct stat opened_ {};  // the file as it was when it was opened
  std::vector<char> raw_;  // bytes read but not yet handed out: [raw_begin_, raw_end_)
  std::size_t raw_begin_ = 0, raw_end_ = 0;
  std::unique_ptr<z_stream, EndInflate> inflater_;  // null for plain data
  bool ended_ = false;                              // gzip: the last member is complete
};

}  // namespace vdn
