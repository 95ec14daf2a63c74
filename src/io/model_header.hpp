#pragma once
// The JSON header of a model file and the list of its tensors. Private to io.

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <vdn/model/forecaster.hpp>

namespace vdn {

/// What is wrong inside a model file, in words that follow "is corrupt".
struct Malformed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One tensor, row-major. Offsets are bytes from the first tensor and multiples of 64.
struct TensorEntry {
  std::string name;
  std::string type;  ///< "f32" or "f64"
  std::size_t rows = 0, cols = 0, offset = 0;
  std::size_t bytes() const { return rows * cols * (type == "f64" ? 8 : 4); }
  bool operator==(const TensorEntry&) const = default;
};

/// The next multiple of 64.
constexpr std::size_t align_tensor(std::size_t bytes) {
  return (bytes + 63) / 64 * 64;
}

/// The parameters in order of declaration, then the linear path where there is one. Allocates nothing but the list:
/// safe for settings of any size.
std::vector<TensorEntry> list_tensors(const Network& network);
/// Bytes from the first tensor to the checksum.
std::size_t tensor_bytes(const std::vector<TensorEntry>& tensors);

/// Everything but the numbers of the tensors.
struct ModelHeader {
  Settings settings;
  std::string preset;
  Scaler scaler;
  DataRecord data;
  TrainingRecord training;
  std::vector<TensorEntry> tensors;
};

/// Longest header. 32 MiB hold some 300000 series.
inline constexpr std::size_t header_limit = std::size_t{32} << 20;
/// Longest horizon; keeps every size computed from settings inside 64 bits.
inline constexpr std::size_t horizon_limit = 10'000'000;

/// Text that is not UTF-8 (a path may be anything) is written with U+FFFD in its place.
std::string write_header(const Forecaster& forecaster, const std::vector<TensorEntry>& tensors);
/// Checks types, ranges and that the parts agree. Throws Malformed.
ModelHeader read_header(std::string_view text);

}  // namespace vdn
