#pragma once
// What a table holds, series by series: what one looks at before fitting.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/data/load.hpp>
#include <vdn/data/seasons.hpp>
#include <vdn/data/series.hpp>

namespace vdn {

/// Rows side by side that hold one value.
struct Stretch {
  std::size_t row = 0;   ///< the first
  std::size_t rows = 0;  ///< how many; missing rows end a stretch
  double value = 0.0;
};

/// One series, in original units. Figures of values are NaN when none is observed.
struct SeriesProfile {
  Range rows;                ///< from the first observed value to behind the last one
  std::size_t observed = 0;  ///< values
  std::size_t missing = 0;   ///< inside `rows`
  std::size_t longest_missing = 0;
  double low = 0.0, median = 0.0, high = 0.0, mean = 0.0, deviation = 0.0;
  double atom = 0.0;           ///< the most repeated value, of equally frequent ones the smallest
  std::size_t atom_count = 0;  ///< how often it stands
  Stretch constant;            ///< the longest one, the first of equally long ones
  SuspectedMark mark;  ///< the first number of it that looks like a missing value and is not masked; count 0: none
  std::vector<Season> seasons;  ///< strongest first
  double atom_share() const {
    return observed == 0 ? 0.0 : static_cast<double>(atom_count) / static_cast<double>(observed);
  }
};

struct DataProfile {
  TimeAxisReport axis;
  std::vector<SeriesProfile> series;  ///< D
  std::vector<CommonSeason> seasons;  ///< most series first, then the stronger one
};

/// Series are looked at side by side; the result does not depend on the number of threads.
DataProfile profile(const SeriesSet& set, Scheduler& scheduler);

/// What is worth a look in a series, in a few words each: "constant", "41% are 0", "213 rows of 0 from 2001-01-05".
std::vector<std::string> notable(const SeriesProfile& series, const SeriesSet& set);

/// The shortest and the longest of the seasons that a quarter of the series has; 0 and 0 when there is none.
struct SeasonSpan {
  std::size_t shortest = 0;
  std::size_t longest = 0;
};
SeasonSpan season_span(const DataProfile& profile);

/// Rows of look-back to start with, of `training_rows` and horizon H.
/// With seasons: whole ones of the longest; three of the shortest, two of the longest, or a quarter of the training
/// rows up to 336 (what the presets take), whichever is most. Without: 96, or a quarter of the training rows if that is
/// less. Never more than half of what the horizon leaves of the training rows, so that there are as many windows as
/// rows in one.
std::size_t suggest_lookback(SeasonSpan seasons, std::size_t training_rows, std::size_t horizon);

}  // namespace vdn
