#pragma once
// What an object must remember to go on later, as bytes.

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <vdn/core/error.hpp>

namespace vdn {

/// Writes numbers one after the other, or reads them back in the same order: an object says once, in a function
/// `remember(archive)`, what it consists of. Bytes are those of the machine and carry no names; whoever keeps them adds
/// what they belong to. Reading throws Error (data) where the bytes end early or a list has another length.
class StateArchive {
 public:
  /// For writing.
  StateArchive() = default;
  /// For reading; `bytes` must outlive the archive.
  explicit StateArchive(std::string_view bytes) : reading_(true), input_(bytes) {}

  bool reading() const { return reading_; }

  template <class T>
  void value(T& number) {
    static_assert(std::is_trivially_copyable_v<T>);
    move(&number, sizeof(T));
  }
  /// Numbers whose count both sides know.
  template <class T, std::size_t extent>
  void values(std::span<T, extent> numbers) {
    static_assert(std::is_trivially_copyable_v<T>);
    std::size_t count = numbers.size();
    value(count);
    if (count != numbers.size()) refuse("holds a list of another length");
    move(numbers.data(), numbers.size_bytes());
  }
  /// A list that takes the length it was written with.
  template <class T>
  void list(std::vector<T>& numbers) {
    std::size_t count = numbers.size();
    value(count);
    if (reading_) {
      if (count > (input_.size() - at_) / sizeof(T)) refuse("ends early");
      numbers.resize(count);
    }
    values(std::span<T>(numbers));
  }

  /// What was written.
  const std::string& bytes() const { return output_; }
  /// Throws when something is left to read.
  void expect_end() const {
    if (at_ != input_.size()) refuse("is longer than what it should hold");
  }

 private:
  void move(void* memory, std::size_t size) {
    if (size == 0) return;
    if (!reading_) {
      output_.append(static_cast<const char*>(memory), size);
      return;
    }
    if (size > input_.size() - at_) refuse("ends early");
    std::memcpy(memory, input_.data() + at_, size);
    at_ += size;
  }
  [[noreturn]] static void refuse(const char* problem) {
    throw Error(ErrorKind::data, "checkpoint", problem, "it belongs to another network, or is damaged");
  }

  bool reading_ = false;
  std::string output_;
  std::string_view input_;
  std::size_t at_ = 0;
};

}  // namespace vdn
