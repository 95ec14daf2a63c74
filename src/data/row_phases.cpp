#include <vdn/data/row_phases.hpp>

#include <optional>

namespace vdn {
namespace {

/// Steps from `anchor` to `time`, negative before it; nothing off the grid.
std::optional<std::int64_t> signed_steps(std::int64_t anchor, std::int64_t time, TimeStep step) {
  if (time >= anchor) return steps_between(anchor, time, step);
  const auto before = steps_between(time, anchor, step);
  return before ? std::optional(-*before) : std::nullopt;
}

}  // namespace

std::vector<std::uint32_t> row_phases(const SeriesSet& set, std::int64_t anchor, std::size_t cycle) {
  std::vector<std::uint32_t> phases;
  if (cycle == 0) return phases;
  phases.reserve(set.length());
  const auto length = static_cast<std::int64_t>(cycle);
  for (const std::int64_t time : set.times) {
    const auto steps = signed_steps(anchor, time, set.step);
    if (steps) {
      phases.push_back(static_cast<std::uint32_t>((*steps % length + length) % length));
    } else {
      phases.push_back(phases.empty() ? 0 : static_cast<std::uint32_t>((phases.back() + 1) % cycle));
    }
  }
  return phases;
}

}  // namespace vdn
