#include "search/front_chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "report/chart_frame.hpp"

namespace vdn::search {
namespace {

using report::AxisRange;
using report::ChartFrame;
using report::number;

constexpr double height = 230;

/// What lies across.
struct Across {
  double Finalist::*figure;
  double unit;  ///< in which it is shown
  const char* title;
  const char* label;
  bool steps;

  double of(const Finalist& finalist) const { return finalist.*figure / unit; }
};

std::size_t style_of(const Finalist& finalist, std::uint64_t pick) {
  return finalist.number == pick ? 0 : finalist.number == 0 ? 6 : 1;
}

/// A circle, a diamond for number 0: told apart without colour.
std::string mark(std::size_t style, bool filled, bool diamond, double x, double y) {
  const char* fill = filled ? "var(--k)" : "var(--card)";
  if (diamond) {
    return fmt::format("<path class=\"d k{}\" style=\"fill:{}\" d=\"M{} {}m0 -6l6 6l-6 6l-6 -6z\"/>", style, fill,
                       number(x), number(y));
  }
  return fmt::format("<circle class=\"d k{}\" style=\"fill:{}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>", style, fill, number(x),
                     number(y), style == 0 ? "5.5" : "4.5");
}

std::vector<Finalist> shown_of(const std::vector<Finalist>& finalists, const Across& across) {
  std::vector<Finalist> shown = finalists;
  std::erase_if(shown,
                [&](const Finalist& f) { return !AxisRange::shown(across.of(f)) || !AxisRange::shown(f.score); });
  return shown;
}

double deviation_of(const Finalist& finalist) {
  return AxisRange::shown(finalist.score_deviation) ? finalist.score_deviation : 0.0;
}

ChartFrame frame_of(const std::vector<Finalist>& shown, const Across& across) {
  std::vector<double> x, y;
  for (const Finalist& f : shown) {
    x.push_back(across.of(f));
    y.push_back(f.score - deviation_of(f));
    y.push_back(f.score + deviation_of(f));
  }
  AxisRange wide = report::range_of(x);
  if (!x.empty() && *std::min_element(x.begin(), x.end()) >= 0) wide.low = std::max(wide.low, 0.0);
  return report::make_frame(wide, report::range_of(y), height);
}

/// From finalist to finalist, each the best of all that take no longer.
std::string draw_steps(std::vector<Finalist> shown, const Across& across, const ChartFrame& frame) {
  std::sort(shown.begin(), shown.end(), [&](const Finalist& a, const Finalist& b) {
    return across.of(a) != across.of(b) ? across.of(a) < across.of(b) : a.score < b.score;
  });
  std::string path;
  double best = 0.0;
  for (const Finalist& f : shown) {
    if (!path.empty() && f.score >= best) continue;
    best = f.score;
    const std::string x = number(frame.x(across.of(f))), y = number(frame.y(f.score));
    path += path.empty() ? fmt::format("M{} {}", x, y) : fmt::format("H{}V{}", x, y);
  }
  return path.empty() ? "" : fmt::format("<path class=\"r\" d=\"{}H{}\"/>\n", path, number(frame.right()));
}

std::string draw_finalist(const Finalist& f, const Across& across, const ChartFrame& frame, std::uint64_t pick) {
  const double x = frame.x(across.of(f)), y = frame.y(f.score), deviation = deviation_of(f);
  std::string svg = fmt::format("<g class=\"k{}\"><title>number {}: score {:.4g} \xC2\xB1 {:.2g}, {} {:.4g}</title>",
                                style_of(f, pick), f.number, f.score, deviation, across.label, across.of(f));
  if (deviation > 0) {
    const double low = frame.y(f.score - deviation), high = frame.y(f.score + deviation);
    svg += fmt::format(
        "<path class=\"l\" style=\"stroke-width:1.4;stroke-dasharray:none\" d=\"M{0} {1}V{2}M{3} {1}h8M{3} {2}h8\"/>",
        number(x), number(low), number(high), number(x - 4));
  }
  return svg + mark(style_of(f, pick), f.on_front, f.number == 0, x, y) + "</g>\n";
}

/// Boxes taken by marks and labels; labels go where none is.
class Labels {
 public:
  explicit Labels(const ChartFrame& frame) : frame_(frame) {}
  void take(double x, double y, double width, double height) { taken_.push_back({x, y, width, height}); }
  /// To the right, left, above or below of a mark; to the right if nowhere is free.
  std::string draw(const std::string& text, const char* classes, double x, double y) {
    const double width = report::text_width(text) + 4;
    const std::array<Box, 6> places{{{x + 9, y - 18, width, 14},
                                     {x + 9, y + 4, width, 14},
                                     {x - 9 - width, y - 18, width, 14},
                                     {x - 9 - width, y + 4, width, 14},
                                     {x + 9, y - 30, width, 14},
                                     {x - 9 - width, y - 30, width, 14}}};
    const auto free = std::find_if(places.begin(), places.end(), [&](const Box& box) { return is_free(box); });
    const Box box = free == places.end() ? places.front() : *free;
    taken_.push_back(box);
    return fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\">{}</text>\n", classes, number(box.x), number(box.y + 11),
                       text);
  }

