// 10,000 broken or hostile model files: every one loads or is refused with an Error, and none makes the loader allocate
// more than its length allows.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <map>
#include <new>
#include <random>
#include <string>
#include <vector>

#include <vdn/core/error.hpp>
#include <vdn/io/model_file.hpp>

#include "io/forgery.hpp"
#include "io/model_support.hpp"

namespace {

// Bytes asked of operator new on this thread since `begin_count`, those given back left in: an upper bound of what is
// held at once.
thread_local std::size_t allocated = 0, largest = 0;

void count(std::size_t bytes) {
  allocated += bytes;
  largest = std::max(largest, bytes);
}

void* counted_memory(std::size_t bytes) {
  count(bytes);
  if (void* memory = std::malloc(std::max<std::size_t>(1, bytes))) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t bytes) {
  return counted_memory(bytes);
}
void* operator new[](std::size_t bytes) {
  return counted_memory(bytes);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace vdn {
namespace {

using nlohmann::json;
using namespace test;

constexpr std::size_t files = 10'000;

/// Everything random of a mutation; the same numbers with every standard library.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : bits_(seed) {}
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(bits_() % std::max<std::size_t>(1, n)); }
  char byte() { return static_cast<char>(bits_() & 0xff); }
  template <class List>
  const auto& one_of(const List& list) {
    return list[below(std::size(list))];
  }

 private:
  std::mt19937_64 bits_;
};

// ---- mutations of the whole file, the checksum left as it is

std::string flip_bytes(std::string bytes, Dice& dice) {
  for (std::size_t i = 0; i <= dice.below(8); ++i) bytes[dice.below(bytes.size())] = dice.byte();
  return bytes;
}

std::string truncate(std::string bytes, Dice& dice) {
  return bytes.substr(0, dice.below(bytes.size()));
}

std::string extend(std::string bytes, Dice& dice) {
  const std::size_t more = 1 + dice.below(5000);
  for (std::size_t i = 0; i < more; ++i) bytes += dice.byte();
  return bytes;
}

// ---- mutations with the checksum made right

std::string sealed_flips(std::string bytes, Dice& dice) {
  bytes.resize(bytes.size() - 4);
  const std::size_t reach = dice.below(2) ? bytes.size() : 64;
  for (std::size_t i = 0; i <= dice.below(6); ++i) bytes[dice.below(reach)] = dice.byte();
  return Parts::seal(bytes);
}

std::string sealed_length(std::string bytes, Dice& dice) {
  bytes.resize(bytes.size() - 4);
  if (dice.below(2)) bytes.resize(64 + dice.below(2 * bytes.size()), dice.byte());
  const std::uint64_t lengths[] = {0,
                                   1,
                                   63,
                                   bytes.size(),
                                   bytes.size() - 24,
                                   bytes.size() - 25,
                                   1u << 25,
                                   (1u << 25) + 1,
                                   std::numeric_limits<std::uint64_t>::max(),
                                   std::uint64_t{1} << 63,
                                   dice.below(9999)};
  put<std::uint64_t>(bytes, 16, dice.one_of(lengths));
  return Parts::seal(bytes);
}

std::string edited_text(std::string bytes, Dice& dice) {
  Parts parts(bytes);
  const char* const scraps[] = {"{",
                                "}",
                                "[",
                                "]",
                                "\"",
                                ",",
                                ":",
                                "-",
                                "0",
                                "9",
                                "e999",
                                "null",
                                "true",
                                "\\u0000",
                                "\xff",
                                "{\"a\":",
                                "1e400",
                                "-1",
                                "99999999999999999999",
                                "",
                                "\\ud800"};
  for (std::size_t i = 0; i <= dice.below(4); ++i) {
    parts.header.replace(dice.below(parts.header.size()), dice.below(5), dice.one_of(scraps));
  }
  return parts.join();
}

std::string nested(std::string bytes, Dice& dice) {
  Parts parts(bytes);
  const std::size_t depth = 1 + dice.below(3000);
  const char* const opens[] = {"[", "{\"a\":", "[{\"b\":"};
  std::string tower;
  const std::string open = dice.one_of(opens);
  for (std::size_t i = 0; i < depth; ++i) tower += open;
  const std::size_t colon = parts.header.find(':', dice.below(parts.header.size()));
  if (colon == std::string::npos) {
    parts.header = tower;
  } else {
    parts.header.insert(colon + 1, tower);
  }
  return parts.join();
}

std::string duplicated_key(std::string bytes, Dice& dice) {
  Parts parts(bytes);
  const json header = json::parse(parts.header);
  auto member = header.begin();
  std::advance(member, static_cast<std::ptrdiff_t>(dice.below(header.size())));
  const json values[] = {member.value(), nullptr, 1, "x", json::array(), json::object()};
  parts.header.insert(1, json(member.key()).dump() + ":" + dice.one_of(values).dump() + ",");
  if (dice.below(2)) {  // the last one counts
    parts.header.pop_back();
    parts.header += "," + json(member.key()).dump() + ":" + dice.one_of(values).dump() + "}";
  }
  return parts.join();
}

/// Pointers to every value of a document.
std::vector<std::string> pointers(const json& document) {
  std::vector<std::string> list;
  const json flat = document.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    list.push_back(pointer);
    for (std::size_t at = pointer.rfind('/'); at != std::string::npos && at > 0; at = pointer.rfind('/', at - 1)) {
      list.push_back(pointer.substr(0, at));
    }
  }
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  return list;
}

json hostile_value(const json& old, Dice& dice) {
  const json values[] = {nullptr,
                         true,
                         -1,
                         0,
                         1,
                         std::numeric_limits<std::uint64_t>::max(),
                         std::numeric_limits<std::int64_t>::min(),
                         std::uint64_t{1} << 62,
                         std::uint64_t{1} << 32,
                         1e300,
                         -0.0,
                         0.5,
                         "",
                         "99999999999999999999",
                         "1000000",
                         "65536",
                         "-3",
                         std::string(3000, 'x'),
                         json::array(),
                         json::object(),
                         json(std::vector<int>(2000, 7))};
  if (old.is_number_integer() && dice.below(2)) return old.get<std::int64_t>() + (dice.below(2) ? 1 : -1);
  return dice.one_of(values);
}

std::string edited_value(std::string bytes, Dice& dice) {
  return forge(bytes, [&](json& header) {
    for (std::size_t i = 0; i <= dice.below(3); ++i) {
      json& value = header[json::json_pointer(dice.one_of(pointers(header)))];
      value = hostile_value(value, dice);
    }
  });
}

std::string erased_member(std::string bytes, Dice& dice) {
  return forge(bytes, [&](json& header) {
    const std::string pointer = dice.one_of(pointers(header));
    const std::size_t slash = pointer.rfind('/');
    json& parent = header[json::json_pointer(pointer.substr(0, slash))];
    if (parent.is_array()) {
      parent.erase(std::stoul(pointer.substr(slash + 1)));
    } else {
      parent.erase(pointer.substr(slash + 1));
    }
  });
}

std::string shuffled_tensors(std::string bytes, Dice& dice) {
  return forge(bytes, [&](json& header) {
    json& list = header["tensors"];
    json &a = list[dice.below(list.size())], &b = list[dice.below(list.size())];
    const char* const members[] = {"offset", "shape", "name", "type"};
    const std::string member = dice.one_of(members);
    switch (dice.below(5)) {
      case 0:
        std::swap(a[member], b[member]);
        break;
      case 1:
        std::swap(a, b);
        break;
      case 2:
        list.push_back(json(a));
        break;
      case 3: {  // one more, where it belongs, of any size
        const json last = list.back();
        const std::size_t end = last["offset"].get<std::size_t>() + last["shape"][0].get<std::size_t>() *
                                                                        last["shape"][1].get<std::size_t>() *
                                                                        (last["type"] == "f64" ? 8 : 4);
        const std::uint64_t sizes[] = {0, 1, 1u << 20, 1ull << 40, 1ull << 58, 1ull << 62, ~0ull};
        const json shape{dice.one_of(sizes), dice.one_of(sizes)};
        list.push_back({{"name", "more"}, {"type", "f32"}, {"shape", shape}, {"offset", aligned(end)}});
        break;
      }
      default:
        list.erase(dice.below(list.size()));
    }
  });
}

using Mutation = std::string (*)(std::string, Dice&);
constexpr std::array<Mutation, 12> mutations{flip_bytes,    truncate,     extend,        sealed_flips,
                                             sealed_length, edited_text,  nested,        duplicated_key,
                                             edited_value,  edited_value, erased_member, shuffled_tensors};

/// What became of the files.
struct Tally {
  std::size_t loaded = 0, refused = 0;
  std::map<std::string, std::size_t> problems;
};

void try_load(const std::string& path, std::size_t length, Tally& tally) {
  // The header as a tree of small nodes, the parameters and copies of both: well under these.
  const std::size_t bound = 400 * length + 300'000;
  allocated = largest = 0;
  std::size_t total = 0, one = 0;
  try {
    const Forecaster forecaster = load_model(path);
    total = allocated, one = largest;
    ++tally.loaded;
    EXPECT_GT(forecaster.parameters().size(), 0u);
  } catch (const Error& error) {
    total = allocated, one = largest;
    ++tally.refused;
    EXPECT_EQ(error.kind(), ErrorKind::data) << error.what();
    EXPECT_FALSE(error.hint().empty()) << error.what();
    ++tally.problems[error.problem() + "; " + error.hint()];
  } catch (const std::exception& other) {
    ADD_FAILURE() << other.what() << ", after " << allocated << " bytes, the largest part " << largest;
  }
  EXPECT_LE(total, bound) << "for a file of " << length << " bytes";
  EXPECT_LE(one, 16 * length + 65536) << "for a file of " << length << " bytes";
}

TEST(MutatedModelFile, LoadsOrIsRefused) {
  const std::vector<std::string> originals{saved(),
                                           content_of((source_folder() / "tests/io/data/model_v1.vdn").string())};
  const TemporaryDirectory folder;
  Tally tally;
  for (std::size_t i = 0; i < files; ++i) {
    Dice dice(i);
    const Mutation mutate = mutations[i % mutations.size()];
    const std::string bytes = mutate(dice.one_of(originals), dice);
    const std::string path = folder.write("model.vdn", bytes);
    try_load(path, bytes.size(), tally);
    std::filesystem::remove(path);  // writing over a file is far slower than a new one
    ASSERT_FALSE(HasFailure()) << "file " << i;
  }
  EXPECT_EQ(tally.loaded + tally.refused, files);
  // The parts behind the checksum were reached: some edits do no harm, and the refusals are of many kinds.
  EXPECT_GT(tally.loaded, files / 20);
  EXPECT_GT(tally.problems.size(), 50u);
  RecordProperty("loaded", static_cast<int>(tally.loaded));
  RecordProperty("kinds", static_cast<int>(tally.problems.size()));
}

TEST(MutatedModelFile, ALongHeaderCostsNoMoreThanItsLength) {
  Parts parts(saved());
  parts.header.insert(1, "\"more\":[" + std::string(2'000'000, ' ') + "0],");
  const std::string bytes = parts.join();
  const TemporaryDirectory folder;
  Tally tally;
  try_load(folder.write("model.vdn", bytes), bytes.size(), tally);
  EXPECT_EQ(tally.loaded, 1u);
}

}  // namespace
}  // namespace vdn
