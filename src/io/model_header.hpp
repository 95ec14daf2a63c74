#pragma once
// The JSON header of a model file. Private to io.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <vdn/model/forecaster.hpp>

#include "io/model_tensors.hpp"

namespace vdn {

/// Everything but the numbers of the tensors.
struct ModelHeader {
  Settings settings;
  std::string preset;
  Scaler scaler;
  DataRecord data;
  TrainingRecord training;
  double correction_share = 1.0;
  double last_weight = 0.0, season_weight = 0.0;  ///< of the naive forecasts
  RegimeRecord regime;                            ///< the means; what is by neuron are tensors
  SettingOrigins origins;
  std::vector<TensorEntry> tensors;
};

/// Longest header. 32 MiB hold some 300000 series.
inline constexpr std::size_t header_limit = std::size_t{32} << 20;

/// Text that is not UTF-8 (a path may be anything) is written with U+FFFD in its place.
std::string write_header(const Forecaster& forecaster, const std::vector<TensorEntry>& tensors);
/// Checks types, ranges and that the parts agree; the tensors are checked by check_tensors. Throws Malformed. Members a
/// file may lack because its version did not have them keep their defaults; members of no known name are passed over.
ModelHeader read_header(std::string_view text);

}  // namespace vdn
