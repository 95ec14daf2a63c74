#include <vdn/search/trial_record.hpp>

#include <array>

#include <fmt/format.h>

#include <vdn/core/error.hpp>

namespace vdn::search {
namespace {

/// In the order of TrialState.
constexpr std::array<const char*, 7> state_names{"waiting", "running", "paused", "finished",
                                                 "dropped", "pruned",  "failed"};

}  // namespace

const char* state_name(TrialState state) {
  return state_names.at(static_cast<std::size_t>(state));
}

TrialState parse_state(const std::string& word) {
  for (std::size_t k = 0; k < state_names.size(); ++k) {
    if (word == state_names[k]) return static_cast<TrialState>(k);
  }
  throw Error(ErrorKind::data, "", fmt::format("'{}' is not the state of a trial", word));
}

bool ended(TrialState state) {
  return state == TrialState::finished || state == TrialState::dropped || state == TrialState::pruned ||
         state == TrialState::failed;
}

}  // namespace vdn::search
