#pragma once
// vdn inspect MODEL.

#include <string>

#include "common.hpp"

namespace vdn::cli {

struct InspectModelOptions {
  Shared shared;
  std::string model;  ///< path
  // With --neurons:
  std::string data, html;  ///< table to measure contributions on, page to write; may be empty
  ReadingArguments reading;
};

/// Prints what the model file holds. Returns the exit code; throws what load_model throws.
int inspect_model(const InspectModelOptions& options);
/// Prints what its neurons do and did, from the model and neurons.bin beside it.
int inspect_neurons(const InspectModelOptions& options);

}  // namespace vdn::cli
