#include <vdn/data/seasons.hpp>

#include <fmt/format.h>
#include <kissfft.hh>

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <map>

namespace vdn {
namespace {

constexpr double pi = 3.14159265358979323846;
constexpr std::size_t repetitions = 3;       // a season of the calendar needs as many
constexpr std::size_t free_repetitions = 5;  // any other

/// A series with its missing values at zero, and running sums for averages in constant time.
class Running {
 public:
  explicit Running(std::span<const double> values);

  std::size_t size() const { return values_.size(); }
  bool observed(std::size_t t) const { return counts_[t + 1] > counts_[t]; }
  double value(std::size_t t) const { return values_[t]; }
  const std::vector<double>& values() const { return values_; }

  /// Takes pattern[t mod m] off every observed value.
  void subtract(std::span<const double> pattern);

  /// Row t less the average over the m rows around it (for even m the two rows at the ends count half); false where
  /// fewer than half of them are observed. t - m/2 and t + m/2 must be inside.
  bool less_average(std::size_t t, std::size_t m, double& out) const {
    const std::size_t half = m / 2, first = t - half, last = t + half;  // with even m: m + 1 rows
    const std::size_t low = m % 2 == 0 ? first + 1 : first, high = m % 2 == 0 ? last : last + 1;
    const std::uint32_t count = counts_[high] - counts_[first] + counts_[last + 1] - counts_[low];
    if (count < m) return false;
    const double sum = sums_[high] - sums_[first] + sums_[last + 1] - sums_[low];
    out = values_[t] - sum / count;
    return true;
  }

