#pragma once
// The seasonal periods of one series.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <vdn/data/calendar.hpp>

namespace vdn {

/// A pattern that repeats every `rows` rows.
struct Season {
  std::size_t rows = 0;
  /// Share of the variance the pattern explains, 0 to 1, once all that is slower than it and the seasons found before
  /// it are taken out (the seasonal strength of Wang, Smith and Hyndman 2006), corrected for what chance explains.
  double strength = 0.0;
  bool operator==(const Season&) const = default;
};

/// What counts as a season.
struct SeasonRule {
  std::size_t most = 3;          ///< seasons reported
  double least_strength = 0.05;  ///< of a season of the calendar
  double least_free = 0.15;      ///< strength of any other season
  double chance = 1e-3;          ///< largest probability that a series without seasons shows this one
};

/// The rows of an hour, a day, a week and a year, as far as they are whole numbers of steps (the year is rounded) and
/// at least two; ascending. Months count the year only, index steps nothing.
std::vector<std::size_t> calendar_seasons(TimeStep step);

/// "24 rows (1 day)", "365 rows (1 year)"; "24 rows" where steps have no length.
std::string describe_season(std::size_t rows, TimeStep step);

/// The seasons of a series in order of strength, the strongest first. NaN is missing. A season of the calendar
/// needs three repetitions in the series, any other five.
///
/// A period m is tested by folding: a centred average over m rows is taken off (which removes trends, random walks and
/// slower seasons), the means of the m phases are formed, and the share R^2 of the variance they explain is held
/// against chance. Without a season, c repetitions of k degrees of freedom give R^2 ~ Beta(k/2, k(c-1)/2); k is read
/// off the periodogram (m for white noise, fewer the more neighbouring rows are alike). The periods of the calendar are
/// tested first, shortest first, and what is found is taken out; then the peaks of the periodogram, each placed by the
/// autocorrelation (after Vlachos, Yu and Castelli 2005), with `chance` divided by the number of frequencies. Values
/// far outside the bulk (6 interquartile ranges from the median) are drawn in first.
std::vector<Season> find_seasons(std::span<const double> values, TimeStep step, const SeasonRule& rule = {});

/// A season that several series share.
struct CommonSeason {
  std::size_t rows = 0;
  std::size_t series = 0;  ///< how many have it
  double strength = 0.0;   ///< median over those
};

/// Those of the series' seasons, most series first, then the stronger one.
std::vector<CommonSeason> common_seasons(std::span<const std::vector<Season>> series);

}  // namespace vdn
