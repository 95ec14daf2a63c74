#include <vdn/train/fit_advice.hpp>

#include <algorithm>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

/// The shortest season that a quarter of the series has, 0 when there is none.
std::size_t shortest_season(const DataProfile& profile) {
  std::size_t rows = 0;
  for (const CommonSeason& season : profile.seasons) {
    if (4 * season.series >= profile.series.size() && (rows == 0 || season.rows < rows)) rows = season.rows;
  }
  return rows;
}

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
  const std::size_t season = shortest_season(profile), most = std::max<std::size_t>(1, data.series.length() / 20);
  return std::min(season > 0 ? season : 24, most);
}

FitAdvice advise(const LoadedData& data, const DataProfile& profile, std::size_t horizon) {
  constexpr std::size_t least_steps = 32, least_batch = 16;
  FitAdvice advice;
  Settings& s = advice.job.settings;
  s = preset(advice.job.preset);
  s.horizon = horizon;
  advice.job.split = choose_split("", data);
  advice.season = leading_season(profile);
  try {
    advice.training_rows =
        make_borders(advice.job.split, data.set ? data.set->name : "", data.series.length()).train_end;
  } catch (const Error&) {  // a named set with too few rows; told by the plan
    advice.training_rows = data.series.length();
  }
  s.lookback = suggest_lookback(advice.season, advice.training_rows, horizon);
  if (const std::size_t season = shortest_season(profile); season > 0) s.moving_average = season + 1 - season % 2;
  s.moving_average = std::min(s.moving_average, s.lookback);
  try_plan(data, advice);
  while (advice.plan && advice.plan->steps_per_epoch < least_steps && s.batch > least_batch) {
    s.batch /= 2;
    try_plan(data, advice);
  }
  return advice;
}

}  // namespace vdn