 private:
  void sum_up();
  std::vector<double> values_;
  std::vector<std::uint32_t> counts_;  // observed values before row t
  std::vector<double> sums_;
};

/// Bounds outside which a value is drawn in: 6 interquartile ranges from the median, or none where most values are one.
std::pair<double, double> bulk(std::vector<double> observed) {
  const auto quantile = [&](double level) {
    const auto at = observed.begin() + static_cast<std::ptrdiff_t>(level * static_cast<double>(observed.size() - 1));
    std::nth_element(observed.begin(), at, observed.end());
    return *at;
  };
  const double median = quantile(0.5), range = quantile(0.75) - quantile(0.25);
  if (!(range > 0)) return {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  return {median - 6 * range, median + 6 * range};
}

Running::Running(std::span<const double> values) : values_(values.begin(), values.end()) {
  counts_.assign(values.size() + 1, 0);
  std::vector<double> observed;
  observed.reserve(values.size());
  std::copy_if(values.begin(), values.end(), std::back_inserter(observed), [](double x) { return !std::isnan(x); });
  for (std::size_t t = 0; t < values.size(); ++t) counts_[t + 1] = counts_[t] + (std::isnan(values[t]) ? 0 : 1);
  if (observed.empty()) {
    std::fill(values_.begin(), values_.end(), 0.0);
  } else {
    const auto [low, high] = bulk(observed);
    double sum = 0;
    for (double& x : observed) sum += x = std::clamp(x, low, high);
    const double mean = sum / static_cast<double>(observed.size());
    for (double& x : values_) x = std::isnan(x) ? 0.0 : std::clamp(x, low, high) - mean;
  }
  sum_up();
}

void Running::sum_up() {
  sums_.assign(values_.size() + 1, 0.0);
  for (std::size_t t = 0; t < values_.size(); ++t) sums_[t + 1] = sums_[t] + values_[t];
}

void Running::subtract(std::span<const double> pattern) {
  for (std::size_t t = 0; t < values_.size(); ++t) {
    if (observed(t)) values_[t] -= pattern[t % pattern.size()];
  }
  sum_up();
}

/// Where a series may repeat: the strongest frequencies of its periodogram, each as the periods it may stand for.
class Spectrum {
 public:
  explicit Spectrum(const Running& series);
  /// Periods worth a fold, each once.
  std::vector<std::size_t> periods() const;
  std::size_t frequencies() const { return rows_ / 2; }
  /// Degrees of freedom of m rows of the series less its average over m rows: m for white noise, less the more
  /// neighbouring rows are alike. (sum P)^2 / sum P^2 over the power P without the lines of period m.
  double freedom(std::size_t m) const;

 private:
  std::vector<std::size_t> peaks(bool whitened) const;
  std::vector<double> autocorrelation(bool differenced) const;
  std::vector<std::complex<double>> transform(const std::vector<double>& real) const {
    std::vector<std::complex<double>> out(real.size() / 2 + 1);
    fft_.transform_real(real.data(), out.data());
    return out;
  }

  std::size_t rows_, size_;
  kissfft<double> fft_;
  std::vector<double> power_;  // at frequencies k / size, k = 0 ... size/2 - 1
};

double Spectrum::freedom(std::size_t m) const {
  const double lines = static_cast<double>(size_) / static_cast<double>(m);  // a line every so many frequencies
  const double width = static_cast<double>(size_) / static_cast<double>(rows_);
  double sum = 0, squares = 0, count = 0;
  for (std::size_t k = 1; k < power_.size(); ++k) {
    const auto at = static_cast<double>(k);
    if (lines > 4 * width && std::abs(std::remainder(at, lines)) <= width) continue;
    const double x = pi * at / static_cast<double>(size_);
    const double passed = 1.0 - std::sin(x * static_cast<double>(m)) / (static_cast<double>(m) * std::sin(x));
    const double power = power_[k] * passed * passed;
    sum += power, squares += power * power, count += 1;
  }
  // Periodogram values scatter as much as they are large: their mean square is twice the squared spectrum's.
  const double share = squares > 0 ? 2 * sum * sum / (count * squares) : 0.0;
  return std::clamp(share * static_cast<double>(m), 2.0, static_cast<double>(m));
}

/// Least squares line through the observed values, taken off.
std::vector<double> without_line(const Running& series) {
  double n = 0, st = 0, sx = 0, stt = 0, stx = 0;
  for (std::size_t t = 0; t < series.size(); ++t) {
    if (!series.observed(t)) continue;
    const auto at = static_cast<double>(t);
    n += 1, st += at, sx += series.value(t), stt += at * at, stx += at * series.value(t);
  }
  const double spread = stt - st * st / n;
  const double slope = spread > 0 ? (stx - st * sx / n) / spread : 0.0, start = (sx - slope * st) / n;
  std::vector<double> rest(series.size(), 0.0);
  for (std::size_t t = 0; t < series.size(); ++t) {
    if (series.observed(t)) rest[t] = series.value(t) - start - slope * static_cast<double>(t);
  }
  return rest;
}

Spectrum::Spectrum(const Running& series)
    : rows_(series.size()), size_(std::bit_ceil(rows_ + rows_ / repetitions + 1)), fft_(size_ / 2, false) {
  std::vector<double> padded = without_line(series);
  padded.resize(size_, 0.0);
  power_.resize(size_ / 2);
  const auto transformed = transform(padded);
  for (std::size_t k = 0; k < power_.size(); ++k) power_[k] = std::norm(transformed[k]);
  power_[0] = 0;  // transform_real keeps the last frequency there
}

/// Autocovariance up to a factor, at lags 0 ... size/2; of the differences when asked for.
std::vector<double> Spectrum::autocorrelation(bool differenced) const {
  std::vector<double> even(size_, 0.0);
  for (std::size_t k = 1; k < power_.size(); ++k) {
    const double s = std::sin(pi * static_cast<double>(k) / static_cast<double>(size_));
    even[k] = even[size_ - k] = power_[k] * (differenced ? s * s : 1.0);
  }
  const auto transformed = transform(even);
  std::vector<double> lags(size_ / 2, 0.0);
  for (std::size_t lag = 0; lag < std::min(lags.size(), rows_); ++lag) {
    lags[lag] = transformed[lag].real() / static_cast<double>(rows_ - lag);
  }
  return lags;
}

/// The four largest local maxima of power, times the squared frequency when `whitened`, with a period of 2 rows to a
/// fifth of the series.
std::vector<std::size_t> Spectrum::peaks(bool whitened) const {
  const auto weight = [&](std::size_t k) { return power_[k] * (whitened ? static_cast<double>(k * k) : 1.0); };
  const std::size_t first = std::max<std::size_t>(2, size_ * free_repetitions / rows_);
  std::vector<std::pair<double, std::size_t>> found;
  for (std::size_t k = first; k + 1 < power_.size(); ++k) {
    if (power_[k] >= power_[k - 1] && power_[k] > power_[k + 1]) found.emplace_back(-weight(k), k);
  }
  const std::size_t kept = std::min<std::size_t>(4, found.size());
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(kept), found.end());
  std::vector<std::size_t> list;
  for (std::size_t i = 0; i < kept; ++i) list.push_back(found[i].second);
  return list;
}

/// The first lag whose autocorrelation comes near the largest of all beyond the first dip below zero, as pitch is found
/// (McLeod and Wyvill 2005): of a pattern with many strong harmonics the period itself. 0 when it never dips.
std::size_t first_high(const std::vector<double>& lags, std::size_t last) {
  const auto begin = lags.begin(), end = begin + static_cast<std::ptrdiff_t>(std::min(last + 1, lags.size()));
  const auto dip = std::find_if(begin, end, [](double r) { return r < 0; });
  if (dip == end) return 0;
  const double high = 0.9 * *std::max_element(dip, end);
  auto at = std::find_if(dip, end, [&](double r) { return r >= high; });
  while (at + 1 != end && *(at + 1) > *at) ++at;
  return static_cast<std::size_t>(at - begin);
}

std::vector<std::size_t> Spectrum::periods() const {
  std::vector<std::size_t> frequencies = peaks(false), list;
  for (const std::size_t k : peaks(true)) frequencies.push_back(k);  // what a random walk hides
  const auto plain = autocorrelation(false), differenced = autocorrelation(true);
  const auto add = [&](std::size_t period) {
    if (period >= 2 && period * free_repetitions <= rows_) list.push_back(period);
  };
  for (const auto* lags : {&plain, &differenced}) add(first_high(*lags, rows_ / free_repetitions));
  for (const std::size_t k : frequencies) {
    const std::size_t low = std::max<std::size_t>(2, size_ / (k + 1));
    const std::size_t high = std::min(size_ / (k - 1) + 1, rows_ / free_repetitions);
    add((size_ + k / 2) / k);
    if (low >= high) continue;
    for (const auto* lags : {&plain, &differenced}) {
      const auto at = lags->begin();
      const auto best =
          std::max_element(at + static_cast<std::ptrdiff_t>(low), at + static_cast<std::ptrdiff_t>(high) + 1);
      add(static_cast<std::size_t>(best - at));
    }
  }
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  return list;
}

/// A series folded at one period.
struct Fold {
  double strength = 0.0;
  double share = 0.0;           ///< R^2
  double cycles = 0.0;          ///< c
  double variance = 0.0;        ///< of the pattern
  std::vector<double> pattern;  ///< mean of every phase
};

/// ln of a bound on P(R^2 >= r) without a season: R^2 of c cycles of k degrees of freedom is Beta(k/2, k(c-1)/2), and
/// Chernoff's bound holds.
double chance_bound(double r, double k, double c) {
  const double expected = 1.0 / c;
  if (r <= expected) return 0.0;
  return -0.5 * k * c * (expected * std::log(expected / r) + (1 - expected) * std::log((1 - expected) / (1 - r)));
}

Fold fold(const Running& series, std::size_t m) {
  std::vector<double> sums(m, 0.0);
  std::vector<std::uint32_t> counts(m, 0);
  double squares = 0;
  std::size_t rows = 0;
  const std::size_t half = m / 2;
  for (std::size_t t = half, phase = half % m; t + half < series.size(); ++t, phase = phase + 1 == m ? 0 : phase + 1) {
    double rest = 0;
    if (!series.observed(t) || !series.less_average(t, m, rest)) continue;
    sums[phase] += rest;
    ++counts[phase];
    squares += rest * rest;
    ++rows;
  }
  Fold result;
  const double cycles = static_cast<double>(rows) / static_cast<double>(m);
  if (cycles < 1.5 || !(squares > 0)) return result;
  double explained = 0;
  result.pattern.assign(m, 0.0);
  for (std::size_t p = 0; p < m; ++p) {
    if (counts[p] == 0) continue;
    result.pattern[p] = sums[p] / counts[p];
    explained += sums[p] * result.pattern[p];
  }
  const double unexplained = std::max(1.0 - explained / squares, 1e-12);
  result.strength = std::max(0.0, 1.0 - unexplained * cycles / (cycles - 1.0));
  result.share = 1.0 - unexplained;
  result.variance = explained / static_cast<double>(rows);
  result.cycles = cycles;
  return result;
}

/// What a season must reach.
struct Bar {
  double strength = 0.0;
  double log_chance = 0.0;
  double variance = 0.0;  ///< of the pattern
};

/// Is it strong enough, and too strong for chance?
bool stands(const Fold& found, const Spectrum& spectrum, const Bar& bar) {
  if (found.pattern.empty() || found.strength < bar.strength || found.variance < bar.variance) return false;
  return chance_bound(found.share, spectrum.freedom(found.pattern.size()), found.cycles) <= bar.log_chance;
}

/// Of the periods the spectrum suggests the one that explains most; of nearly equal ones the shortest. The
/// pattern is empty when none stands.
Fold best_of_spectrum(const Running& rest, const Spectrum& spectrum, const Bar& bar) {
  constexpr double nearly = 0.98;
  Fold best;
  for (const std::size_t period : spectrum.periods()) {
    Fold found = fold(rest, period);
    if (!best.pattern.empty() && nearly * found.strength <= best.strength) continue;
    if (stands(found, spectrum, bar)) best = std::move(found);
  }
  for (bool better = !best.pattern.empty(); better;) {  // a smooth pattern's autocorrelation is flat at its top
    better = false;
    for (const std::size_t period : {best.pattern.size() - 1, best.pattern.size() + 1}) {
      if (period < 2 || period * free_repetitions > rest.size()) continue;
      Fold found = fold(rest, period);
      if (found.strength <= best.strength || !stands(found, spectrum, bar)) continue;
      best = std::move(found);
      better = true;
    }
  }
  return best;
}

}  // namespace

std::vector<std::size_t> calendar_seasons(TimeStep step) {
  constexpr std::int64_t hour = 3600, day = 24 * hour, week = 7 * day, year = 31557600;  // 365.25 days
  std::vector<std::size_t> list;
  const auto add = [&](std::int64_t rows) {
    if (rows >= 2) list.push_back(static_cast<std::size_t>(rows));
  };
  const bool months = step.unit == TimeUnit::month || step.unit == TimeUnit::month_end;
  if (months && 12 % step.count == 0) add(12 / step.count);
  if (step.unit == TimeUnit::business_day && step.count == 1) return {5, 261};
  if (step.unit != TimeUnit::second) return list;
  for (const std::int64_t season : {hour, day, week}) {
    if (season % step.count == 0) add(season / step.count);
  }
  add((year + step.count / 2) / step.count);
  return list;
}

std::string describe_season(std::size_t rows, TimeStep step) {
  const std::string text = fmt::format("{} row{}", rows, rows == 1 ? "" : "s");
  if (step.unit == TimeUnit::index) return text;
  const TimeStep whole{step.unit, step.count * static_cast<std::int64_t>(rows)};
  const auto calendar = calendar_seasons(step);
  const bool year = step.unit == TimeUnit::second && !calendar.empty() && rows == calendar.back() && rows > 1 &&
                    whole.count > 350 * 86400;
  return fmt::format("{} ({})", text, year ? "1 year" : describe_step(whole));
}

std::vector<Season> find_seasons(std::span<const double> values, TimeStep step, const SeasonRule& rule) {
  constexpr double least_of_largest = 0.01;  // what a season taken out leaves of itself is none
  std::vector<Season> seasons;
  if (values.size() < 2 * repetitions) return seasons;
  Running rest(values);
  Spectrum spectrum(rest);
  Bar bar{rule.least_strength, std::log(rule.chance)};
  const auto take = [&](const Fold& found) {
    seasons.push_back({found.pattern.size(), found.strength});
    bar.variance = std::max(bar.variance, least_of_largest * found.variance);
    rest.subtract(found.pattern);
    if (seasons.size() < rule.most) spectrum = Spectrum(rest);
  };
  for (const std::size_t m : calendar_seasons(step)) {
    if (m * repetitions > values.size() || seasons.size() == rule.most) break;
    if (const Fold found = fold(rest, m); stands(found, spectrum, bar)) take(found);
  }
  bar.strength = rule.least_free;
  bar.log_chance -= std::log(static_cast<double>(spectrum.frequencies()));
  while (seasons.size() < rule.most) {
    const Fold found = best_of_spectrum(rest, spectrum, bar);
    if (found.pattern.empty()) break;
    take(found);
  }
  std::stable_sort(seasons.begin(), seasons.end(),
                   [](const Season& a, const Season& b) { return a.strength > b.strength; });
  return seasons;
}

std::vector<CommonSeason> common_seasons(std::span<const std::vector<Season>> series) {
  std::map<std::size_t, std::vector<double>> strengths;
  for (const std::vector<Season>& seasons : series) {
    for (const Season& season : seasons) strengths[season.rows].push_back(season.strength);
  }
  std::vector<CommonSeason> list;
  for (auto& [rows, found] : strengths) {
    std::sort(found.begin(), found.end());
    list.push_back({rows, found.size(), found[(found.size() - 1) / 2]});
  }
  std::stable_sort(list.begin(), list.end(), [](const CommonSeason& a, const CommonSeason& b) {
    return a.series != b.series ? a.series > b.series : a.strength > b.strength;
  });
  return list;
}

}  // namespace vdn
