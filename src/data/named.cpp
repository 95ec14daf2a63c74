#include <vdn/data/named.hpp>

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include <vdn/core/error.hpp>

#include "data/byte_source.hpp"

namespace vdn {
namespace {

namespace fs = std::filesystem;

constexpr NamedSet sets[] = {
    {"flights", "flights.csv", 4345, 12, "1 hour", 24, 24,
     "6ff78e7e137907b2609fccac88f029d64732aff10a53621b1881fa46608e68d6",
     "US Bureau of Transportation Statistics, departures counted per airport and hour", "public domain (US government)",
     true},
    {"etth1", "ETTh1.csv", 17420, 7, "1 hour", 24, 24,
     "f18de3ad269cef59bb07b5438d79bb3042d3be49bdeecf01c1cd6d29695ee066", "GitHub zhouhaoyi/ETDataset", "CC BY-ND 4.0",
     false},
    {"etth2", "ETTh2.csv", 17420, 7, "1 hour", 24, 24,
     "a3dc2c597b9218c7ce1cd55eb77b283fd459a1d09d753063f944967dd6b9218b", "GitHub zhouhaoyi/ETDataset", "CC BY-ND 4.0",
     false},
    {"exchange", "exchange_rate.csv", 7588, 8, "1 day", 1, 30,
     "d55e7aa2641009814a18ba3279431b13f6d413b0eab195b9ff21988d8cf94e97",
     "GitHub laiguokun/multivariate-time-series-data", "not stated", false},
    {"weather", "weather.csv", 52696, 21, "10 minutes", 144, 144,
     "34ee981d07313e51da2a50bb600072c8ae4a69cb4b0651f4cb93a069d7a2ba63",
     "Max Planck Institute for Biogeochemistry, Jena, weather station, 2020", "not stated", false},
    {"ili", "national_illness.csv", 966, 7, "1 week", 52, 24,
     "8594cecb98c6f2f9dc014eca11c4d5d1e38ad5ce6ed0592d4abe65b146fce395",
     "US Centers for Disease Control and Prevention, influenza-like illness", "public domain (US government)", false},
    {"ecl", "electricity.csv", 26304, 321, "1 hour", 24, 24, "",
     "UCI ElectricityLoadDiagrams20112014, as prepared by GitHub laiguokun/multivariate-time-series-data", "CC BY 4.0",
     false},
    {"traffic", "traffic.csv", 17544, 862, "1 hour", 24, 24, "",
     "California Department of Transportation (PeMS), as prepared by GitHub "
     "laiguokun/multivariate-time-series-data",
     "not stated", false},
};

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored) && !fs::is_directory(path, ignored);
}

/// The folder named sets are meant to be put into by hand.
std::string cache_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache && *cache) return (fs::path(cache) / "vdn").string();
  const char* home = std::getenv("HOME");
  return home && *home ? (fs::path(home) / ".cache" / "vdn").string() : "";
}

[[noreturn]] void refuse_absent(const NamedSet& set) {
  throw Error(ErrorKind::no_input, fmt::format("data set '{}'", set.name), "is not on this machine",
              fmt::format("get {} from {} (licence: {}) and put it into a folder named in VDN_DATA", set.file,
                          set.source, set.licence));
}

[[noreturn]] void refuse_unknown(const std::string& word) {
  std::vector<std::string> known;
  std::string all;
  for (const NamedSet& set : sets) {
    known.emplace_back(set.name);
    all += (all.empty() ? "" : ", ") + known.back();
  }
  const std::string near = nearest_word(lower_case(word), known);
  throw Error(ErrorKind::no_input, word, "there is no such file, and no data set of that name",
              near.empty() ? "known sets are " + all : fmt::format("did you mean '{}'?", near));
}

}  // namespace

std::span<const NamedSet> named_sets() {
  return sets;
}

const NamedSet* find_named(std::string_view name) {
  const std::string wanted = lower_case(name);
  const auto* found =
      std::find_if(std::begin(sets), std::end(sets), [&](const auto& set) { return set.name == wanted; });
  return found == std::end(sets) ? nullptr : found;
}

std::vector<std::string> data_folders() {
  std::vector<std::string> folders;
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed);
  if (!failed) folders.push_back((program.parent_path().parent_path() / "share" / "vdn").string());
  folders.emplace_back(VDN_SOURCE_DATA_DIR);
  const char* list = std::getenv("VDN_DATA");
  for (std::string_view rest = list ? list : ""; !rest.empty();) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    if (end > 0) folders.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (const std::string cache = cache_folder(); !cache.empty()) folders.push_back(cache);
  return folders;
}

std::optional<std::string> locate(const NamedSet& set) {
  for (const std::string& folder : data_folders()) {
    const std::string plain = (fs::path(folder) / set.file).string();
    for (const std::string& path : {plain, plain + ".gz"}) {
      if (is_file(path)) return path;
    }
  }
  return std::nullopt;
}

DataLocation find_data(const std::string& name_or_path) {
  if (const NamedSet* set = find_named(name_or_path)) {
    if (const auto path = locate(*set)) return {*path, set};
    if (is_file(name_or_path)) return {name_or_path, nullptr};
    refuse_absent(*set);
  }
  // A directory is a path too: opening it gives the better message.
  std::error_code ignored;
  if (name_or_path == "-" || fs::exists(name_or_path, ignored)) return {name_or_path, nullptr};
  refuse_unknown(name_or_path);
}

std::string content_sha256(const std::string& path) {
  ByteSource source(path);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  bool good = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  std::vector<char> buffer(std::size_t{1} << 20);
  for (std::size_t got = 0; good && (got = source.read(buffer)) > 0;) {
    good = EVP_DigestUpdate(context.get(), buffer.data(), got) == 1;
  }
  std::array<unsigned char, 32> digest{};
  if (!good || EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) {
    throw Error(ErrorKind::software, path, "SHA-256 could not be computed");
  }
  std::string hex;
  for (const unsigned char byte : digest) hex += fmt::format("{:02x}", byte);
  return hex;
}

bool verify_checksum(const std::string& path, const NamedSet& set) {
  return set.sha256.empty() || content_sha256(path) == set.sha256;
}

}  // namespace vdn
