#include "search/parallel_coordinates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <map>

#include <vdn/search/objectives.hpp>

#include "report/svg.hpp"

namespace vdn::search {
namespace {

using report::number;

constexpr double nowhere = std::numeric_limits<double>::quiet_NaN();
constexpr double width = 960, margin = 50, axis_height = 290;
constexpr std::size_t name_limit = 20, most_unturned = 9;  // characters, axes
constexpr std::size_t many_lines = 60;
constexpr double slope = 0.57;  // sine of the angle names are turned by

/// Text that stays legible above lines.
constexpr const char* halo = "style=\"paint-order:stroke;stroke:var(--card);stroke-width:3px\"";

/// Where axes stand. Names and ends take more room where axes are close.
struct Layout {
  std::size_t axes;
  bool turned = false, staggered = false;
  double top = 40;
  double step() const { return (width - 2 * margin) / static_cast<double>(axes - 1); }
  double x(std::size_t axis) const { return margin + step() * static_cast<double>(axis); }
  double bottom() const { return top + axis_height; }
  /// Neighbours' ends stand at two heights where they would touch.
  double lift(std::size_t axis) const { return staggered && axis % 2 == 1 ? 14 : 0; }
  /// The height at which lines pass below an axis.
  double below() const { return bottom() + (staggered ? 46 : 32); }
  double y(double place) const { return std::isnan(place) ? below() : bottom() - place * axis_height; }
};

/// A line: its places on the axes, NaN where it has none.
struct Line {
  const TrialRecord* trial;
  Fate fate;
  std::vector<double> places;
};

const char* fate_name(Fate fate) {
  switch (fate) {
    case Fate::pick:
      return "the pick";
    case Fate::defaults:
      return "settings as they are";
    case Fate::finished:
      return "finished";
    case Fate::under_way:
      return "under way";
    case Fate::dropped:
      return "dropped";
    case Fate::pruned:
      return "pruned";
    default:
      return "failed";
  }
}

std::string end_text(double end) {
  return fmt::format("{:.4g}", end);
}

/// How wide what stands above and below an axis is.
double ends_width(const Dimension& dimension) {
  if (dimension.scale == Scale::choice) return 0.0;
  return std::max(report::text_width(end_text(dimension.low)), report::text_width(end_text(dimension.high)));
}

bool ends_touch(const SearchSpace& space, double step) {
  double before = 0.0;
  for (const Dimension& dimension : space.dimensions) {
    const double wide = ends_width(dimension);
    if (before > 0 && wide > 0 && 0.5 * (before + wide) > step - 8) return true;
    before = wide;
  }
  return before > 0 && 0.5 * (before + 56) > step - 8;  // the score's
}

Layout layout_of(const SearchSpace& space) {
  Layout layout{std::max<std::size_t>(2, space.dimensions.size() + 1)};
  layout.turned = layout.axes > most_unturned;
  layout.staggered = ends_touch(space, layout.step());
  if (!layout.turned) return layout;
  double longest = 0;
  for (const Dimension& dimension : space.dimensions) {
    longest = std::max(longest, report::text_width(axis_name(space, dimension.key).substr(0, name_limit)));
  }
  layout.top += slope * longest + (layout.staggered ? 14 : 0);
  return layout;
}

/// Where a value lies on its axis; NaN for what the axis does not have.
double place_of(const Dimension& dimension, const std::string& value) {
  if (dimension.scale == Scale::choice) {
    const auto& choices = dimension.choices;
    return std::find(choices.begin(), choices.end(), value) == choices.end() ? nowhere
                                                                             : coordinate_of(dimension, value);
  }
  char* end = nullptr;
  const double parsed = std::strtod(value.c_str(), &end);
  const double air = 1e-3 * std::abs(dimension.high - dimension.low);  // values are rounded
  if (value.empty() || *end != '\0' || !(parsed >= dimension.low - air && parsed <= dimension.high + air)) {
    return nowhere;
  }
  return std::clamp(coordinate_of(dimension, value), 0.0, 1.0);
}

/// Lines of one choice lie side by side: a shift within its cell that depends on the trial only.
double shift_of(const Dimension& dimension, std::uint64_t trial) {
  if (dimension.scale != Scale::choice || dimension.choices.empty()) return 0.0;
  const double turn = 0.618034 * static_cast<double>(trial % 1000);
  return (turn - std::floor(turn) - 0.5) * 0.3 / static_cast<double>(dimension.choices.size());
}

double score_place(double score, const ScoreRange& scores) {
  if (!report::AxisRange::shown(score)) return nowhere;
  const auto [low, high] = scores.range;
  return low < high ? std::clamp((score - low) / (high - low), 0.0, 1.0) : 0.5;
}

Line line_of(const ParallelCoordinates& chart, const TrialRecord& trial, const ScoreRange& scores) {
  Line line{&trial, fate_of(trial, chart.pick), {}};
  const Configuration& values = trial.number == 0 ? chart.defaults : trial.configuration;
  for (const Dimension& dimension : chart.space.dimensions) {
    double place = nowhere;
    for (const auto& [key, value] : values) {
      if (key == dimension.key) place = place_of(dimension, value) + shift_of(dimension, trial.number);
    }
    line.places.push_back(place);
  }
  line.places.push_back(score_place(trial.score, scores));
  if (line.places.size() == 1) line.places.insert(line.places.begin(), nowhere);
  return line;
}

/// In the order they are drawn.
std::vector<Line> lines_of(const ParallelCoordinates& chart, const ScoreRange& scores) {
  std::vector<Line> lines;
  for (const TrialRecord& trial : chart.trials) lines.push_back(line_of(chart, trial, scores));
  const auto rank = [](const Line& line) { return line.fate == Fate::pick ? 2 : line.fate == Fate::defaults ? 1 : 0; };
  std::stable_sort(lines.begin(), lines.end(), [&](const Line& a, const Line& b) {
    return rank(a) != rank(b) ? rank(a) < rank(b) : better_trial(*b.trial, *a.trial);
  });
  return lines;
}

/// The more lines there are, the fainter those that were not chosen.
const char* opacity_of(Fate fate, bool many) {
  if (fate == Fate::pick || fate == Fate::defaults) return "1";
  if (fate == Fate::dropped || fate == Fate::under_way) return many ? ".3" : ".55";
  return many ? ".6" : "1";
}

std::string draw_line(const Line& line, const Layout& layout, bool many) {
  const std::string score =
      report::AxisRange::shown(line.trial->score) ? fmt::format("score {:.4g}", line.trial->score) : "no score";
  std::string settings;
  for (const auto& [key, value] : line.trial->configuration) settings += fmt::format(", {}={}", key, value);
  std::vector<report::Point> points;
  for (std::size_t i = 0; i < line.places.size(); ++i) points.push_back({layout.x(i), layout.y(line.places[i])});
  return fmt::format(
      "<g class=\"k{}\" opacity=\"{}\"><title>number {}, {}: {}{}</title><path class=\"l\" d=\"{}\"/></g>\n",
      fate_style(line.fate), opacity_of(line.fate, many), line.trial->number, fate_name(line.fate), score,
      report::xml_text(settings), report::line_path(points, 3));
}

std::string draw_name(const std::string& name, const Layout& layout, std::size_t axis) {
  const std::string text =
      fmt::format("<title>{}</title>{}", report::xml_text(name), report::xml_text(name, name_limit));
  const double x = layout.x(axis);
  if (!layout.turned) {
    return fmt::format("<text class=\"c n\" x=\"{}\" y=\"14\">{}</text>", number(x), text);
  }
  return fmt::format("<text class=\"n\" transform=\"translate({} {})rotate(-35)\">{}</text>", number(x),
                     number(layout.top - (layout.staggered ? 38 : 24)), text);
}

std::string draw_end(const std::string& text, const Layout& layout, std::size_t axis, bool upper) {
  const double lift = layout.lift(axis);
  return fmt::format("<text class=\"c\" {} x=\"{}\" y=\"{}\">{}</text>", halo, number(layout.x(axis)),
                     number(upper ? layout.top - 8 - lift : layout.bottom() + 16 + lift), report::xml_text(text));
}

/// Beside the axis where there is room, else along it.
std::string draw_choices(const Dimension& dimension, const Layout& layout, std::size_t axis) {
  double longest = 0;
  for (const std::string& choice : dimension.choices) longest = std::max(longest, report::text_width(choice));
  const bool along = longest > layout.step() - 20;
  const double cell = axis_height / static_cast<double>(std::max<std::size_t>(1, dimension.choices.size()));
  const auto limit = static_cast<std::size_t>(std::max(2.0, cell / 7 - 1));
  std::string svg;
  for (const std::string& choice : dimension.choices) {
    const double x = layout.x(axis), y = layout.y(coordinate_of(dimension, choice));
    const std::string text = report::xml_text(choice, along ? limit : 1000);
    svg += along ? fmt::format("<text class=\"c\" {} transform=\"translate({} {})rotate(-90)\">{}</text>", halo,
                               number(x + 15), number(y), text)
                 : fmt::format("<text {} x=\"{}\" y=\"{}\">{}</text>", halo, number(x + 7), number(y + 4), text);
  }
  return svg;
}

std::string draw_labels(const ParallelCoordinates& chart, const Layout& layout, const ScoreRange& scores) {
  std::string svg;
  const auto& dimensions = chart.space.dimensions;
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    svg += draw_name(axis_name(chart.space, dimensions[i].key), layout, i);
    if (dimensions[i].scale == Scale::choice) {
      svg += draw_choices(dimensions[i], layout, i);
    } else {
      svg += draw_end(end_text(dimensions[i].high), layout, i, true) +
             draw_end(end_text(dimensions[i].low), layout, i, false);
    }
    svg += "\n";
  }
  const std::size_t last = layout.axes - 1;
  const auto [low, high] = scores.range;
  svg += draw_name("score", layout, last) +
         draw_end(fmt::format("{}{:.4g}", scores.clipped ? "\xE2\x89\xA5 " : "", high), layout, last, true);
  if (low < high) svg += draw_end(end_text(low), layout, last, false);
  return svg + "\n";
}

std::string draw_axes(const Layout& layout, std::size_t axes) {
  std::string svg;
  for (std::size_t i = layout.axes - axes; i < layout.axes; ++i) {
    svg += fmt::format("<path class=\"a\" d=\"M{} {}v{}\"/>", number(layout.x(i)), number(layout.top),
                       number(axis_height));
  }
  return svg + "\n";
}

std::string draw_below(const Layout& layout) {
  return fmt::format("<path class=\"g\" d=\"M{} {}h{}\"/><text x=\"{}\" y=\"{}\">not used</text>\n", number(margin),
                     number(layout.below()), number(width - 2 * margin), number(margin), number(layout.below() + 17));
}

}  // namespace

