#pragma once
// The windows of a split's parts: the one place that trainer, linear path, baselines and backtest ask.

#include <cstddef>

#include <vdn/data/series.hpp>
#include <vdn/data/splits.hpp>
#include <vdn/data/windows.hpp>
#include <vdn/model/settings.hpp>

namespace vdn {

/// Parts of the rows; selection and calibration are parts of validation (data/splits.hpp).
enum class Part { training, validation, test, selection, calibration };

/// Windows drawn of each series under split "source": at most 400 to train on, 200 to validate on, 200 to test.
std::size_t source_draws(Part part);

/// The windows of a part for a reader of that shape. Under "source" all readers get the same drawn windows, of which
/// those without enough rows before them are padded: the choice depends on the series, the part, the borders,
/// encoder.stride and train.seed alone; no part of them is later than another, so that all that validate choose and
/// calibrate. So do all where a part of validation holds no window (ragged series), and all choose where
/// score.calibration is none.
Windows split_windows(const SeriesSet& set, const Settings& settings, Split split, const Borders& borders, Part part,
                      const WindowShape& shape);

}  // namespace vdn
