#include <vdn/data/windows.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <vdn/core/error.hpp>

namespace vdn {

Windows::Windows(std::size_t first, std::size_t last, std::size_t series, std::size_t stride)
    : first_(first), series_(series), stride_(stride) {
  constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
  if (stride == 0) throw Error(ErrorKind::software, "Windows", "the stride is 0");
  if (last > most || series > most) throw Error(ErrorKind::data, "", "the table has more than 2^32 - 1 rows or series");
  origins_ = last < first ? 0 : (last - first) / stride + 1;
}

Windows training_windows(const Borders& borders, std::size_t series, std::size_t lookback, std::size_t horizon,
                         std::size_t extra, std::size_t stride) {
  return part_windows(borders.train(), series, lookback, horizon, extra, stride);
}

Windows part_windows(Range part, std::size_t series, std::size_t lookback, std::size_t horizon, std::size_t extra,
                     std::size_t stride) {
  const std::size_t first = std::max(part.begin, lookback + extra);
  if (part.end < horizon || part.end - horizon < first) return Windows(1, 0, series, stride);
  return Windows(first, part.end - horizon, series, stride);
}

void gather_context(ConstMatrix<float> values, Window window, std::span<float> context, std::size_t shift) {
  const auto row = values.row(window.series).subspan(window.origin - shift - context.size(), context.size());
  std::copy(row.begin(), row.end(), context.begin());
  const auto observed = [](float value) { return !std::isnan(value); };
  const auto first = std::find_if(context.begin(), context.end(), observed);
  std::fill(context.begin(), first, first == context.end() ? 0.0f : *first);
  for (auto at = first; at != context.end(); ++at) {
    if (std::isnan(*at)) *at = *(at - 1);  // at > first: the first one is observed
  }
}

void gather_target(ConstMatrix<float> values, Window window, std::span<float> target,
                   std::span<std::uint8_t> observed) {
  const auto row = values.row(window.series).subspan(window.origin, target.size());
  for (std::size_t h = 0; h < target.size(); ++h) {
    observed[h] = std::isnan(row[h]) ? 0 : 1;
    target[h] = observed[h] ? row[h] : 0.0f;
  }
}

}  // namespace vdn
