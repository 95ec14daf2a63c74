// Scores by epoch, of the search and of the final stage.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include <vdn/report/line_chart.hpp>

#include "search/page_sections.hpp"
#include "search/parallel_coordinates.hpp"

namespace vdn::search {
namespace {

constexpr std::size_t best_curves = 3;  // in colours of their own

using TrialKey = std::pair<std::uint64_t, std::uint64_t>;

/// Score by epoch.
std::map<TrialKey, ChartLine> curves_of(const StudyView& view) {
  std::map<TrialKey, std::map<std::size_t, double>> points;
  for (const EpochRecord& epoch : view.epochs) points[{epoch.number, epoch.seed}][epoch.epoch] = epoch.score;
  std::map<TrialKey, ChartLine> curves;
  for (const auto& [key, scores] : points) {
    ChartLine& line = curves[key];
    for (const auto& [epoch, score] : scores) {
      line.x.push_back(static_cast<double>(epoch));
      line.y.push_back(score);
    }
  }
  return curves;
}

/// The lines of a chart with a range that far scores do not stretch.
HtmlFigure curve_figure(const char* title, std::vector<ChartLine> lines, std::vector<HtmlLegendEntry> legend,
                        const char* caption) {
  std::vector<double> scores;
  double last = 1;
  for (const ChartLine& line : lines) {
    scores.insert(scores.end(), line.y.begin(), line.y.end());
    if (!line.x.empty()) last = std::max(last, line.x.back());
  }
  const ScoreRange range = score_range(scores);
  for (ChartLine& line : lines) {  // dots beyond the edge lie on it
    for (double& y : line.y) y = line.dots && y > range.range.high ? range.range.high : y;
  }
  LineChart chart{title, "epoch", "validation score", std::move(lines)};
  const double air = 0.05 * (range.range.high - range.range.low);
  if (air > 0) chart.y_range = {range.range.low - air, range.range.high + air};
  chart.x_range = {0.5, last + 0.5};
  chart.whole_x = true;
  return {title, line_chart_svg(chart), caption, std::move(legend)};
}

/// Best first, so that they lie above the others; a dot where a trial was pruned.
HtmlFigure search_curves(const Findings& found, const std::map<TrialKey, ChartLine>& curves) {
  std::vector<TrialRecord> sorted = found.search;
  std::stable_sort(sorted.begin(), sorted.end(), better_trial);
  std::vector<ChartLine> lines, ends;
  std::vector<HtmlLegendEntry> legend;
  for (const TrialRecord& trial : sorted) {
    const auto curve = curves.find({trial.number, trial.seed});
    if (curve == curves.end()) continue;
    ChartLine line = curve->second;
    line.name = fmt::format("number {}", trial.number);
    line.style = trial.number == 0 ? 6 : legend.size() < best_curves ? legend.size() : 4;
    if (line.style != 4) legend.push_back({line.name + (trial.number == 0 ? ", as they are" : ""), line.style, {}});
    const std::size_t last = line.x.size() - 1;
    if (trial.state == TrialState::pruned) {
      ends.push_back({line.name + ", pruned", {line.x[last]}, {line.y[last]}, 3, true});
    }
    lines.push_back(std::move(line));
  }
  legend.push_back({"the others; a dot: pruned", 4, {}});
  lines.insert(lines.begin(), ends.begin(), ends.end());
  return curve_figure("The search", std::move(lines), std::move(legend), "Scores far above the others are cut off.");
}

HtmlFigure final_curves(const Findings& found, const std::map<TrialKey, ChartLine>& curves) {
  std::vector<ChartLine> lines;
  for (const TrialRecord& trial : found.finals) {
    const auto curve = curves.find({trial.number, trial.seed});
    if (curve == curves.end()) continue;
    ChartLine line = curve->second;
    line.name = fmt::format("number {}, seed {}", trial.number, trial.seed);
    line.style = found.picked() == trial.number ? 0 : trial.number == 0 ? 6 : 4;
    lines.push_back(std::move(line));
  }
  if (lines.empty()) return {};
  std::stable_sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.style < b.style; });
  std::vector<HtmlLegendEntry> legend;
  if (found.picked()) legend.push_back({"the pick", 0, {}});
  if (found.picked() != 0) legend.push_back({"settings as they are", 6, {}});
  legend.push_back({"other finalists", 4, {}});
  return curve_figure("The final stage", std::move(lines), std::move(legend), "A line a seed.");
}

}  // namespace

void add_curves(HtmlPage& page, const Findings& found) {
  page.section("Learning curves");
  const auto curves = curves_of(found.view);
  if (curves.empty()) {
    page.paragraph("No epoch is done yet.");
    return;
  }
  std::vector<HtmlFigure> figures{search_curves(found, curves)};
  HtmlFigure finals = final_curves(found, curves);
  if (finals.svg.empty()) {  // alone it would fill the page
    figures[0].svg = "<div style=\"max-width:540px\">" + figures[0].svg + "</div>";
  } else {
    figures.push_back(std::move(finals));
  }
  page.figures(figures);
}

}  // namespace vdn::search
