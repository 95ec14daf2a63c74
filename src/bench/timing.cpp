#include <vdn/bench/timing.hpp>

#include <algorithm>

#include <vdn/core/error.hpp>

namespace vdn::bench {

Timing summarise(std::vector<double> milliseconds) {
  if (milliseconds.empty()) throw Error(ErrorKind::software, "summarise", "there is no run to summarise");
  std::sort(milliseconds.begin(), milliseconds.end());
  const auto quantile = [&](double level) {
    const double place = level * static_cast<double>(milliseconds.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, milliseconds.size() - 1);
    return milliseconds[below] + (place - static_cast<double>(below)) * (milliseconds[above] - milliseconds[below]);
  };
  return {milliseconds.size(), quantile(.5), quantile(.1), quantile(.9), quantile(.99)};
}

}  // namespace vdn::bench
