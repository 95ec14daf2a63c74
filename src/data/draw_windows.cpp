#include <vdn/data/draw_windows.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace vdn {
namespace {

std::size_t total(const std::vector<WindowRun>& runs) {
  std::size_t count = 0;
  for (const WindowRun& run : runs) count += run.count;
  return count;
}

/// The numbers drawn out of 0 ... count - 1, ascending.
std::vector<std::size_t> draw_numbers(std::size_t most, std::size_t count, StreamKey key) {
  const Permutation order(key, count);
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < most; ++i) numbers.push_back(order(i));
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

/// Adds the windows of those numbers, counted over `runs`; neighbours share a run.
void add_windows(const std::vector<WindowRun>& runs, const std::vector<std::size_t>& numbers,
                 std::vector<WindowRun>& out) {
  std::size_t run = 0, before = 0;  // windows in the runs before this one
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    while (numbers[i] >= before + runs[run].count) before += runs[run++].count;
    const std::size_t place = numbers[i] - before;
    if (i > 0 && place > 0 && numbers[i - 1] + 1 == numbers[i]) {
      ++out.back().count;
      continue;
    }
    WindowRun one = runs[run];
    one.first = static_cast<std::uint32_t>(runs[run].origin(place));
    one.count = 1;
    out.push_back(one);
  }
}

}  // namespace

Windows draw_windows(const Windows& all, std::size_t most, const std::function<StreamKey(std::size_t series)>& key) {
  std::vector<WindowRun> drawn;
  for (std::size_t series = 0; series < all.series(); ++series) {
    const std::vector<WindowRun> runs = all.runs_of(series);
    const std::size_t count = total(runs);
    if (count <= most) {
      drawn.insert(drawn.end(), runs.begin(), runs.end());
    } else {
      add_windows(runs, draw_numbers(most, count, key(series)), drawn);
    }
  }
  return Windows::of_runs(std::move(drawn), all.series());
}

}  // namespace vdn
