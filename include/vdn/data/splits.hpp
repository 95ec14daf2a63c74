#pragma once
// Where training ends, where validation ends, where the test ends.

#include <cstddef>
#include <string>
#include <string_view>

#include <vdn/core/matrix.hpp>

namespace vdn {

/// Half-open row borders: training [0, train_end), validation [train_end, val_end), test [val_end, test_end).
/// Rows from test_end on are not used. The test may be empty.
struct Borders {
  std::size_t train_end = 0;
  std::size_t val_end = 0;
  std::size_t test_end = 0;
  Range train() const { return {0, train_end}; }
  Range validation() const { return {train_end, val_end}; }
  Range test() const { return {val_end, test_end}; }
  bool operator==(const Borders&) const = default;
};

/// How the rows are divided.
enum class Split {
  automatic,  ///< "auto": 70% train, 10% validate, 20% test
  ltsf,       ///< "ltsf": the borders of the long-term forecasting benchmark
  probts,     ///< "probts": the borders of ltsf, for models that read as many rows as the ProbTS benchmark gives
  source,     ///< "source": windows drawn at random, as the neuron's first publication did; see source_borders
  all,        ///< "all": the last 10% validate, nothing is held out
};

/// Reads "auto", "ltsf", "probts", "source" or "all". Throws Error (config) with the nearest known word.
Split parse_split(std::string_view text);
const char* split_name(Split split);

/// The first 70% of T rows train, 20% at the end test, the rest validates (each share cut to whole rows).
Borders auto_borders(std::size_t rows);
/// The last 10% validate, the test is empty.
Borders all_borders(std::size_t rows);
/// The borders every published long-term forecasting table uses: 8640/11520/14400 for the sets "etth1" and "etth2",
/// four times those for "ettm1" and "ettm2" (quarters of an hour), else those of auto_borders. `name` may be empty.
/// Throws Error (data) when a named set has too few rows.
Borders ltsf_borders(std::string_view name, std::size_t rows);
/// One of the three above; "probts" has those of "ltsf". Throws Error (software) for "source", whose borders depend on
/// the windows (source_borders).
Borders make_borders(Split split, std::string_view name, std::size_t rows);

/// Validation is cut in time: a first part that chooses the best epoch, H rows, and a second part of equal length that
/// calibrates. Calibration looks at the rows nearest to the future, at an epoch that was not chosen on them, and shares
/// no target with the first part. Fewer than 3 H rows are not cut: they do both. (The line is chosen by
/// rolling origins: model/line_folds.hpp.)
Range selection_rows(Range validation, std::size_t horizon);
Range calibration_rows(Range validation, std::size_t horizon);

/// The split of the neuron's first publication. Of the n = T - H - (L + shift) origins from L + shift on, the first
/// int(.7 n) train, those up to int((.7 + .1) n) validate, the rest tests: train_end and val_end are the first origins
/// of the next part, and targets reach H - 1 rows behind a border. That overlap is why no claim rests on this split. T
/// is test_end of ltsf_borders, whose last row is never a target. Throws Error (data), naming `source`, when a part has
/// no origin.
Borders source_borders(std::string_view name, std::size_t rows, std::size_t lookback, std::size_t horizon,
                       std::size_t shift, std::string_view source = {});
/// Rows up to the last target that training or validation looks at: val_end, and H - 1 more under "source".
std::size_t seen_rows(Split split, const Borders& borders, std::size_t horizon);

/// Rows before an origin that the ProbTS benchmark gives a forecaster: 36 for the set "ili", else 96.
std::size_t probts_context(std::string_view name);
/// Throws Error (config) under "probts" when a model reads another number of rows; `shift` of its `context_rows` are
/// those of the second context of a pair encoder. `place` names the model in the message.
void check_split_context(Split split, std::string_view name, std::size_t context_rows, std::size_t shift,
                         std::string_view place);

/// What a window needs of its series.
struct WindowShape {
  std::size_t lookback = 0;       ///< L
  std::size_t horizon = 0;        ///< H
  std::size_t extra = 0;          ///< shift of a second context (stride_ar of a pair encoder), else 0
  std::size_t least_context = 8;  ///< rows of context a padded window has at least, observed ones any; at most L
  std::size_t stride = 1;         ///< rows between origins
  std::size_t least() const { return least_context < lookback ? least_context : lookback; }
};

/// Throws Error (data) unless every part that is not empty holds one window: least() + `extra` rows of context and
/// `horizon` rows of target inside the training part, `horizon` rows inside validation and test. Training and
/// validation must not be empty. `source` names the table in the message.
void check_borders(const Borders& borders, const WindowShape& shape, std::string_view source = {});

}  // namespace vdn
