#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "data/raw_table.hpp"

namespace vdn {
namespace {

/// Numbers that loggers and agencies write where there is no value.
bool is_usual_mark(double value) {
  constexpr double nines[] = {99, 999, 9999, 99999, 999999, 9999999};
  const double size = std::abs(value);
  if (std::find(std::begin(nines), std::end(nines), size) != std::end(nines)) return true;
  if (value == 32767 || value == -32768 || value == 65535) return true;
  return size >= 1e10 && std::abs(std::log10(size) - std::round(std::log10(size))) < 1e-12;
}

/// The two largest distinct values of a series under a sign, and how often the largest occurs.
struct Extreme {
  double first = -std::numeric_limits<double>::infinity(), second = first;
  std::size_t count = 0;

  void add(double value) {
    if (value > first) {
      second = first;
      first = value;
      count = 1;
    } else if (value == first) {
      ++count;
    } else if (value > second) {
      second = value;
    }
  }
};

/// True when `value` lies `distance` beyond other values that are `spread` apart.
bool stands_out(double value, std::size_t count, double distance, double spread) {
  if (is_usual_mark(value)) return distance > 2 * spread && (spread > 0 || std::abs(value) >= 999);
  return count >= 3 && spread > 0 && distance > 10 * spread;
}

/// Extremes above and below, values beyond `low` and `high` left out.
void measure(std::span<const double> values, double low, double high, Extreme& above, Extreme& below) {
  for (const double value : values) {
    if (!(value > low && value < high)) continue;  // NaN too
    above.add(value);
    below.add(-value);
  }
}

}  // namespace

std::vector<SuspectedMark> find_suspected_marks(const SeriesSet& set) {
  std::vector<SuspectedMark> marks;
  for (std::size_t d = 0; d < set.count(); ++d) {
    double low = -std::numeric_limits<double>::infinity(), high = -low;
    for (bool found = true; found;) {  // one mark may hide behind another
      found = false;
      Extreme above, below;
      measure(set.series(d), low, high, above, below);
      const double top = above.first, bottom = -below.first;
      const auto check = [&](double value, std::size_t count, double neighbour, double spread, double& bound) {
        if (found || !std::isfinite(neighbour) || !std::isfinite(spread)) return;
        if (!stands_out(value, count, std::abs(value - neighbour), spread)) return;
        marks.push_back({d, value, count, false});
        bound = value;
        found = true;
      };
      check(bottom, below.count, -below.second, top + below.second, low);
      check(top, above.count, above.second, above.second - bottom, high);
    }
  }
  return marks;
}

}  // namespace vdn
