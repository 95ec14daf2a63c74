#pragma once
// Trials of a search as lines across the dimensions they were drawn from, with their score at the end.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <vdn/report/html_page.hpp>
#include <vdn/search/space.hpp>
#include <vdn/search/trial_record.hpp>

#include "report/chart_frame.hpp"

namespace vdn::search {

/// What became of a trial, for the colours of a study's page: that of a legend of this order.
enum class Fate { pick, defaults, finished, under_way, dropped, pruned, failed };
Fate fate_of(const TrialRecord& trial, std::optional<std::uint64_t> pick);
/// As ChartLine::style.
std::size_t fate_style(Fate fate);

/// "learning_rate" of "train.learning_rate"; all of it where another dimension ends alike.
std::string axis_name(const SearchSpace& space, const std::string& key);

/// Scores a chart shows: from the best to the worst that is not further than three times the distance of the quartiles
/// above the upper one (Tukey's outer fence); `clipped` where some are. 0 to 1 for none.
struct ScoreRange {
  report::AxisRange range;
  bool clipped = false;
};
ScoreRange score_range(std::vector<double> scores);

struct ParallelCoordinates {
  const SearchSpace& space;
  std::vector<TrialRecord> trials;  ///< of the search
  Configuration defaults = {};      ///< what number 0 has of the keys of the space
  std::optional<std::uint64_t> pick = {};
};

/// SVG for a wide figure of an HtmlPage, 960 units wide: an axis a dimension and one for the score, a line a trial,
/// better ones above worse ones, the pick and number 0 above all. Where a dimension does not apply to a trial, its line
/// passes below the axis.
std::string parallel_coordinates_svg(const ParallelCoordinates& chart);
/// The fates that occur, with the number of their trials.
std::vector<HtmlLegendEntry> fate_legend(const ParallelCoordinates& chart);

}  // namespace vdn::search
