#include "data/part_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

namespace fs = std::filesystem;

constexpr const char* other_folder = "choose another folder with --dir";

[[noreturn]] void refuse_write(const std::string& path, int error) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  throw Error(ErrorKind::io, path, full ? "the disk is full" : fmt::format("cannot be written: {}", strerror(error)),
              full ? fmt::format("make room, or {}; what is there is kept for the next time", other_folder) : "");
}

void create_folder_of(const std::string& target) {
  const fs::path folder = fs::path(target).parent_path();
  std::error_code failed;
  if (!folder.empty()) fs::create_directories(folder, failed);
  if (failed) throw Error(ErrorKind::cannot_create, folder.string(), failed.message(), other_folder);
}

}  // namespace

PartFile::PartFile(std::string target)
    : target_(std::move(target)), path_(target_ + ".part"), note_(target_ + ".part.from") {
  create_folder_of(target_);
  descriptor_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor_ < 0) throw Error(ErrorKind::cannot_create, path_, strerror(errno), other_folder);
  if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {  // some file systems have no locks
    close(descriptor_);
    throw Error(ErrorKind::cannot_create, path_, "is being written by another process", "wait for it to end");
  }
  struct stat status {};
  if (fstat(descriptor_, &status) == 0) size_ = static_cast<std::uint64_t>(status.st_size);
  read_origin();
}

PartFile::~PartFile() {
  if (size_ == 0 && !finished_) discard();  // nothing arrived: leave nothing behind
  close(descriptor_);
}

bool PartFile::continues(const std::string& address) const {
  return size_ > 0 && origin_.address == address && !origin_.validator.empty();
}

void PartFile::restart(const PartOrigin& origin) {
  if (ftruncate(descriptor_, 0) != 0) refuse_write(path_, errno);
  size_ = 0;
  restarted_ = true;
  origin_ = origin;
  write_origin();
}

void PartFile::append(std::span<const char> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) refuse_write(path_, errno);
    size_ += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void PartFile::finish() {
  if (fsync(descriptor_) != 0) refuse_write(path_, errno);
  if (std::rename(path_.c_str(), target_.c_str()) != 0) {
    throw Error(ErrorKind::cannot_create, target_, strerror(errno), other_folder);
  }
  std::remove(note_.c_str());
  finished_ = true;
}

void PartFile::discard() {
  std::remove(path_.c_str());
  std::remove(note_.c_str());
}

/// Three lines: address, validator, total. A note that is damaged counts as none: the download starts again.
void PartFile::read_origin() {
  std::ifstream note(note_);
  PartOrigin origin;
  std::string total;
  if (!std::getline(note, origin.address) || !std::getline(note, origin.validator) || !std::getline(note, total))
    return;
  const char* end = total.data() + total.size();
  const auto read = std::from_chars(total.data(), end, origin.total);
  if (read.ec != std::errc{} || read.ptr != end) return;
  origin_ = origin;
}

void PartFile::write_origin() const {
  std::ofstream note(note_, std::ios::trunc);
  note << origin_.address << '\n' << origin_.validator << '\n' << origin_.total << '\n';
  note.close();
  if (!note) refuse_write(note_, errno);
}

}  // namespace vdn
