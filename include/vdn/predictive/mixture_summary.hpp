#pragma once
// What no target changes of a forecast: found once, however many ways it is scored.

#include <array>
#include <cstddef>
#include <vector>

#include <vdn/kernels/mixture.hpp>

namespace vdn {

/// The levels of scoring, .05, .10 ... .95.
inline constexpr std::array<double, 19> scoring_levels = [] {
  std::array<double, 19> levels{};
  for (std::size_t i = 0; i < levels.size(); ++i) levels[i] = static_cast<double>(i + 1) / 20;
  return levels;
}();

/// Of B mixtures over H steps: means [B, H], half the mean differences 1/2 E|X - X'| [B, H], and quantiles
/// [B * 19, H], those of row b at the scoring levels in rows 19 b on. To find them is most of the work of scoring, and
/// an affine map of a step's mixture maps them with it (Calibration::apply).
class MixtureSummary {
 public:
  explicit MixtureSummary(const kernels::MixtureBatch<float>& batch);

  std::size_t rows() const { return rows_; }
  std::size_t horizon() const { return horizon_; }
  Matrix<float> mean() { return {mean_.data(), rows_, horizon_}; }
  Matrix<float> half_difference() { return {half_difference_.data(), rows_, horizon_}; }
  Matrix<float> quantiles() { return {quantiles_.data(), rows_ * scoring_levels.size(), horizon_}; }
  ConstMatrix<float> mean() const { return {mean_.data(), rows_, horizon_}; }
  ConstMatrix<float> half_difference() const { return {half_difference_.data(), rows_, horizon_}; }
  ConstMatrix<float> quantiles() const { return {quantiles_.data(), rows_ * scoring_levels.size(), horizon_}; }

 private:
  std::size_t rows_, horizon_;
  std::vector<float> mean_, half_difference_, quantiles_;
};

}  // namespace vdn
