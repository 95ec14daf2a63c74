#pragma once
// What several test programs share.

#include <filesystem>
#include <optional>
#include <string>

namespace vdn::test {

/// A directory of its own for one test, removed afterwards.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }
  /// Writes a file inside and returns its path.
  std::string write(const std::string& name, const std::string& content) const;

 private:
  std::filesystem::path path_;
};

/// The folder of the project's sources.
std::filesystem::path source_folder();

/// The path of a file in $VDN_DATA, or nothing when it is not there.
std::optional<std::string> find_test_data(const std::string& file_name);

/// Whether `part` stands in `text`.
inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace vdn::test

/// Skips a test that needs a file of $VDN_DATA, saying which; else defines `variable` as its path.
#define VDN_REQUIRE_DATA(variable, file_name)                                                         \
  const auto variable##_found = vdn::test::find_test_data(file_name);                                 \
  if (!variable##_found) GTEST_SKIP() << "needs " << (file_name) << " in the folder $VDN_DATA names"; \
  [[maybe_unused]] const std::string& variable = *variable##_found
