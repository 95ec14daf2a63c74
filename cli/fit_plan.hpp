#pragma once
// What a fit is going to do, said in words before it does it.

#include <string>

#include <vdn/train/fit_plan.hpp>

namespace vdn::cli {

/// The plan in a few lines.
std::string describe(const FitPlan& plan, const LoadedData& data, const FitJob& job, std::size_t threads);

/// What is odd about the table: gaps, repeated times, missing values, constant series; "" when nothing is.
std::string describe_oddities(const LoadedData& data, const Scaler& scaler);

}  // namespace vdn::cli
