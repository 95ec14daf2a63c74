#pragma once
// Windows are computed views of the series: nothing is stored per window.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/data/series.hpp>
#include <vdn/data/splits.hpp>

namespace vdn {

/// One window: context rows [origin - L, origin), target rows [origin, origin + H) of one series. Context rows before
/// `begin` are not read but padded (gather_context).
struct Window {
  std::uint32_t series = 0;
  std::uint32_t origin = 0;
  std::uint32_t begin = 0;
  bool operator==(const Window&) const = default;
};

/// Windows of one series side by side: origins first, first + stride, ..., `count` of them, contexts from `begin` on.
struct WindowRun {
  std::uint32_t series = 0;
  std::uint32_t begin = 0;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  std::uint32_t stride = 1;
  std::size_t origin(std::size_t i) const { return std::size_t{first} + i * stride; }
  std::size_t last() const { return origin(count - 1); }
  bool operator==(const WindowRun&) const = default;
};

/// The windows of one part of the rows: all (origin, series) of a grid, in order of origins; or runs of neighbouring
/// origins, in order of series.
class Windows {
 public:
  Windows() = default;
  /// A grid: the origins first, first + stride, ... that are at most `last`, times D series; none when last < first.
  /// Throws Error (software) when stride is 0, Error (data) when rows or series do not fit 32 bits.
  Windows(std::size_t first, std::size_t last, std::size_t series, std::size_t stride = 1);
  /// The windows of `runs` in their order, which must be ascending in series; runs without windows are dropped.
  /// `series` is D. Throws Error (software) when the order or a series is wrong, or a stride is 0.
  static Windows of_runs(std::vector<WindowRun> runs, std::size_t series);

  std::size_t series() const { return series_; }  ///< D
  std::size_t count() const { return count_; }
  bool empty() const { return count_ == 0; }
  /// True when every series has the same origins and reads from row 0 on.
  bool is_grid() const { return runs_.empty(); }
  /// Window number i, 0 <= i < count(). In a grid i = origin number * D + series; else run after run.
  Window operator[](std::size_t i) const;

  /// Origins per series; the most of any series when this is no grid.
  std::size_t origins() const { return origins_; }
  /// Those whose origins lie in `origins`.
  Windows between(Range origins) const;
  /// The runs of one series, one in a grid; none when it has no window.
  std::vector<WindowRun> runs_of(std::size_t series) const;
  /// The smallest origin and the largest one; 0 when there is no window.
  std::size_t first_origin() const { return first_; }
  std::size_t last_origin() const { return last_; }
  /// Windows whose context of `lookback` rows (shifted by `extra` more) begins before their first readable row.
  std::size_t padded(std::size_t lookback, std::size_t extra = 0) const;

 private:
  std::size_t first_ = 0, last_ = 0, origins_ = 0, series_ = 0, stride_ = 1, count_ = 0;
  std::vector<WindowRun> runs_;
  std::vector<std::size_t> run_starts_;     // number of the first window of each run
  std::vector<std::size_t> series_starts_;  // [D+1] number of the first run of each series
};

/// The windows of a part of a table: targets lie in the part, the context may reach back before it.
///
/// A *stretch* is the rows of a series inside its extent between two breaks; context and target lie in one stretch. A
/// stretch gives its whole windows, with L + extra rows before the origin. One that holds no whole window in the part
/// gives windows padded on the left instead, with least() + extra rows before the origin at least. Of a series with
/// missing values, windows without any observed target or with fewer than least() observed context rows are left out.
/// Where all series have the same origins, none of them padded, this is the plain grid.
Windows part_windows(const SeriesSet& set, Range part, const WindowShape& shape);
/// Windows that lie in the training rows as a whole.
Windows training_windows(const SeriesSet& set, const Borders& borders, const WindowShape& shape);
/// The window that forecasts what follows row `origin` - 1 of a series: its context begins behind the last break.
/// Rows outside the extent are not read.
Window window_at(const SeriesSet& set, std::size_t series, std::size_t origin);

/// The plain grid, of tables whose series all exist everywhere: training origins L + extra ... train_end - H.
Windows training_windows(const Borders& borders, std::size_t series, std::size_t lookback, std::size_t horizon,
                         std::size_t extra = 0, std::size_t stride = 1);
/// The plain grid of a part: origins part.begin ... part.end - H; n rows give n - H + 1 origins at stride 1. Origins
/// without lookback + extra rows before them are left out.
Windows part_windows(Range part, std::size_t series, std::size_t lookback, std::size_t horizon, std::size_t extra = 0,
                     std::size_t stride = 1);

/// The rows of a context that are read: those of [origin - shift - L, origin - shift) from max(begin, 0) on.
Range context_rows(Window window, std::size_t lookback, std::size_t shift = 0);

/// Copies the context of a window from scaled values [D][T] into `context` [L], `shift` rows earlier when shift > 0:
/// rows [origin - shift - L, origin - shift). A missing value takes the last one observed inside the window; rows
/// before window.begin and a gap at the beginning take the first one; a window without any becomes zeros.
void gather_context(ConstMatrix<float> values, Window window, std::span<float> context, std::size_t shift = 0);

/// Copies the target rows [origin, origin + H) into `target` [H] and says in `observed` [H] which were observed (1);
/// missing ones (0) become 0. A target may be missing as a whole. The rows must exist: origin + H <= T.
void gather_target(ConstMatrix<float> values, Window window, std::span<float> target, std::span<std::uint8_t> observed);

/// The targets of several windows, a row each, as gather_target finds them.
class WindowTargets {
 public:
  WindowTargets(ConstMatrix<float> values, std::span<const Window> windows, std::size_t horizon);
  ConstMatrix<float> values() const { return {values_.data(), series_.size(), horizon_}; }             ///< [B,H]
  ConstMatrix<std::uint8_t> observed() const { return {observed_.data(), series_.size(), horizon_}; }  ///< [B,H]
  std::span<const std::size_t> series() const { return series_; }                                      ///< [B]

 private:
  std::size_t horizon_;
  std::vector<float> values_;
  std::vector<std::uint8_t> observed_;
  std::vector<std::size_t> series_;
};

}  // namespace vdn
