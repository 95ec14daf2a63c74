#pragma once
// What `vdn inspect DATA` says, on a terminal and as JSON.

#include <string>
#include <vector>

#include <vdn/data/profile.hpp>
#include <vdn/train/fit_advice.hpp>

#include "common.hpp"

namespace vdn::cli {

/// Everything known of a table.
struct Inspection {
  LoadedData data;
  DataProfile profile;
  FitAdvice advice;
  std::vector<std::string> notes;  ///< what is odd about the table as a whole, one sentence each
};

/// A head, a table of the series, what a fit would take. Of more than 40 series only those that stand out are listed,
/// at most 40, unless `all`. `argument` is DATA as given, for the commands named at the end.
std::string inspection_text(const Inspection& found, const std::string& argument, bool all);

Json inspection_json(const Inspection& found, const std::string& argument);

/// "14 seasons of 24 rows", or how it came about without a season.
std::string lookback_reason(const FitAdvice& advice);

}  // namespace vdn::cli
