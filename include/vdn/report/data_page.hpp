#pragma once
// The page of `vdn inspect DATA --html`.

#include <string>
#include <vector>

#include <vdn/data/load.hpp>
#include <vdn/data/profile.hpp>
#include <vdn/train/fit_advice.hpp>

namespace vdn {

/// Every series with a small picture, its figures and its seasons; what is worth a look; what a fit would take. `notes`
/// are warnings that come first. Tables beyond 2,000 series are cut, saying so.
std::string data_page_html(const LoadedData& data, const DataProfile& profile, const FitAdvice& advice,
                           const std::vector<std::string>& notes);

}  // namespace vdn
