#include <vdn/train/fit_advice.hpp>

#include <algorithm>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

/// Refused fits leave the reason instead of a plan.
void try_plan(const LoadedData& data, FitAdvice& advice) {
  try {
    advice.plan = plan_fit(data, advice.job);
    advice.refusal.clear();
  } catch (const Error& error) {
    advice.plan.reset();
    advice.refusal = error.what();
  }
}

}  // namespace

std::size_t usual_horizon(const LoadedData& data, const DataProfile& profile) {
  if (data.set) return data.set->horizon;
  const std::size_t season = season_span(profile).shortest, most = std::max<std::size_t>(1, data.series.length() / 20);
  return std::min(season > 0 ? season : 24, most);
}

std::size_t usual_lookback(const LoadedData& data, const FitJob& job, Scheduler& scheduler) {
  const Settings& s = job.settings;
  const bool free = job.split != Split::probts && job.split != Split::source;
  if (!free || s.lookback == 0) return s.lookback;
  const std::size_t end = make_borders(job.split, data.set ? data.set->name : "", data.series.length()).train_end;
  std::size_t rows = 0;
  for (std::size_t d = 0; d < data.series.count(); ++d) {
    const Range own = data.series.rows_of(d);
    rows = std::max(rows, std::max(own.begin, std::min(own.end, end)) - own.begin);
  }
  const bool hopeless = rows < s.horizon + s.least_context;  // the fit is going to be refused
  if (hopeless || rows >= 4 * s.lookback + s.horizon) return s.lookback;
  const SeasonSpan seasons = season_span(profile(data.series, scheduler));
  const std::size_t suggested = std::max<std::size_t>(s.least_context, suggest_lookback(seasons, rows, s.horizon));
  return std::min<std::size_t>(s.lookback, suggested);
}

FitAdvice advise(const LoadedData& data, const DataProfile& profile, std::size_t horizon) {
  constexpr std::size_t least_steps = 32, least_batch = 16;
  FitAdvice advice;
  Settings& s = advice.job.settings;
  s = preset(advice.job.preset);
  s.horizon = horizon;
  advice.job.split = choose_split("", data);
  const SeasonSpan seasons = season_span(profile);
  advice.season = seasons.longest;
  try {
    advice.training_rows =
        make_borders(advice.job.split, data.set ? data.set->name : "", data.series.length()).train_end;
  } catch (const Error&) {  // a named set with too few rows; told by the plan
    advice.training_rows = data.series.length();
  }
  s.lookback = suggest_lookback(seasons, advice.training_rows, horizon);
  if (seasons.shortest > 0) s.moving_average = seasons.shortest + 1 - seasons.shortest % 2;
  s.moving_average = std::min(s.moving_average, s.lookback);
  try_plan(data, advice);
  while (advice.plan && advice.plan->steps_per_epoch < least_steps && s.batch > least_batch) {
    s.batch /= 2;
    try_plan(data, advice);
  }
  return advice;
}

}  // namespace vdn