Fate fate_of(const TrialRecord& trial, std::optional<std::uint64_t> pick) {
  if (pick && trial.number == *pick) return Fate::pick;
  if (trial.number == 0) return Fate::defaults;
  switch (trial.state) {
    case TrialState::finished:
      return Fate::finished;
    case TrialState::dropped:
      return Fate::dropped;
    case TrialState::pruned:
      return Fate::pruned;
    case TrialState::failed:
      return Fate::failed;
    default:
      return Fate::under_way;
  }
}

std::size_t fate_style(Fate fate) {
  constexpr std::size_t styles[] = {0, 6, 1, 2, 5, 3, 8};
  return styles[static_cast<std::size_t>(fate)];
}

std::string axis_name(const SearchSpace& space, const std::string& key) {
  const auto last = [](const std::string& text) { return text.substr(text.rfind('.') + 1); };
  const auto alike = [&](const Dimension& other) { return last(other.key) == last(key); };
  return std::count_if(space.dimensions.begin(), space.dimensions.end(), alike) > 1 ? key : last(key);
}

ScoreRange score_range(std::vector<double> scores) {
  std::erase_if(scores, [](double score) { return !report::AxisRange::shown(score); });
  if (scores.empty()) return {{0, 1}};
  std::sort(scores.begin(), scores.end());
  const std::size_t last = scores.size() - 1;
  const double lower = scores[last / 4], upper = scores[last - last / 4];
  const double fence = upper + 3 * (upper - lower);
  const double high = *std::prev(std::upper_bound(scores.begin(), scores.end(), fence));
  if (high > scores.front()) return {{scores.front(), high}, high < scores.back()};
  return {{scores.front(), scores.back()}};
}

