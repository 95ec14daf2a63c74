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

Range validation_rows(const Settings& settings, const Borders& borders, Part part, std::size_t horizon) {
  const Range all = borders.validation();
  if (part == Part::validation || settings.calibration == CalibrationMode::none) return all;
  return part == Part::selection ? selection_rows(all, horizon) : calibration_rows(all, horizon);
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
  const bool validates = part != Part::training && part != Part::test;
  if (split == Split::source) {
    return source_windows(set, settings, borders, validates ? Part::validation : part, shape);
  }
  if (part == Part::training) return training_windows(set, borders, shape);
  if (part == Part::test) return part_windows(set, borders.test(), shape);
  const Windows some = part_windows(set, validation_rows(settings, borders, part, shape.horizon), shape);
  return some.empty() ? part_windows(set, borders.validation(), shape) : some;
}

}  // namespace vdn
