#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <vdn/core/error.hpp>
#include <vdn/data/csv_quote.hpp>
#include <vdn/evaluate/predict.hpp>

namespace vdn {
namespace {

/// Headings of the figures of one series; `before` is the name in a wide table.
void append_headings(const Prediction& p, const PredictionCsv& form, const std::string& before, std::string& text) {
  const auto add = [&](const std::string& heading) { text += ',' + quote_csv(before + heading); };
  add("mean");
  if (form.variances) {
    add("var_within");
    add("var_latent");
  }
  for (const double level : p.levels) add(fmt::format("q{}", level));
  for (std::size_t n = 1; n <= p.paths; ++n) add(fmt::format("path{}", n));
}

/// Significant digits that tell a thousandth of `deviation` in `value`: 7, what single precision holds, to 17,
/// all of a double. Whole numbers below 1e15 are written out.
int digits_for(double value, double deviation) {
  constexpr int least = 7, most = 17, written_out = 15;
  if (value == 0 || !std::isfinite(value)) return least;
  const int before = static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;  // the decimal point
  const int behind = deviation > 0 ? static_cast<int>(std::ceil(3 - std::log10(deviation))) : 0;
  const int wanted = std::clamp(before + behind, least, most);
  return before <= written_out ? std::max(wanted, before) : wanted;
}

void append_figures(const Prediction& p, const PredictionCsv& form, std::size_t d, std::size_t h, std::string& text) {
  const std::size_t at = d * p.horizon + h, Q = p.levels.size();
  const bool known = at < p.within_variance.size() && at < p.latent_variance.size();
  const double deviation = known ? std::sqrt(p.within_variance[at] + p.latent_variance[at]) : 0.0;
  const auto add_with = [&](double value, int digits) {
    text += std::isnan(value) ? "," : fmt::format(",{:.{}g}", value, digits);
  };
  const auto add = [&](double value) { add_with(value, digits_for(value, deviation)); };
  add(p.mean[at]);
  if (form.variances) {
    add_with(p.within_variance[at], 7);
    add_with(p.latent_variance[at], 7);
  }
  for (std::size_t q = 0; q < Q; ++q) add(p.quantiles[at * Q + q]);
  for (std::size_t n = 0; n < p.paths; ++n) add(p.paths_of(d)(n, h));
}

void append_long(const Prediction& p, const PredictionCsv& form, std::string& text) {
  for (std::size_t d = 0; d < p.series.size(); ++d) {
    std::string start = quote_csv(p.series[d]) + ',';
    if (form.cutoff) start += format_time(p.last_seen[d], p.step) + ',';
    for (std::size_t h = 0; h < p.horizon; ++h) {
      text += start + format_time(p.times[d * p.horizon + h], p.step);
      append_figures(p, form, d, h, text);
      text += '\n';
    }
  }
}

void append_wide(const Prediction& p, const PredictionCsv& form, std::string& text) {
  if (!p.aligned()) {
    throw Error(ErrorKind::usage, "--wide", "the series end at different times, which one wide table cannot hold",
                "leave --wide out, or give an --origin");
  }
  const std::size_t first = p.first_forecast();
  for (std::size_t h = 0; h < p.horizon; ++h) {
    if (form.cutoff) text += format_time(p.last_seen[first], p.step) + ',';
    text += format_time(p.times[first * p.horizon + h], p.step);
    for (std::size_t d = 0; d < p.series.size(); ++d) append_figures(p, form, d, h, text);
    text += '\n';
  }
}

}  // namespace

std::string to_csv(std::span<const Prediction> predictions, const PredictionCsv& form) {
  if (predictions.empty()) return "";
  const Prediction& first = predictions.front();
  std::string text = form.wide ? "" : "unique_id,";
  text += form.cutoff ? "cutoff,ds" : "ds";
  if (form.wide) {
    for (const std::string& name : first.series) append_headings(first, form, name + ' ', text);
  } else {
    append_headings(first, form, "", text);
  }
  text += '\n';
  for (const Prediction& p : predictions) {
    if (p.series != first.series || p.levels != first.levels || p.paths != first.paths) {
      throw Error(ErrorKind::software, "to_csv", "the predictions are not of one kind");
    }
    (form.wide ? append_wide : append_long)(p, form, text);
  }
  return text;
}

std::string to_csv(const Prediction& prediction) {
  return to_csv({&prediction, 1}, {});
}

}  // namespace vdn
