#pragma once
// The closed-form line in single precision, ready for blocks of normalised windows.

#include <span>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/data/windows.hpp>
#include <vdn/model/linear_path.hpp>

namespace vdn {

/// The line as raw weights a on x: a_l = weight_l for l < L - 1, a_{L-1} = 1 + weight_{L-1} - sum_{l<L-1} weight_l, so
/// that of a window x = factor * x_norm + centre
///   yhat_h = factor * (a_h . x_norm) + centre * sum_l a_hl + bias_h,
/// and likewise of the corrections of its series.
class PackedLine {
 public:
  PackedLine() = default;
  explicit PackedLine(const LinearPath& line);

  bool empty() const { return horizon_ == 0; }
  /// x [B*P, L]: normalised windows, of which every P-th is forecast; product [B*P, H] is room for them. offset [B, H]:
  /// on entry each row holds its window's centre, on return the line's forecast.
  void forecast(ConstMatrix<float> x, std::size_t stride, std::span<const Window> windows,
                std::span<const float> factor, Matrix<float> product, Matrix<float> offset) const;

 private:
  void correct(std::span<const float> x, std::size_t series, float factor, float centre,
               std::span<float> forecast) const;

  std::size_t lookback_ = 0, horizon_ = 0, rank_ = 0;
  std::vector<float> panels_, row_sum_, bias_;                 // packed [H, L], [H], [H] or [D*H]
  std::vector<float> series_in_, series_in_sum_, series_out_;  // [D*r, L], [D*r], [D*r, H]
};

}  // namespace vdn
