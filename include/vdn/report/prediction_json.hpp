#pragma once
// Forecasts as a JSON document.

#include <string>

#include <vdn/evaluate/predict.hpp>

namespace vdn {

/// {"ds": the times when all series share them, else null, "series": [{"unique_id", "cutoff", "ds", "mean",
/// "var_within", "var_latent", "quantiles": {"0.1": [H numbers], ...}, "paths": [[H numbers], ...]}]}; "paths" only
/// when there are any; null where there is no forecast.
std::string prediction_json(const Prediction& prediction);

}  // namespace vdn
