#include "search_budget.hpp"

#include <charconv>
#include <cmath>

#include <vdn/core/error.hpp>

namespace vdn::cli {

SearchBudget parse_budget(const std::string& text) {
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string unit(end, text.data() + text.size());
  unit.erase(0, unit.find_first_not_of(' ') == std::string::npos ? 0 : unit.find_first_not_of(' '));
  const bool sound = problem == std::errc() && std::isfinite(number) && number > 0;
  if (sound && (unit == "trials" || unit == "trial") && number == std::floor(number) && number <= 1e6) {
    return {static_cast<std::size_t>(number), 0.0};
  }
  if (sound && unit == "s") return {0, number};
  if (sound && (unit == "m" || unit == "min")) return {0, number * 60};
  if (sound && unit == "h") return {0, number * 3600};
  throw Error(ErrorKind::usage, "--budget", "'" + text + "' is no budget", "write e.g. 10m, 1.5h or \"40 trials\"");
}

}  // namespace vdn::cli
