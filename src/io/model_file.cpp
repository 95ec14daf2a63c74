#include <vdn/io/model_file.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <system_error>

#include <fmt/format.h>

#include <vdn/core/error.hpp>
#include <vdn/diagnostics/recorder.hpp>
#include <vdn/io/atomic_file.hpp>

#include "io/model_header.hpp"

namespace vdn {
namespace {

static_assert(std::endian::native == std::endian::little, "model files are little-endian, as is memory");

constexpr std::string_view magic = "VDNMODEL";
constexpr std::size_t prefix_bytes = 24, checksum_bytes = 4;

template <class Number>
void append(std::string& bytes, Number number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

template <class Number>
Number number_at(std::string_view bytes, std::size_t offset) {
  Number number;
  std::memcpy(&number, bytes.data() + offset, sizeof number);
  return number;
}

// ---- errors

[[noreturn]] void refuse_other(const std::string& path) {
  throw Error(ErrorKind::data, path, "is not a vdn model file", "give a file that 'vdn fit' wrote");
}

[[noreturn]] void refuse_truncated(const std::string& path, std::size_t has, std::size_t needs) {
  throw Error(ErrorKind::data, path, "is truncated",
              fmt::format("it has {} of {} bytes: copy it again, or fit again", has, needs));
}

[[noreturn]] void refuse_corrupt(const std::string& path, const std::string& detail) {
  throw Error(ErrorKind::data, path, "is corrupt", detail + ": copy it again, or fit again");
}

[[noreturn]] void refuse_unreadable(const std::string& path, const std::string& cause) {
  throw Error(ErrorKind::no_input, path, cause, "give a file that 'vdn fit' wrote");
}

// ---- reading

/// Checks magic, version and header length; `size` is the length of the file. Returns the length of the header.
std::size_t check_prefix(const std::string& path, std::string_view prefix, std::size_t size) {
  const std::size_t known = std::min(prefix.size(), magic.size());
  if (known == 0 || prefix.substr(0, known) != magic.substr(0, known)) refuse_other(path);
  if (prefix.size() < prefix_bytes) refuse_truncated(path, size, prefix_bytes);
  const auto version = number_at<std::uint32_t>(prefix, 8);
  if (version > model_file_version) {
    throw Error(
        ErrorKind::data, path,
        fmt::format("was written by a newer vdn (version {}; this one reads up to {})", version, model_file_version),
        "update vdn, or fit again with this one");
  }
  if (version == 0 || number_at<std::uint32_t>(prefix, 12) != 0) refuse_corrupt(path, "its version is wrong");
  const auto length = number_at<std::uint64_t>(prefix, 16);
  if (length > header_limit) refuse_corrupt(path, "its header's length is wrong");
  if (length > size - prefix_bytes) refuse_truncated(path, size, prefix_bytes + length);
  return length;
}

/// The whole file; what is no model is refused by its first bytes, however large it is.
std::string read_bytes(const std::string& path) {
  std::error_code failed;
  const auto status = std::filesystem::status(path, failed);
  if (!std::filesystem::exists(status)) refuse_unreadable(path, "there is no such file");
  if (std::filesystem::is_directory(status)) refuse_unreadable(path, "is a directory");
  if (!std::filesystem::is_regular_file(status)) refuse_unreadable(path, "is not a regular file");
  const std::size_t size = std::filesystem::file_size(path, failed);
  std::ifstream file(path, std::ios::binary);
  if (failed || !file) refuse_unreadable(path, "cannot be read: " + std::generic_category().message(errno));
  std::string bytes(std::min(size, prefix_bytes), '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (file) check_prefix(path, bytes, size);
  const std::size_t begun = bytes.size();
  bytes.resize(size);
  file.read(bytes.data() + begun, static_cast<std::streamsize>(size - begun));
  if (!file) throw Error(ErrorKind::io, path, "reading failed midway", "try again");
  return bytes;
}

/// What the numbers of optional tensors must be for the model to forecast.
void check_maps(const Forecaster& forecaster) {
  const Calibration& map = forecaster.calibration();
  const auto finite = [](const auto& numbers) {
    return std::all_of(numbers.begin(), numbers.end(), [](auto number) { return std::isfinite(number); });
  };
  const bool positive = std::all_of(map.factor.begin(), map.factor.end(), [](float factor) { return factor > 0; });
  if (map.factor.size() != map.shift.size() || !positive || !finite(map.factor) || !finite(map.shift)) {
    throw Malformed("its calibration is no map");
  }
  for (const NaivePart* part : {&forecaster.naive().last, &forecaster.naive().season}) {
    const bool wide = std::all_of(part->scale.begin(), part->scale.end(), [](float scale) { return scale > 0; });
    if (!wide || !finite(part->scale) || (part->weight > 0 && part->scale.empty())) {
      throw Malformed("the spread of its naive forecasts is none");
    }
  }
  const bool reaches = has_season_rule(forecaster.data().season, forecaster.settings().lookback);
  if (forecaster.naive().season.weight > 0 && !reaches) throw Malformed("its naive forecast has no season");
  if (!forecaster.line().profile.empty() && !forecaster.data().times) throw Malformed("its cycle has no beginning");
  if (!finite(forecaster.line().profile.values)) throw Malformed("the profile of its line is not finite");
  if (!finite(forecaster.series_dependence().factor)) throw Malformed("its dependence across series is not finite");
  if (!finite(forecaster.dependence().autocorrelation)) throw Malformed("its autocorrelation is not finite");
  if (!sound(forecaster.drift())) throw Malformed("its record of the neurons' regime does not hold together");
}

/// The forecaster of a header whose tensors were checked. `tensors` are all of them.
Forecaster assemble(ModelHeader header, std::span<const char> tensors) {
  const Settings& s = header.settings;
  LinearPath line;
  if (s.line != LineMode::none) {
    const auto named = [&](const char* name) -> const TensorEntry& {
      return *std::find_if(header.tensors.begin(), header.tensors.end(), [&](const auto& t) { return t.name == name; });
    };
    const auto numbers = [&](const char* name) { return numbers_of<double>(tensors, named(name)); };
    line = {s.lookback, s.horizon, numbers("line.weight"), numbers("line.bias"), line_rank(s)};
    if (const std::size_t cycle = s.line_cycle.value_or(0); cycle > 0) {
      line.profile = {cycle, numbers_of<float>(tensors, named("line.profile"))};
    }
    if (line.rank > 0) {
      line.series_in = numbers("line.series_in");
      line.series_out = numbers("line.series_out");
      line.series_bias = numbers("line.series_bias");
    }
  }
  Forecaster forecaster(s, header.preset, std::move(header.scaler), std::move(header.data), std::move(line));
  forecaster.training() = std::move(header.training);
  forecaster.set_correction_share(header.correction_share);
  forecaster.naive().last.weight = header.last_weight;
  forecaster.naive().season.weight = header.season_weight;
  forecaster.regime() = std::move(header.regime);
  forecaster.origins() = std::move(header.origins);
  take_numbers(tensors, header.tensors, forecaster);
  if (forecaster.drift().location.empty()) forecaster.drift() = {};  // written before the surprise was measured
  check_maps(forecaster);
  return forecaster;
}

}  // namespace

std::string model_bytes(const Forecaster& forecaster, const std::string& path) {
  std::vector<TensorEntry> tensors;
  std::string header;
  try {
    tensors = list_tensors(forecaster);
    header = write_header(forecaster, tensors);
    if (header.size() > header_limit) throw Malformed("its header is too long");
    read_header(header);  // what is saved can be loaded
  } catch (const Malformed& problem) {
    throw Error(ErrorKind::software, path, fmt::format("the model cannot be saved: {}", problem.what()));
  }
  std::string bytes(magic);
  append<std::uint32_t>(bytes, model_file_version);
  append<std::uint32_t>(bytes, 0);
  append<std::uint64_t>(bytes, header.size());
  bytes += header;
  bytes.resize(align_tensor(bytes.size()));
  const std::size_t first = bytes.size();
  bytes.resize(first + tensor_bytes(tensors));
  copy_numbers(forecaster, tensors, std::span(bytes).subspan(first));
  append<std::uint32_t>(bytes, crc32_of(bytes));
  return bytes;
}

void save_model(const Forecaster& forecaster, const std::string& path) {
  write_file_atomically(path, model_bytes(forecaster, path));
}

bool is_model_file(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;  // a look into a pipe would take what is in it
  std::array<char, magic.size()> first{};
  std::ifstream file(path, std::ios::binary);
  return file.read(first.data(), first.size()) && std::string_view(first.data(), first.size()) == magic;
}

Forecaster load_model(const std::string& path) {
  return model_of_bytes(read_bytes(path), path);
}

Forecaster model_of_bytes(std::string_view bytes, const std::string& place) {
  const std::size_t length = check_prefix(place, bytes.substr(0, prefix_bytes), bytes.size());
  try {
    ModelHeader header = read_header(bytes.substr(prefix_bytes, length));
    // A network's layout is a list of shapes; nothing of its size is allocated before the file is seen to hold it.
    const std::size_t series = header.data.series_names.size();
    check_tensors(header.tensors, required_tensors(Network(header.settings, series), series));
    const std::size_t first = align_tensor(prefix_bytes + length);
    const std::size_t end = first + tensor_bytes(header.tensors);
    if (bytes.size() < end + checksum_bytes) refuse_truncated(place, bytes.size(), end + checksum_bytes);
    if (bytes.size() > end + checksum_bytes) throw Malformed("it is longer than its header says");
    if (number_at<std::uint32_t>(bytes, end) != crc32_of(bytes.substr(0, end)))
      throw Malformed("its checksum is wrong");
    return assemble(std::move(header), std::span(bytes).subspan(first, end - first));
  } catch (const Malformed& problem) {
    refuse_corrupt(place, problem.what());
  }
}

}  // namespace vdn