 private:
  struct Box {
    double x, y, width, height;
  };
  bool is_free(const Box& box) const {
    if (box.x < frame_.left || box.x + box.width > frame_.right() + 10) return false;
    if (box.y < frame_.top - 8 || box.y + box.height > frame_.bottom()) return false;
    return std::none_of(taken_.begin(), taken_.end(), [&](const Box& other) {
      return box.x < other.x + other.width && other.x < box.x + box.width && box.y < other.y + other.height &&
             other.y < box.y + box.height;
    });
  }
  ChartFrame frame_;
  std::vector<Box> taken_;
};

std::string draw_labels(const std::vector<Finalist>& shown, const Across& across, const ChartFrame& frame,
                        std::uint64_t pick) {
  Labels labels(frame);
  for (const Finalist& f : shown) {
    const double x = frame.x(across.of(f)), high = frame.y(f.score + deviation_of(f));
    labels.take(x - 6, frame.y(f.score) - 6, 12, 12);
    labels.take(x - 4, high, 8, frame.y(f.score - deviation_of(f)) - high);
  }
  std::string svg;
  for (const Finalist& f : shown) {
    const std::string text = f.number == pick ? fmt::format("{}, the pick", f.number) : std::to_string(f.number);
    svg += labels.draw(text, f.number == pick ? "n" : "", frame.x(across.of(f)), frame.y(f.score));
  }
  return svg;
}

std::string draw_chart(const std::vector<Finalist>& finalists, const Across& across, std::uint64_t pick) {
  const std::vector<Finalist> shown = shown_of(finalists, across);
  const ChartFrame frame = frame_of(shown, across);
  std::string svg = report::open_chart(
      across.title, fmt::format("Validation score and {} of {} configurations.", across.label, shown.size()),
      report::chart_height(frame));
  svg += report::draw_y_axis(frame, "validation score") + report::draw_x_axis(frame, across.label);
  if (across.steps) svg += draw_steps(shown, across, frame);
  for (const Finalist& f : shown) svg += draw_finalist(f, across, frame, pick);
  return svg + draw_labels(shown, across, frame, pick) + "</svg>\n";
}

}  // namespace

std::string front_chart_svg(const std::vector<Finalist>& finalists, std::uint64_t pick) {
  return draw_chart(finalists, {&Finalist::seconds, 1.0, "Accuracy and cost", "seconds of training a fit", true}, pick);
}

std::string calibration_chart_svg(const std::vector<Finalist>& finalists, std::uint64_t pick) {
  return draw_chart(
      finalists,
      {&Finalist::calibration, 0.01, "Accuracy and calibration", "intervals off nominal, percentage points", false},
      pick);
}

std::vector<HtmlLegendEntry> front_legend(const std::vector<Finalist>& finalists, std::uint64_t pick) {
  const auto swatch = [](std::size_t style, bool filled, bool diamond) {
    return "<svg class=\"vc\" width=\"26\" height=\"14\" viewBox=\"0 0 26 14\" aria-hidden=\"true\">" +
           mark(style, filled, diamond, 13, 7) + "</svg>";
  };
  const auto other = [&](bool on_front) {
    return std::any_of(finalists.begin(), finalists.end(),
                       [&](const Finalist& f) { return f.number != 0 && f.number != pick && f.on_front == on_front; });
  };
  std::vector<HtmlLegendEntry> legend;
  for (const Finalist& f : finalists) {
    const HtmlLegendEntry entry{f.number == pick ? "the pick" : "settings as they are", style_of(f, pick),
                                swatch(style_of(f, pick), f.on_front, f.number == 0)};
    if (f.number == pick || f.number == 0) legend.push_back(entry);
  }
  if (other(true)) legend.push_back({"on the front", 1, swatch(1, true, false)});
  if (other(false)) legend.push_back({"not on it", 1, swatch(1, false, false)});
  return legend;
}

}  // namespace vdn::search
