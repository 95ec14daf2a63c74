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

#define ETT_FOLDER "https://raw.githubusercontent.com/zhouhaoyi/ETDataset/main/ETT-small/"
#define THUML_FOLDER "https://huggingface.co/datasets/thuml/Time-Series-Library/resolve/main/"
#define PILE_FOLDER "https://huggingface.co/datasets/AutonLab/Timeseries-PILE/resolve/main/forecasting/autoformer/"

// The addresses are those that serve the bytes of `sha256`. Two copies of most benchmark tables go round, with LF and
// with CRLF line ends: `other_sha256` is that of the other one. Where sum_computed is true both were computed from the
// file; the others are sums that several independent users of the same address have published.
constexpr NamedSet sets[] = {
    {"flights", "flights.csv", 4345, 12, "1 hour", 24, 24,
     "6ff78e7e137907b2609fccac88f029d64732aff10a53621b1881fa46608e68d6",
     "US Bureau of Transportation Statistics, departures counted per airport and hour", "public domain (US government)",
     true, "", 0.2},
    {"etth1", "ETTh1.csv", 17420, 7, "1 hour", 24, 24,
     "f18de3ad269cef59bb07b5438d79bb3042d3be49bdeecf01c1cd6d29695ee066", "GitHub zhouhaoyi/ETDataset", "CC BY-ND 4.0",
     false, ETT_FOLDER "ETTh1.csv", 2.6},
    {"etth2", "ETTh2.csv", 17420, 7, "1 hour", 24, 24,
     "a3dc2c597b9218c7ce1cd55eb77b283fd459a1d09d753063f944967dd6b9218b", "GitHub zhouhaoyi/ETDataset", "CC BY-ND 4.0",
     false, ETT_FOLDER "ETTh2.csv", 2.4},
    {"ettm1", "ETTm1.csv", 69680, 7, "15 minutes", 96, 96,
     "6ce1759b1a18e3328421d5d75fadcb316c449fcd7cec32820c8dafda71986c9e", "GitHub zhouhaoyi/ETDataset", "CC BY-ND 4.0",
     false, ETT_FOLDER "ETTm1.csv", 10.4, "", false},
    {"ettm2", "ETTm2.csv", 69680, 7, "15 minutes", 96, 96,
     "db973ca252c6410a30d0469b13d696cf919648d0f3fd588c60f03fdbdbadd1fd", "GitHub zhouhaoyi/ETDataset", "CC BY-ND 4.0",
     false, ETT_FOLDER "ETTm2.csv", 9.7, "", false},
    {"exchange", "exchange_rate.csv", 7588, 8, "1 day", 1, 30,
     "d55e7aa2641009814a18ba3279431b13f6d413b0eab195b9ff21988d8cf94e97",
     "GitHub laiguokun/multivariate-time-series-data", "not stated", false, PILE_FOLDER "exchange_rate.csv", 0.6,
     "48b4d9d3d508f5104162e85b9a6042e3557fde11aa9f2944eba8c0d0efc89842"},
    {"weather", "weather.csv", 52696, 21, "10 minutes", 144, 144,
     "34ee981d07313e51da2a50bb600072c8ae4a69cb4b0651f4cb93a069d7a2ba63",
     "Max Planck Institute for Biogeochemistry, Jena, weather station, 2020", "not stated", false,
     THUML_FOLDER "weather/weather.csv", 7.2, "9b2b19b13e342d9c9b9c51620d42b4be232df7fba30e7f5c4968b7c79ab138ad"},
    {"ili", "national_illness.csv", 966, 7, "1 week", 52, 24,
     "8594cecb98c6f2f9dc014eca11c4d5d1e38ad5ce6ed0592d4abe65b146fce395",
     "US Centers for Disease Control and Prevention, influenza-like illness", "public domain (US government)", false,
     PILE_FOLDER "national_illness.csv", 0.1, "93601f64d2566dc796ca4305adad8b8560c2db1a1ff04543c3bd813a7263570a"},
    {"ecl", "electricity.csv", 26304, 321, "1 hour", 24, 24,
     "7e45845d54c5219bad0ae6bc1b5316cf8ff9cead5d33fa998a5a51c2e4a497ad",
     "UCI ElectricityLoadDiagrams20112014, as prepared by GitHub laiguokun/multivariate-time-series-data", "CC BY 4.0",
     false, THUML_FOLDER "electricity/electricity.csv", 95.6, "", false},
    {"traffic", "traffic.csv", 17544, 862, "1 hour", 24, 24,
     "cb06463d56fa17d87f47027cd9389ceae82a69eddee51cdb61480e120dab0b16",
     "California Department of Transportation (PeMS), as prepared by GitHub "
     "laiguokun/multivariate-time-series-data",
     "not stated", false, THUML_FOLDER "traffic/traffic.csv", 136.5, "", false},
};

#undef ETT_FOLDER
#undef THUML_FOLDER
#undef PILE_FOLDER

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

[[noreturn]] void refuse_absent(const NamedSet& set) {
  throw Error(ErrorKind::no_input, fmt::format("data set '{}'", set.name), "is not on this machine",
              fmt::format("'vdn data get {}' downloads it (source: {}; licence: {}), or put {} into a folder named in "
                          "VDN_DATA",
                          set.name, set.source, set.licence, set.file));
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

std::string cache_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache && *cache) return (fs::path(cache) / "vdn").string();
  const char* home = std::getenv("HOME");
  return home && *home ? (fs::path(home) / ".cache" / "vdn").string() : "";
}

std::optional<std::string> locate_in(const std::string& folder, const NamedSet& set) {
  const std::string plain = (fs::path(folder) / set.file).string();
  for (const std::string& path : {plain, plain + ".gz"}) {
    if (is_file(path)) return path;
  }
  return std::nullopt;
}

std::optional<std::string> locate(const NamedSet& set) {
  for (const std::string& folder : data_folders()) {
    if (auto path = locate_in(folder, set)) return path;
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
  if (set.sha256.empty()) return true;
  const std::string sum = content_sha256(path);
  return sum == set.sha256 || sum == set.other_sha256;
}

}  // namespace vdn
