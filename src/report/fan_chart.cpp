#include <vdn/report/fan_chart.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <vdn/core/error.hpp>

#include "report/axis_ticks.hpp"
#include "report/fan_style.hpp"
#include "report/svg.hpp"

namespace vdn {
namespace {

using report::number;
using report::Point;
using report::xml_text;

// Pixels of the view box.
constexpr double page_width = 1000, margin = 28, column_gap = 34;
constexpr double title_height = 42, line_height = 25;  // a subtitle and a legend come below the title
constexpr double panel_title = 30, time_axis = 40;     // above and below a plot
constexpr double band_opacity = 0.17;                  // of each band; they lie on top of each other

/// Where the plot of a panel lies.
struct Frame {
  double left, top, width, height;
  double right() const { return left + width; }
  double bottom() const { return top + height; }
};

void check_panel(const FanPanel& panel) {
  const std::size_t H = panel.future_times.size(), Q = panel.levels.size();
  bool fits = panel.history.size() == panel.history_times.size() && panel.quantiles.size() == Q && Q % 2 == 1 &&
              std::abs(panel.levels[Q / 2] - 0.5) < 1e-9 && (panel.truth.empty() || panel.truth.size() == H);
  for (const auto& line : panel.quantiles) fits = fits && line.size() == H;
  if (!fits) throw Error(ErrorKind::software, "fan chart", "the panel '" + panel.title + "' is not of one length");
}

/// Lowest and highest of everything drawn, with some air. Values too large to subtract count as missing.
struct Limits {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  static bool shown(double value) { return std::abs(value) < 1e300; }
  void take(std::span<const double> values) {
    for (const double value : values) {
      if (!shown(value)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  void widen() {
    if (low > high) low = 0.0, high = 1.0;
    double air = 0.06 * (high - low);
    // A constant, or what is one but for rounding.
    if (const double size = std::max(std::abs(low), std::abs(high)); high - low <= 1e-9 * size || size == 0.0) {
      air = size > 0.0 ? 0.1 * size : 1.0;
    }
    low -= air;
    high += air;
  }
};

Limits limits_of(const FanPanel& panel) {
  Limits limits;
  limits.take(panel.history);
  limits.take(panel.truth);
  for (const auto& line : panel.quantiles) limits.take(line);
  limits.widen();
  return limits;
}

/// Places rows and values in a frame.
struct Scales {
  Frame frame;
  Limits limits;
  std::size_t rows;
  double step() const { return frame.width / static_cast<double>(std::max<std::size_t>(rows, 1)); }
  double x(double row) const { return frame.left + (row + 0.5) * step(); }
  /// Half the width of what stands for a single row.
  double half_width() const { return std::min(0.4 * step(), 7.0); }
  double y(double value) const {
    if (!Limits::shown(value)) return std::numeric_limits<double>::quiet_NaN();
    return frame.bottom() - (value - limits.low) / (limits.high - limits.low) * frame.height;
  }
  /// Points of consecutive rows.
  std::vector<Point> points(std::span<const double> values, std::size_t first_row) const {
    std::vector<Point> made;
    for (const double value : values) made.push_back({x(static_cast<double>(first_row + made.size())), y(value)});
    return made;
  }
};

std::vector<report::ValueTick> ticks_of(const Limits& limits) {
  return report::value_ticks(limits.low, limits.high, 6);
}

std::string draw_value_axis(const Scales& at) {
  std::string svg;
  for (const auto& tick : ticks_of(at.limits)) {
    const double y = std::round(at.y(tick.value)) + 0.5;
    svg += fmt::format("<line class=\"g\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>", number(at.frame.left),
                       number(at.frame.right()), number(y), number(y));
    svg += fmt::format("<text class=\"e\" x=\"{}\" y=\"{}\">{}</text>\n", number(at.frame.left - 8), number(y + 4),
                       tick.label);
  }
  return svg;
}

std::string draw_time_axis(const FanPanel& panel, const Scales& at) {
  std::vector<std::string> times = panel.history_times;
  times.insert(times.end(), panel.future_times.begin(), panel.future_times.end());
  std::string svg = fmt::format("<path class=\"a\" d=\"M{} {}h{}\"/>\n", number(at.frame.left),
                                number(at.frame.bottom() + 0.5), number(at.frame.width));
  const auto most = static_cast<std::size_t>(at.frame.width / 82);
  for (const auto& tick : report::time_ticks(times, most)) {
    const double x = at.x(tick.position), bottom = at.frame.bottom();
    svg += fmt::format("<line class=\"a\" x1=\"{0}\" x2=\"{0}\" y1=\"{1}\" y2=\"{2}\"/>", number(x), number(bottom),
                       number(bottom + 4));
    // Centred under its tick, but not over the edge of the panel.
    const auto line = [&](const std::string& text, double y) {
      const double half = report::text_width(text) / 2;
      const double centre = std::min(x, at.frame.right() + 10 - half);
      if (!text.empty()) {
        svg += fmt::format("<text class=\"c\" x=\"{}\" y=\"{}\">{}</text>\n", number(centre), number(y),
                           xml_text(text, 19));
      }
    };
    line(tick.upper, bottom + 19);
    line(tick.lower, bottom + 34);
  }
  return svg;
}

std::string path_element(const char* style_class, const std::string& data, const std::string& more = {}) {
  return data.empty() ? "" : fmt::format("<path class=\"{}\"{} d=\"{}\"/>\n", style_class, more, data);
}

std::string draw_forecast(const FanPanel& panel, const Scales& at) {
  const std::size_t T = panel.history.size(), Q = panel.levels.size();
  std::string svg;
  const std::string opacity = fmt::format(" fill-opacity=\"{}\"", band_opacity);
  for (std::size_t q = 0; q < Q / 2; ++q) {
    svg += path_element(
        "b",
        report::band_path(at.points(panel.quantiles[q], T), at.points(panel.quantiles[Q - 1 - q], T), at.half_width()),
        opacity);
  }
  svg += path_element("h", report::line_path(at.points(panel.history, 0), std::min(at.half_width(), 1.0)));
  svg += path_element("m", report::line_path(at.points(panel.quantiles[Q / 2], T), at.half_width()));
  if (panel.truth.empty()) return svg;
  // What was observed goes on from the last value of the history.
  std::vector<double> truth = panel.truth;
  if (T > 0) truth.insert(truth.begin(), panel.history.back());
  return svg + path_element("y", report::line_path(at.points(truth, T > 0 ? T - 1 : 0), at.half_width()));
}

std::string draw_plot(const FanPanel& panel, const Frame& frame) {
  const Scales at{frame, limits_of(panel), panel.history.size() + panel.future_times.size()};
  std::string svg = draw_value_axis(at) + draw_time_axis(panel, at);
  if (!panel.history.empty() && !panel.future_times.empty()) {
    svg += path_element("o", fmt::format("M{} {}v{}", number(at.x(static_cast<double>(panel.history.size()) - 0.5)),
                                         number(frame.top), number(frame.height)));
  }
  return svg + draw_forecast(panel, at);
}

std::string draw_panel(const FanPanel& panel, const Frame& frame) {
  const auto fitting = static_cast<std::size_t>(frame.width / 8);
  return fmt::format("<g><title>{}</title>\n<text class=\"p\" x=\"{}\" y=\"{}\">{}</text>\n", xml_text(panel.title),
                     number(frame.left), number(frame.top - 12), xml_text(panel.title, fitting)) +
         draw_plot(panel, frame) + "</g>\n";
}

/// Names of the central intervals, widest first: "95%".
std::vector<std::string> band_names(const FanPanel& panel) {
  std::vector<std::string> names;
  const std::size_t Q = panel.levels.size();
  for (std::size_t q = 0; q < Q / 2; ++q) {
    names.push_back(fmt::format("{:.4g}%", 100 * (panel.levels[Q - 1 - q] - panel.levels[q])));
  }
  return names;
}

bool any_truth(const std::vector<FanPanel>& panels) {
  return std::any_of(panels.begin(), panels.end(), [](const FanPanel& panel) { return !panel.truth.empty(); });
}

std::string draw_legend(const std::vector<FanPanel>& panels, double y) {
  double x = margin;
  std::string svg;
  const auto label = [&](const std::string& text, double swatch) {
    svg += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n", number(x + swatch + 7), number(y + 4), text);
    x += swatch + 7 + report::text_width(text) + 16;
  };
  const auto line = [&](const char* style_class, const std::string& text) {
    svg += path_element(style_class, fmt::format("M{} {}h24", number(x), number(y)));
    label(text, 24);
  };
  line("h", "history");
  if (any_truth(panels)) line("y", "observed later");
  line("o", "forecast origin");
  line("m", "median forecast");
  const auto names = band_names(panels.front());
  if (names.empty()) return svg;
  label("central intervals", -7);
  x -= 4;
  for (std::size_t q = names.size(); q-- > 0;) {
    const double opacity = 1.0 - std::pow(1.0 - band_opacity, static_cast<double>(q + 1));
    svg +=
        fmt::format("<rect class=\"b\" fill-opacity=\"{:.2f}\" x=\"{}\" y=\"{}\" width=\"18\" height=\"12\" rx=\"2\"/>",
                    opacity, number(x), number(y - 6));
    label(names[q], 18);
    x -= 2;
  }
  return svg;
}

std::string describe(const std::vector<FanPanel>& panels, const std::string& subtitle) {
  std::string text = subtitle.empty() ? "" : subtitle + ". ";
  text += fmt::format("Fan chart of {} series:", panels.size());
  for (const FanPanel& panel : panels) text += " " + panel.title + ",";
  if (!panels.empty()) {
    text.back() = '.';
    text += " History, median forecast and central intervals of";
    for (const std::string& name : band_names(panels.front())) text += " " + name;
    text += any_truth(panels) ? ", and what was observed later." : ".";
  }
  return text;
}

/// Room for the longest label of a value axis, so that all plots of a column begin at the same place.
double label_room(const std::vector<FanPanel>& panels) {
  double longest = 14;
  for (const FanPanel& panel : panels) {
    for (const auto& tick : ticks_of(limits_of(panel))) longest = std::max(longest, report::text_width(tick.label));
  }
  return 10 + longest;
}

/// A swatch of a legend around drawn pieces.
std::string swatch(const std::string& pieces) {
  return "<svg class=\"vdn-fan\" width=\"26\" height=\"12\" viewBox=\"0 0 26 12\" aria-hidden=\"true\">" + pieces +
         "</svg>";
}

}  // namespace

std::string fan_panel_svg(const FanPanel& panel) {
  check_panel(panel);
  constexpr double width = 480, top = 8, plot = 200;
  const double room = label_room({panel});
  return fmt::format(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"vdn-fan\" role=\"img\" viewBox=\"0 0 {} {}\">\n"
             "<title>{}</title>\n<desc>{}</desc>\n",
             number(width), number(top + plot + time_axis), xml_text(panel.title), xml_text(describe({panel}, ""))) +
         draw_plot(panel, {room, top, width - room - 12, plot}) + "</svg>\n";
}

std::vector<HtmlLegendEntry> fan_legend(const FanPanel& panel) {
  const auto line = [](const char* style_class) { return swatch(path_element(style_class, "M1 6h24")); };
  std::vector<HtmlLegendEntry> legend{{"history", 0, line("h")}};
  if (!panel.truth.empty()) legend.push_back({"observed later", 0, line("y")});
  legend.push_back({"forecast origin", 0, line("o")});
  legend.push_back({"median forecast", 0, line("m")});
  const auto names = band_names(panel);
  for (std::size_t q = names.size(); q-- > 0;) {
    const double opacity = 1.0 - std::pow(1.0 - band_opacity, static_cast<double>(q + 1));
    legend.push_back(
        {names[q], 0,
         swatch(fmt::format("<path class=\"b\" fill-opacity=\"{:.2f}\" d=\"M4 0h18v12h-18z\"/>", opacity))});
  }
  return legend;
}

std::string fan_chart_svg(const std::vector<FanPanel>& panels, const std::string& title, const std::string& subtitle) {
  for (const FanPanel& panel : panels) check_panel(panel);
  const std::size_t across = panels.size() == 1 ? 1 : 2, down = (panels.size() + across - 1) / across;
  const double room = label_room(panels), plot_height = across == 1 ? 340 : 176;
  const double cell = (page_width - 2 * margin - (across == 1 ? 0 : column_gap)) / static_cast<double>(across);
  const double cell_height = panel_title + plot_height + time_axis;
  const double legend = title_height + line_height * (subtitle.empty() ? 1.1 : 2), heading = legend + line_height;
  const double gap = 16, page_height = heading + static_cast<double>(down) * (cell_height + gap) + 8;

  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"vdn-fan\" role=\"img\" width=\"100%\" viewBox=\"0 0 {} {}\">\n"
      "<title>{}</title>\n<desc>{}</desc>\n<style>{}</style>\n<rect class=\"bg\" width=\"100%\" height=\"100%\" "
      "rx=\"6\"/>\n",
      number(page_width), number(page_height), xml_text(title), xml_text(describe(panels, subtitle)),
      report::fan_style);
  svg +=
      fmt::format("<text class=\"t\" x=\"{0}\" y=\"42\">{1}</text>\n<text class=\"s\" x=\"{0}\" y=\"65\">{2}</text>\n",
                  number(margin), xml_text(title, 80), xml_text(subtitle, 135));
  if (!panels.empty()) svg += draw_legend(panels, legend);
  for (std::size_t i = 0; i < panels.size(); ++i) {
    const std::size_t row = i / across, column = i % across;
    const double left = margin + static_cast<double>(column) * (cell + column_gap);
    const double top = heading + static_cast<double>(row) * (cell_height + gap);
    svg += draw_panel(panels[i], {left + room, top + panel_title, cell - room, plot_height});
  }
  return svg + "</svg>\n";
}

}  // namespace vdn
