#include <vdn/io/atomic_file.hpp>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <vdn/core/error.hpp>

#include "support/support.hpp"

namespace vdn {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

void expect_refused(const std::string& path, ErrorKind kind, const std::string& part = {},
                    const std::string& content = "new") {
  try {
    write_file_atomically(path, content);
    ADD_FAILURE() << path << " was written";
  } catch (const Error& error) {
    EXPECT_EQ(error.exit_code(), static_cast<int>(kind)) << error.what();
    EXPECT_EQ(error.place(), path);
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

/// Files larger than `bytes` cannot be written while this lives: a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }

 private:
  rlimit before_{};
  void (*signal_)(int);
};

TEST(WriteFileAtomically, WritesAndReplaces) {
  const test::TemporaryDirectory folder;
  const auto path = folder.path() / "file";
  const std::string bytes("a\0b\r\n\xff", 6);
  for (const std::string& content : {std::string(100000, 'x'), std::string(), bytes}) {
    write_file_atomically(path.string(), content);
    EXPECT_EQ(content_of(path), content);
  }
  EXPECT_EQ(files_in(folder.path()), 1u) << "temporary files remain";
}

TEST(WriteFileAtomically, CreatesFolders) {
  const test::TemporaryDirectory folder;
  const auto path = folder.path() / "a" / "b" / "file";
  write_file_atomically(path.string(), "x");
  EXPECT_EQ(content_of(path), "x");
}

TEST(WriteFileAtomically, GivesTheUsualPermissions) {
  const test::TemporaryDirectory folder;
  const auto path = folder.path() / "file";
  const mode_t before = umask(022);
  write_file_atomically(path.string(), "x");
  umask(before);
  EXPECT_EQ(static_cast<unsigned>(fs::status(path).permissions()), 0644u);
}

TEST(WriteFileAtomically, AFailedWriteLeavesTheOldFile) {
  const test::TemporaryDirectory folder;
  const std::string path = folder.write("file", "old");
  {
    const FullDisk full(1000);
    expect_refused(path, ErrorKind::io, "cannot be written", std::string(100000, 'x'));
  }
  EXPECT_EQ(content_of(path), "old");
  EXPECT_EQ(files_in(folder.path()), 1u) << "the temporary file remains";
}

TEST(WriteFileAtomically, RefusesPlacesItCannotCreate) {
  const test::TemporaryDirectory folder;
  const std::string file = folder.write("file", "old");
  expect_refused("", ErrorKind::cannot_create);
  expect_refused(folder.path().string(), ErrorKind::cannot_create, "directory");
  expect_refused((folder.path() / "new/").string(), ErrorKind::cannot_create);
  expect_refused(file + "/below", ErrorKind::cannot_create, "cannot be created");
  expect_refused((folder.path() / std::string(300, 'n')).string(), ErrorKind::cannot_create);
  expect_refused("/proc/vdn-test/model", ErrorKind::cannot_create, "/proc/vdn-test");
  EXPECT_EQ(content_of(file), "old");
}

TEST(WriteFileAtomically, RefusesAFolderItMayNotWriteTo) {
  const test::TemporaryDirectory folder;
  const std::string file = folder.write("file", "old");
  fs::permissions(folder.path(), static_cast<fs::perms>(0555));
  const uid_t user = geteuid();
  if (user == 0) {  // root may write everywhere, nobody may not
    ASSERT_EQ(seteuid(65534), 0);
  }
  expect_refused(file, ErrorKind::cannot_create, "Permission denied");
  ASSERT_EQ(seteuid(user), 0);
  fs::permissions(folder.path(), fs::perms::owner_all);
  EXPECT_EQ(content_of(file), "old");
  EXPECT_EQ(files_in(folder.path()), 1u);
}

TEST(WriteFileAtomically, KeepsLinksAndDevices) {
  const test::TemporaryDirectory folder;
  const std::string file = folder.write("file", "old");
  const auto link = folder.path() / "link";
  fs::create_symlink(file, link);
  write_file_atomically(link.string(), "new");
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(content_of(file), "new");
  write_file_atomically("/dev/null", "x");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(WriteFileAtomically, ReadersSeeAWholeFile) {
  const test::TemporaryDirectory folder;
  const std::string path = folder.write("file", std::string(50000, 'a'));
  std::thread writer([&] {
    for (int i = 0; i < 50; ++i) write_file_atomically(path, std::string(50000, static_cast<char>('a' + i % 26)));
  });
  for (int i = 0; i < 200; ++i) {
    const std::string content = content_of(path);
    ASSERT_EQ(content.size(), 50000u);
    ASSERT_EQ(std::count(content.begin(), content.end(), content[0]), 50000);
  }
  writer.join();
}

}  // namespace
}  // namespace vdn
