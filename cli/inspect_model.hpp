#pragma once
// vdn inspect MODEL.

#include <string>

#include "common.hpp"

namespace vdn::cli {

struct InspectModelOptions {
  Shared shared;
  std::string model;  ///< path
};

/// Prints what the model file holds. Returns the exit code; throws what load_model throws.
int inspect_model(const InspectModelOptions& options);

}  // namespace vdn::cli
