#pragma once
// What a search may cost, in words.

#include <cstddef>
#include <string>

namespace vdn::cli {

struct SearchBudget {
  std::size_t trials = 0;  ///< 0: as many as the time allows
  double seconds = 0.0;    ///< 0: no limit
};

/// "40 trials", "90s", "10m", "1.5h". Throws Error (usage) for anything else.
SearchBudget parse_budget(const std::string& text);

}  // namespace vdn::cli
