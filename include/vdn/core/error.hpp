#pragma once
// Typed errors. Every message says what is wrong, where, and the way out.

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>

namespace vdn {

/// What went wrong, as the exit code a command ends with (sysexits.h).
enum class ErrorKind : int {
  usage = 64,          ///< the command line is off
  data = 65,           ///< the data are not what they must be
  no_input = 66,       ///< a file is missing or cannot be read
  unavailable = 69,    ///< a server cannot be reached or does not deliver
  software = 70,       ///< a broken promise: of a part of the library, or of the program that calls it
  cannot_create = 73,  ///< an output cannot be created
  io = 74,             ///< reading or writing failed midway
  config = 78,         ///< a parameter is unknown or out of range
};

/// The exception every part of vdn throws.
/// what() reads "<place>: <problem>; <hint>" with empty parts left out.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, std::string place, std::string problem, std::string hint = {});

  ErrorKind kind() const noexcept { return kind_; }
  int exit_code() const noexcept { return static_cast<int>(kind_); }
  /// File with row and column, parameter, tensor or operation; may be empty.
  const std::string& place() const noexcept { return place_; }
  const std::string& problem() const noexcept { return problem_; }
  const std::string& hint() const noexcept { return hint_; }

 private:
  ErrorKind kind_;
  std::string place_, problem_, hint_;
};

/// The known word nearest to `word` by edit distance, or "" when none is near (distance over max(2, length/3)).
/// Used for "unknown parameter 'neuron.cuont'; did you mean 'neuron.count'?".
template <class Words>
std::string nearest_word(const std::string& word, const Words& known);

/// Levenshtein distance.
std::size_t edit_distance(const std::string& a, const std::string& b);

template <class Words>
std::string nearest_word(const std::string& word, const Words& known) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const auto& candidate : known) {
    const std::size_t distance = edit_distance(word, std::string(candidate));
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace vdn
