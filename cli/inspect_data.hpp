#pragma once
// Reading a table to look at it.

#include <string>

#include <vdn/core/scheduler.hpp>

#include "inspect_text.hpp"

namespace vdn::cli {

/// Reads, profiles and plans a fit. A table whose times a fit would refuse is read all the same, row by row, and the
/// refusal noted. `horizon` 0 takes usual_horizon. Throws what reading throws.
Inspection inspect_data(const std::string& name_or_path, const ReadingArguments& arguments, std::size_t horizon,
                        Scheduler& scheduler);

}  // namespace vdn::cli
