#include <vdn/data/fetch.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include <vdn/core/error.hpp>
#include <vdn/data/csv.hpp>

namespace vdn {
namespace {

namespace fs = std::filesystem;

std::string chosen_folder(const FetchOptions& options) {
  std::string folder = options.folder.empty() ? cache_folder() : options.folder;
  if (!folder.empty()) return folder;
  throw Error(ErrorKind::cannot_create, "cache folder", "neither XDG_CACHE_HOME nor HOME is set",
              "choose a folder with --dir");
}

std::optional<std::string> existing_copy(const NamedSet& set, const std::string& folder) {
  if (auto path = locate_in(folder, set)) return path;
  return locate(set);
}

void verify_checksum_or_throw(const std::string& path, const NamedSet& set) {
  if (set.sha256.empty()) return;
  const std::string sum = content_sha256(path);
  if (sum == set.sha256 || sum == set.other_sha256) return;
  throw Error(ErrorKind::data, path,
              fmt::format("is not the data set '{}': its checksum differs (SHA-256 {}, published {})", set.name, sum,
                          set.sha256),
              set.bundled ? "install vdn again" : fmt::format("'vdn data get {} --force' downloads it", set.name));
}

/// What else can be done when the download fails.
std::string other_ways(const NamedSet& set) {
  return fmt::format(
      "get {} elsewhere (source: {}) and put it into a folder named in VDN_DATA, or name a mirror in "
      "VDN_DATA_MIRROR",
      set.file, set.source);
}

}  // namespace

std::string download_address(const NamedSet& set) {
  if (set.address.empty()) {
    throw Error(ErrorKind::usage, std::string(set.name), "comes with vdn, there is nothing to download");
  }
  const char* variable = std::getenv("VDN_DATA_MIRROR");
  std::string mirror = variable ? variable : "";
  if (mirror.empty()) return std::string(set.address);
  if (mirror.rfind("http://", 0) != 0 && mirror.rfind("https://", 0) != 0) {
    throw Error(ErrorKind::config, "VDN_DATA_MIRROR", fmt::format("'{}' is no http or https address", mirror),
                "it is the address of a folder, such as https://files.example.org/vdn");
  }
  if (mirror.back() != '/') mirror += '/';
  return mirror + std::string(set.file);
}

void verify_named(const std::string& path, const NamedSet& set) {
  verify_checksum_or_throw(path, set);
  const SeriesSet series = read_csv(path);
  if (series.length() == set.rows && series.count() == set.series) return;
  throw Error(ErrorKind::data, path,
              fmt::format("has {} rows of {} series, the data set '{}' has {} of {}", series.length(), series.count(),
                          set.name, set.rows, set.series));
}

FetchResult fetch_named(const NamedSet& set, const FetchOptions& options) {
  FetchResult result;
  if (!options.force) {
    // The cache is among the folders locate() searches, so only --dir asks for a folder of its own.
    if (const auto copy = options.folder.empty() ? locate(set) : existing_copy(set, options.folder)) {
      verify_named(*copy, set);
      result.path = *copy;
      result.found = true;
      return result;
    }
  }
  const std::string address = download_address(set);
  result.path = (fs::path(chosen_folder(options)) / set.file).string();
  try {
    result.download = download(
        address, result.path, [&](const std::string& part) { verify_named(part, set); }, options.download);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::unavailable) {
      const std::string hint = error.hint().empty() ? "" : error.hint() + ", or ";
      throw Error(error.kind(), error.place(), error.problem(), hint + other_ways(set));
    }
    if (error.kind() == ErrorKind::data) {
      throw Error(error.kind(), address, fmt::format("what it sent {}", error.problem()),
                  "nothing of it was kept; " + other_ways(set));
    }
    throw;
  }
  return result;
}

}  // namespace vdn
