#include <vdn/model/line_folds.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace vdn {

std::vector<LineFold> rolling_folds(const Windows& training, const Windows& validation, std::size_t horizon) {
  constexpr std::array<std::size_t, 5> cuts{40, 55, 70, 85, 100};  // per cent
  const std::size_t first = training.first_origin(), end = training.last_origin() + 1;
  const auto cut = [&](std::size_t i) { return first + (end - first) * cuts[i] / 100; };
  std::vector<LineFold> folds;
  const auto add = [&](Windows known, Windows judged) {
    if (!known.empty() && !judged.empty()) folds.push_back({std::move(known), std::move(judged)});
  };
  if (training.empty()) return folds;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    const std::size_t known_end = cut(i) + 1 - std::min(cut(i) + 1, horizon);  // origin + H <= cut
    add(training.between({first, known_end}), training.between({cut(i), cut(i + 1)}));
  }
  add(training, validation);
  return folds;
}

}  // namespace vdn
