#pragma once
// The unfinished file of a download, and a note beside it of where its bytes came from.

#include <cstdint>
#include <span>
#include <string>

namespace vdn {

/// What must still hold for the bytes of a part to be continued.
struct PartOrigin {
  std::string address;
  std::string validator;    ///< a strong ETag or a Last-Modified date; empty: the part cannot be continued
  std::uint64_t total = 0;  ///< bytes of the whole file, 0 when not known
};

/// `target`.part, open for writing and locked against other processes; `target`.part.from holds its origin.
class PartFile {
 public:
  /// Creates the folder and opens or creates the part. Throws Error (cannot_create).
  explicit PartFile(std::string target);
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  const std::string& path() const { return path_; }
  std::uint64_t size() const { return size_; }
  const PartOrigin& origin() const { return origin_; }
  /// True once the bytes that were there at first are gone.
  bool restarted() const { return restarted_; }
  /// True when the bytes at hand are the beginning of what `address` gave and can be asked to go on.
  bool continues(const std::string& address) const;

  /// Empties it and notes where the next bytes come from. Throws Error (io).
  void restart(const PartOrigin& origin);
  /// Throws Error (io), with the bytes so far kept.
  void append(std::span<const char> bytes);
  /// Gives it the final name. Throws Error (io, cannot_create).
  void finish();
  /// Removes it and the note.
  void discard();

 private:
  void read_origin();
  void write_origin() const;

  std::string target_, path_, note_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  PartOrigin origin_;
  bool restarted_ = false, finished_ = false;
};

}  // namespace vdn
