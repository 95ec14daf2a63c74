#include <vdn/model/baselines.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include <vdn/core/error.hpp>

namespace vdn {

void RepeatLast::forecast(ConstMatrix<float> scaled, std::span<const Window> windows, Matrix<double> out) const {
  std::vector<float> context(lookback_);
  for (std::size_t b = 0; b < windows.size(); ++b) {
    gather_context(scaled, windows[b], context);
    std::fill_n(out.row(b).data(), horizon_, static_cast<double>(context.back()));
  }
}

SeasonalNaive::SeasonalNaive(std::size_t season, std::size_t lookback, std::size_t horizon)
    : season_(season), lookback_(lookback), horizon_(horizon) {
  if (season == 0) throw Error(ErrorKind::config, "season", "must be at least 1 row");
}

void SeasonalNaive::forecast(ConstMatrix<float> scaled, std::span<const Window> windows, Matrix<double> out) const {
  const std::size_t season = season_ > lookback_ ? 1 : season_;
  std::vector<float> context(lookback_);
  for (std::size_t b = 0; b < windows.size(); ++b) {
    gather_context(scaled, windows[b], context);
    const auto values = scaled.row(windows[b].series);
    const Range read = vdn::context_rows(windows[b], lookback_);
    const auto missing = [&](std::size_t back) { return std::isnan(values[read.end - back]); };
    const auto forecast = out.row(b);
    for (std::size_t h = 0; h < horizon_; ++h) {
      if (h >= season) {
        forecast[h] = forecast[h - season];
        continue;
      }
      std::size_t back = season - h;  // rows before the origin
      while (back <= read.size() && missing(back)) back += season;
      forecast[h] = static_cast<double>(back <= read.size() ? values[read.end - back] : context.back());
    }
  }
}

void RidgeLine::forecast(ConstMatrix<float> scaled, std::span<const Window> windows, Matrix<double> out) const {
  std::vector<float> context(line_.lookback);
  std::vector<double> contexts(windows.size() * line_.lookback);
  const Matrix<double> rows(contexts.data(), windows.size(), line_.lookback);
  for (std::size_t b = 0; b < windows.size(); ++b) {
    gather_context(scaled, windows[b], context);
    std::copy(context.begin(), context.end(), rows.row(b).begin());
  }
  line_.forecast(windows, rows, out);
}

Baseline::Baseline(std::shared_ptr<const PointRule> rule, ResidualSpread spread)
    : rule_(std::move(rule)), spread_(std::move(spread)) {
  if (rule_->horizon() != spread_.horizon) {
    throw Error(ErrorKind::software, "Baseline", "rule and spread have different horizons");
  }
}

std::string Baseline::name() const {
  return rule_->name() + (spread_.kind == SpreadKind::quantiles ? ", quantiles" : "");
}

void Baseline::forecast(ConstMatrix<float> scaled, std::span<const Window> windows, ForecastBatch& out,
                        Scheduler& scheduler) {
  if (scaled.rows != spread_.series) {
    throw Error(ErrorKind::software, name(), "the spread was fitted on another number of series");
  }
  constexpr std::size_t block = 64;
  out.resize(windows.size(), 1, spread_.components, horizon());
  scheduler.run(block_count(windows.size(), block), [&](std::size_t index) {
    const std::size_t first = index * block, count = std::min(block, windows.size() - first);
    std::vector<double> point(count * horizon());
    const Matrix<double> view(point.data(), count, horizon());
    rule_->forecast(scaled, windows.subspan(first, count), view);
    place(view, windows.subspan(first, count), first, out);
  });
}

/// Writes the components of the windows first, first + 1, ...
void Baseline::place(ConstMatrix<double> point, std::span<const Window> windows, std::size_t first,
                     ForecastBatch& out) const {
  const std::size_t components = spread_.components, steps = spread_.horizon;
  const ConstMatrix<float> offset(spread_.offset.data(), spread_.series * components, steps);
  const ConstMatrix<float> scale(spread_.scale.data(), spread_.series * components, steps);
  const float log_weight = static_cast<float>(-std::log(static_cast<double>(components)));
  for (std::size_t b = 0; b < windows.size(); ++b) {
    for (std::size_t j = 0; j < components; ++j) {
      const std::size_t from = windows[b].series * components + j, to = (first + b) * components + j;
      for (std::size_t h = 0; h < steps; ++h) {
        out.mean()(to, h) = static_cast<float>(point(b, h) + static_cast<double>(offset(from, h)));
      }
      std::copy_n(scale.row(from).data(), steps, out.scale().row(to).data());
      out.log_weight()(first + b, j) = log_weight;
    }
  }
}

Baseline fit_baseline(std::shared_ptr<const PointRule> rule, ConstMatrix<float> scaled, const Windows& training,
                      const Windows& validation, SpreadKind kind, Scheduler& scheduler) {
  ResidualSpread spread = fit_spread(*rule, scaled, training, validation, kind, scheduler);
  return Baseline(std::move(rule), std::move(spread));
}

}  // namespace vdn
