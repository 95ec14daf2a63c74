#include <vdn/io/atomic_file.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(ErrorKind kind, const std::string& path, const std::string& what, int cause) {
  throw Error(kind, path, what + ": " + std::generic_category().message(cause),
              kind == ErrorKind::io ? "is the disk full?" : "choose a place you may write to");
}

/// A file descriptor with the calls that can fail. `place` names it in errors.
class Output {
 public:
  Output(const fs::path& path, int flags, std::string place) : place_(std::move(place)) {
    descriptor_ = open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0666);
    if (descriptor_ < 0) refuse(ErrorKind::cannot_create, place_, "cannot be created", errno);
  }
  ~Output() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void write(std::string_view content) {
    while (!content.empty()) {
      const ssize_t written = ::write(descriptor_, content.data(), content.size());
      if (written >= 0) {
        content.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno != EINTR) {
        refuse(ErrorKind::io, place_, "cannot be written", errno);
      }
    }
  }
  void flush() {
    if (fsync(descriptor_) != 0) refuse(ErrorKind::io, place_, "cannot be flushed to the disk", errno);
  }
  void close() {
    const int descriptor = std::exchange(descriptor_, -1);
    if (::close(descriptor) != 0) refuse(ErrorKind::io, place_, "cannot be closed", errno);
  }

 private:
  std::string place_;
  int descriptor_ = -1;
};

/// Takes a temporary file away unless it was renamed.
struct Removal {
  explicit Removal(fs::path file_) : file(std::move(file_)) {}
  ~Removal() {
    if (!file.empty()) ::unlink(file.c_str());
  }
  Removal(const Removal&) = delete;
  Removal& operator=(const Removal&) = delete;
  fs::path file;
};

/// The file behind symbolic links: a rename would replace the link itself.
fs::path behind_links(const fs::path& path, const std::string& place) {
  std::error_code failed;
  if (!fs::is_symlink(path, failed)) return path;
  fs::path target = fs::weakly_canonical(path, failed);
  if (failed) refuse(ErrorKind::cannot_create, place, "cannot be created", failed.value());
  return target;
}

fs::path folder_of(const fs::path& target, const std::string& place) {
  fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) {
    refuse(ErrorKind::cannot_create, place, fmt::format("the folder {} cannot be created", folder.string()),
           failed.value());
  }
  return folder;
}

/// Best effort: makes the rename itself survive a power cut. Some file systems cannot.
void flush_folder(const fs::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

}  // namespace

void write_file_atomically(const std::string& path, std::string_view content) {
  static std::atomic<unsigned> count{0};
  if (path.empty()) refuse(ErrorKind::cannot_create, path, "a file without a name cannot be created", ENOENT);
  const fs::path target = behind_links(path, path);
  std::error_code ignored;
  const fs::file_status status = fs::status(target, ignored);
  if (fs::is_directory(status)) refuse(ErrorKind::cannot_create, path, "cannot be created", EISDIR);
  if (fs::exists(status) && !fs::is_regular_file(status)) {  // /dev/null, a pipe: not to be replaced by a file
    Output(target, 0, path).write(content);
    return;
  }
  if (target.filename().empty()) refuse(ErrorKind::cannot_create, path, "cannot be created", EISDIR);
  const fs::path folder = folder_of(target, path);
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  const fs::path name = folder / fmt::format(".vdn-{}-{}-{:x}.part", getpid(), count++, now);
  Output output(name, O_CREAT | O_EXCL, path);
  Removal temporary(name);
  output.write(content);
  output.flush();
  output.close();
  if (rename(temporary.file.c_str(), target.c_str()) != 0) {
    refuse(ErrorKind::cannot_create, path, "cannot be replaced", errno);
  }
  temporary.file.clear();
  flush_folder(folder);
}

}  // namespace vdn