std::string parallel_coordinates_svg(const ParallelCoordinates& chart) {
  std::vector<double> values;
  for (const TrialRecord& trial : chart.trials) values.push_back(trial.score);
  const ScoreRange scores = score_range(values);
  const Layout layout = layout_of(chart.space);
  const std::vector<Line> lines = lines_of(chart, scores);
  const bool gap = std::any_of(lines.begin(), lines.end(), [](const Line& line) {
    return std::any_of(line.places.begin(), line.places.end(), [](double place) { return std::isnan(place); });
  });
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"vc\" role=\"img\" viewBox=\"0 0 {} "
      "{}\">\n<title>Trials</title>\n"
      "<desc>{} trials across {} dimensions and their score.</desc>\n",
      number(width), number(gap ? layout.below() + 24 : layout.bottom() + (layout.staggered ? 36 : 22)), lines.size(),
      chart.space.dimensions.size());
  svg += draw_axes(layout, chart.space.dimensions.size() + 1) + (gap ? draw_below(layout) : "");
  for (const Line& line : lines) svg += draw_line(line, layout, lines.size() > many_lines);
  return svg + draw_labels(chart, layout, scores) + "</svg>\n";
}

std::vector<HtmlLegendEntry> fate_legend(const ParallelCoordinates& chart) {
  std::map<Fate, std::size_t> counts;
  for (const TrialRecord& trial : chart.trials) ++counts[fate_of(trial, chart.pick)];
  std::vector<HtmlLegendEntry> legend;
  for (const auto& [fate, count] : counts) {
    const bool one = fate == Fate::pick || fate == Fate::defaults;
    legend.push_back({one ? fate_name(fate) : fmt::format("{} ({})", fate_name(fate), count), fate_style(fate), {}});
  }
  return legend;
}

}  // namespace vdn::search
