#include <vdn/model/packed_line.hpp>

#include <array>
#include <numeric>

#include <vdn/kernels/linear.hpp>
#include <vdn/kernels/packed_linear.hpp>

namespace vdn {
namespace {

constexpr std::size_t most_rank = 64;  // of settings_table

/// Raw weights of features, with `carried` added for the last value: single precision, and their sums.
void append_raw(std::span<const double> weight, double carried, std::vector<float>& raw, std::vector<float>& sum) {
  const double moved = std::accumulate(weight.begin(), weight.end() - 1, 0.0);
  raw.insert(raw.end(), weight.begin(), weight.end());
  raw.back() = static_cast<float>(carried + weight.back() - moved);
  sum.push_back(static_cast<float>(carried + weight.back()));
}

}  // namespace

PackedLine::PackedLine(const LinearPath& line)
    : lookback_(line.lookback), horizon_(line.horizon), rank_(line.rank), panels_(packed_size(horizon_, lookback_)) {
  std::vector<float> raw;
  for (std::size_t h = 0; h < horizon_; ++h) append_raw(line.weights().row(h), 1.0, raw, row_sum_);
  kernels::pack_weight<float>({raw.data(), horizon_, lookback_}, {0, horizon_}, panels_);
  const std::vector<double>& bias = rank_ == 0 ? line.bias : line.series_bias;
  bias_.assign(bias.begin(), bias.end());
  if (rank_ == 0) return;
  const std::size_t series = line.series_bias.size() / horizon_;
  for (std::size_t d = 0; d < series; ++d) {
    for (std::size_t k = 0; k < rank_; ++k) {
      append_raw(line.in_of(d).row(k), 0.0, series_in_, series_in_sum_);
      for (std::size_t h = 0; h < horizon_; ++h) series_out_.push_back(static_cast<float>(line.out_of(d)(h, k)));
    }
  }
}

void PackedLine::forecast(ConstMatrix<float> x, std::size_t stride, std::span<const Window> windows,
                          std::span<const float> factor, Matrix<float> product, Matrix<float> offset) const {
  kernels::packed_linear_forward<float>(x, {panels_.data(), horizon_, lookback_}, {}, product);
  for (std::size_t b = 0; b < offset.rows; ++b) {
    const std::size_t series = windows[b].series;
    const auto row = offset.row(b);
    const float centre = row.front();
    const float* bias = bias_.data() + (rank_ == 0 ? 0 : series * horizon_);
    for (std::size_t h = 0; h < horizon_; ++h) {
      row[h] = factor[b] * product(b * stride, h) + centre * row_sum_[h] + bias[h];
    }
    if (rank_ > 0) correct(x.row(b * stride), series, factor[b], centre, row);
  }
}

void PackedLine::correct(std::span<const float> x, std::size_t series, float factor, float centre,
                         std::span<float> forecast) const {
  std::array<float, most_rank> inner{};
  const std::size_t first = series * rank_;
  kernels::linear_forward<float>({x.data(), 1, lookback_}, {&series_in_[first * lookback_], rank_, lookback_}, {},
                                 {inner.data(), 1, rank_});
  for (std::size_t k = 0; k < rank_; ++k) {
    const float along = factor * inner[k] + centre * series_in_sum_[first + k];
    const float* out = &series_out_[(first + k) * horizon_];
    for (std::size_t h = 0; h < horizon_; ++h) forecast[h] += along * out[h];
  }
}

}  // namespace vdn
