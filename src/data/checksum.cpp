#include <vdn/data/checksum.hpp>

#include <openssl/evp.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <memory>

#include <fmt/format.h>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

static_assert(std::endian::native == std::endian::little, "the bytes hashed are those in memory");

std::uint64_t bits_of(double value) {
  if (std::isnan(value)) return 0x7ff8000000000000;
  return std::bit_cast<std::uint64_t>(value == 0.0 ? 0.0 : value);
}

}  // namespace

std::string values_sha256(const SeriesSet& set) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  bool good = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  std::array<std::uint64_t, 4096> block;
  for (std::size_t done = 0; good && done < set.values.size();) {
    std::size_t count = 0;
    while (count < block.size() && done < set.values.size()) block[count++] = bits_of(set.values[done++]);
    good = EVP_DigestUpdate(context.get(), block.data(), count * sizeof block[0]) == 1;
  }
  std::array<unsigned char, 32> digest{};
  if (!good || EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) {
    throw Error(ErrorKind::software, "values_sha256", "SHA-256 is not to be had from OpenSSL");
  }
  std::string text;
  for (const unsigned char byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace vdn
