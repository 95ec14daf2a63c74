#include "report/svg.hpp"

#include <fmt/format.h>

#include <cmath>
#include <vector>

namespace vdn::report {
namespace {

/// Bytes of the UTF-8 sequence at the start of `text`; 0 when it is not one.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  // Overlong forms, surrogates, beyond U+10FFFF, and the two non-characters XML forbids.
  if (first == 0xE0 && byte(1) < 0xA0) return 0;
  if (first == 0xED && byte(1) > 0x9F) return 0;
  if (first == 0xF0 && byte(1) < 0x90) return 0;
  if (first == 0xF4 && byte(1) > 0x8F) return 0;
  if (first == 0xEF && byte(1) == 0xBF && byte(2) >= 0xBE) return 0;
  return length;
}

std::string escaped(std::string_view character) {
  switch (character[0]) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return static_cast<unsigned char>(character[0]) < 0x20 || character[0] == 0x7F ? " " : std::string(character);
  }
}

/// Path data in tenths of a pixel, relative to the point before.
class PathWriter {
 public:
  void move(Point p) { step('M', p, true); }
  void line(Point p) { step('l', p, false); }
  void close() {
    text_ += 'z';
    last_ = 'z';
  }
  std::string take() { return std::move(text_); }

 private:
  void step(char command, Point p, bool absolute) {
    const long x = std::lround(10 * p.x), y = std::lround(10 * p.y);
    if (command != last_) text_ += command;
    const bool first = command != last_;
    put(absolute ? x : x - x_, first);
    put(absolute ? y : y - y_, false);
    x_ = x;
    y_ = y;
    last_ = command;
  }
  /// A minus sign separates by itself.
  void put(long tenths, bool first) {
    if (!first && tenths >= 0) text_ += ' ';
    text_ += number(static_cast<double>(tenths) / 10);
  }

  std::string text_;
  long x_ = 0, y_ = 0;
  char last_ = 0;
};

/// Calls run(begin, end) for every stretch of indices that `there` holds for.
template <class There, class Run>
void for_runs(std::size_t count, There&& there, Run&& run) {
  for (std::size_t begin = 0; begin < count; ++begin) {
    if (!there(begin)) continue;
    std::size_t end = begin + 1;
    while (end < count && there(end)) ++end;
    run(begin, end);
    begin = end;
  }
}

}  // namespace

std::string xml_text(std::string_view text, std::size_t limit) {
  std::string out;
  std::vector<std::size_t> starts;  // of every character in `out`
  while (!text.empty()) {
    if (starts.size() == limit) {
      out.resize(limit > 0 ? starts.back() : 0);
      return out + "\xE2\x80\xA6";
    }
    starts.push_back(out.size());
    const std::size_t length = sequence_length(text);
    out += length == 0 ? "\xEF\xBF\xBD" : escaped(text.substr(0, length));
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

double text_width(std::string_view text) {
  double width = 0.0;
  for (const char c : text) {
    if (std::string_view(" .,:;!'|ijlftrI-").find(c) != std::string_view::npos) {
      width += 3.6;
    } else {
      width += std::string_view("mwMW%@").find(c) != std::string_view::npos ? 10.2 : 6.8;
    }
  }
  return width;
}

std::string number(double value) {
  std::string text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  if (text.starts_with("0.")) text.erase(0, 1);
  if (text.starts_with("-0.")) text.erase(1, 1);
  return text == "-0" ? "0" : text;
}

std::string line_path(std::span<const Point> points, double half_width) {
  PathWriter path;
  for_runs(
      points.size(), [&](std::size_t i) { return std::isfinite(points[i].y); },
      [&](std::size_t begin, std::size_t end) {
        const double dash = end == begin + 1 ? half_width : 0.0;
        path.move({points[begin].x - dash, points[begin].y});
        for (std::size_t i = begin + 1; i < end; ++i) path.line(points[i]);
        if (end == begin + 1) path.line({points[begin].x + dash, points[begin].y});
      });
  return path.take();
}

std::string band_path(std::span<const Point> lower, std::span<const Point> upper, double half_width) {
  PathWriter path;
  for_runs(
      lower.size(), [&](std::size_t i) { return std::isfinite(lower[i].y) && std::isfinite(upper[i].y); },
      [&](std::size_t begin, std::size_t end) {
        if (end == begin + 1) {
          const Point low = lower[begin], high = upper[begin];
          path.move({low.x - half_width, low.y});
          for (const Point p :
               {Point{low.x + half_width, low.y}, {high.x + half_width, high.y}, {high.x - half_width, high.y}}) {
            path.line(p);
          }
        } else {
          path.move(lower[begin]);
          for (std::size_t i = begin + 1; i < end; ++i) path.line(lower[i]);
          for (std::size_t i = end; i-- > begin;) path.line(upper[i]);
        }
        path.close();
      });
  return path.take();
}

}  // namespace vdn::report
