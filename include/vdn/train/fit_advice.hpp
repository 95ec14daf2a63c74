#pragma once
// The settings to start with for a table: what `vdn inspect` suggests and `vdn init` writes.

#include <cstddef>
#include <optional>
#include <string>

#include <vdn/data/load.hpp>
#include <vdn/data/profile.hpp>
#include <vdn/model/settings.hpp>
#include <vdn/train/fit_plan.hpp>

namespace vdn {

/// A fit that suits a table.
struct FitAdvice {
  FitJob job;                     ///< preset "default" but for the settings below; horizon set
  std::size_t training_rows = 0;  ///< before the first border
  std::size_t season = 0;         ///< rows of the season the look-back holds whole, 0 when none was found
  std::optional<FitPlan> plan;    ///< what the fit takes, unless it is refused
  std::string refusal;            ///< why such a fit is refused, else ""
};

/// The horizon when none is asked for: the named set's; else the shortest of the common seasons, or 24 rows; at most
/// what a twentieth of the rows holds.
std::size_t usual_horizon(const LoadedData& data, const DataProfile& profile);

/// The look-back of a fit whose user named none: that of the settings, or, where the training rows of the longest
/// series hold less than four of it and the horizon, too few for a line and a network of so many weights, the one
/// advise() takes (docs/method.md, Short tables). Splits that prescribe contexts keep their own.
std::size_t usual_lookback(const LoadedData& data, const FitJob& job, Scheduler& scheduler);

/// Look-back (suggest_lookback), the width of the trend's average (one season: what repeats within it is no trend), and
/// the batch: 256, halved down to 16 while an epoch has fewer than 32 steps. Does not throw where the fit would be
/// refused.
FitAdvice advise(const LoadedData& data, const DataProfile& profile, std::size_t horizon);

}  // namespace vdn
