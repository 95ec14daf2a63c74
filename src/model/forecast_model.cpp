#include <vdn/model/forecast_model.hpp>

#include <algorithm>

namespace vdn {

void ForecastBatch::resize(std::size_t windows, std::size_t draws, std::size_t components_per_draw, std::size_t horizon,
                           std::size_t without_draw) {
  windows_ = windows;
  draws_ = draws;
  components_ = draws * components_per_draw + without_draw;
  horizon_ = horizon;
  const std::size_t numbers = windows * components_ * horizon;
  mean_.resize(std::max(mean_.size(), numbers));
  scale_.resize(std::max(scale_.size(), numbers));
  log_weight_.resize(std::max(log_weight_.size(), windows * components_));
}

}  // namespace vdn
