#include "support/support.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace vdn::test {

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "vdn-test-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("cannot create " + pattern);
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryDirectory::write(const std::string& name, const std::string& content) const {
  const auto file = path_ / name;
  std::ofstream(file, std::ios::binary) << content;
  return file.string();
}

std::filesystem::path source_folder() {
  return VDN_SOURCE_DIR;
}

std::optional<std::string> find_test_data(const std::string& file_name) {
  const char* folders = std::getenv("VDN_DATA");
  std::stringstream list(folders ? folders : "");
  for (std::string folder; std::getline(list, folder, ':');) {
    const auto path = std::filesystem::path(folder) / file_name;
    if (std::filesystem::exists(path)) return path.string();
  }
  return std::nullopt;
}

}  // namespace vdn::test
