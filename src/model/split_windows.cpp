#include <vdn/model/split_windows.hpp>

#include <vdn/data/draw_windows.hpp>

namespace vdn {
namespace {

/// Origins, not targets, lie in a part: the last target ends H - 1 rows behind it.
Range source_rows(const Borders& borders, Part part, std::size_t horizon) {
  if (part == Part::training) return {0, borders.train_end + horizon - 1};
  if (part == Part::validation) return {borders.train_end, borders.val_end + horizon - 1};
  return {borders.val_end, borders.test_end};
}

Windows source_windows(const SeriesSet& set, const Settings& settings, const Borders& borders, Part part,
                       WindowShape shape) {
  shape.lookback = settings.lookback;
  shape.extra = settings.stride_ar;
  const Windows all = part_windows(set, source_rows(borders, part, shape.horizon), shape);
  return draw_windows(all, source_draws(part), [&](std::size_t series) {
    return stream_key(settings.seed, Purpose::windows, 3 * series + static_cast<std::size_t>(part));
  });
}

}  // namespace

std::size_t source_draws(Part part) {
  return part == Part::training ? 400 : 200;
}

Windows split_windows(const SeriesSet& set, const Settings& settings, Split split, const Borders& borders, Part part,
                      const WindowShape& shape) {
  if (split == Split::source) return source_windows(set, settings, borders, part, shape);
  if (part == Part::training) return training_windows(set, borders, shape);
  return part_windows(set, part == Part::validation ? borders.validation() : borders.test(), shape);
}

}  // namespace vdn
