#pragma once
// Model files taken apart and put together again, checksum included, so that what lies behind the checksum is reached.

#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

namespace vdn::test {

template <class Number>
void put(std::string& bytes, std::size_t at, Number number) {
  std::memcpy(bytes.data() + at, &number, sizeof number);
}

inline std::size_t aligned(std::size_t at) {
  return (at + 63) / 64 * 64;
}

/// A model file in parts.
struct Parts {
  std::string prefix;   ///< 24 bytes
  std::string header;   ///< JSON
  std::string tensors;  ///< up to the checksum

  explicit Parts(const std::string& bytes) : prefix(bytes.substr(0, 24)) {
    std::uint64_t length;
    std::memcpy(&length, bytes.data() + 16, 8);
    header = bytes.substr(24, length);
    const std::size_t first = aligned(24 + length);
    tensors = bytes.substr(first, bytes.size() - 4 - first);
  }

  /// The file: the header's length in the prefix is set, the padding made and the checksum reckoned.
  std::string join() const {
    std::string bytes = prefix + header;
    put<std::uint64_t>(bytes, 16, header.size());
    bytes.resize(aligned(bytes.size()));
    return seal(bytes + tensors);
  }

  /// With the checksum of these bytes behind them.
  static std::string seal(std::string bytes) {
    const auto crc = static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
    return bytes.append(reinterpret_cast<const char*>(&crc), 4);
  }
};

/// The file with its header edited and everything else made to fit.
inline std::string forge(const std::string& bytes, const std::function<void(nlohmann::json&)>& edit) {
  Parts parts(bytes);
  nlohmann::json header = nlohmann::json::parse(parts.header);
  edit(header);
  parts.header = header.dump();
  return parts.join();
}

}  // namespace vdn::test
