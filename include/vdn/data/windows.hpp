#pragma once
// Windows are computed views of the series: nothing is stored per window.

#include <cstddef>
#include <cstdint>
#include <span>

#include <vdn/core/matrix.hpp>
#include <vdn/data/splits.hpp>

namespace vdn {

/// One window: context rows [origin - L, origin), target rows [origin, origin + H) of one series.
struct Window {
  std::uint32_t series = 0;
  std::uint32_t origin = 0;
  bool operator==(const Window&) const = default;
};

/// All (origin, series) of one part of the rows: origins first_origin, first_origin + stride, ... times D series.
class Windows {
 public:
  Windows() = default;
  /// The origins first, first + stride, ... that are at most `last`; none when last < first.
  /// Throws Error (software) when stride is 0, Error (data) when rows or series do not fit 32 bits.
  Windows(std::size_t first, std::size_t last, std::size_t series, std::size_t stride = 1);

  std::size_t origins() const { return origins_; }
  std::size_t series() const { return series_; }
  std::size_t stride() const { return stride_; }
  std::size_t first_origin() const { return first_; }
  /// The row of origin number i.
  std::size_t origin(std::size_t i) const { return first_ + i * stride_; }
  /// origins() * series().
  std::size_t count() const { return origins_ * series_; }
  bool empty() const { return count() == 0; }
  /// Window number i, 0 <= i < count(): i = origin number * D + series.
  Window operator[](std::size_t i) const {
    return {static_cast<std::uint32_t>(i % series_), static_cast<std::uint32_t>(origin(i / series_))};
  }

 private:
  std::size_t first_ = 0, origins_ = 0, series_ = 0, stride_ = 1;
};

/// Windows that lie in the training rows as a whole: origins L + extra ... train_end - H. `extra` is the shift of a
/// second context (stride_ar of a pair encoder), else 0. Empty when none fits.
Windows training_windows(const Borders& borders, std::size_t series, std::size_t lookback, std::size_t horizon,
                         std::size_t extra = 0, std::size_t stride = 1);
/// Targets lie in the part, the context may reach back before it: origins part.begin ... part.end - H. Used with
/// borders.validation() and borders.test(); n rows give n - H + 1 origins at stride 1. Origins without lookback + extra
/// rows before them are left out.
Windows part_windows(Range part, std::size_t series, std::size_t lookback, std::size_t horizon, std::size_t extra = 0,
                     std::size_t stride = 1);

/// Copies the context of a window from scaled values [D][T] into `context` [L], `shift` rows earlier when shift > 0:
/// rows [origin - shift - L, origin - shift). A missing value takes the last one observed inside the window, a gap at
/// the beginning the first one; a window without any becomes zeros.
/// The rows must exist: origin >= shift + L (true for the windows of the functions above).
void gather_context(ConstMatrix<float> values, Window window, std::span<float> context, std::size_t shift = 0);

/// Copies the target rows [origin, origin + H) into `target` [H] and says in `observed` [H] which were observed (1);
/// missing ones (0) become 0. A target may be missing as a whole. The rows must exist: origin + H <= T.
void gather_target(ConstMatrix<float> values, Window window, std::span<float> target, std::span<std::uint8_t> observed);

}  // namespace vdn
