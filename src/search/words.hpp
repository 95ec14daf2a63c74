#pragma once
// Words of a fixed list, as the command line and stored definitions have them.

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include <fmt/format.h>

#include <vdn/core/error.hpp>

namespace vdn::search {

/// Where `word` stands in `words`. Else throws Error (usage) at `place`: "there is no sampler 'sobl'; did you mean
/// 'sobol'?", or the list where none is near.
template <std::size_t count>
std::size_t index_of_word(const std::string& word, const std::array<const char*, count>& words,
                          const std::string& place, const std::string& noun) {
  const auto found = std::find(words.begin(), words.end(), word);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  const std::string near = nearest_word(word, words);
  throw Error(ErrorKind::usage, place, fmt::format("there is no {} '{}'", noun, word),
              near.empty() ? fmt::format("it may be {}", fmt::join(words, ", ")) : "did you mean '" + near + "'?");
}

}  // namespace vdn::search
