#pragma once
// The sums a line is fitted on and judged by in one fold, with or without a cycle taken out.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <vdn/model/line_choice.hpp>
#include <vdn/model/line_folds.hpp>
#include <vdn/model/line_moments.hpp>
#include <vdn/model/robust_line.hpp>
#include <vdn/model/seasonal_profile.hpp>

namespace vdn {

/// Views of its arguments, which must outlive it. The profile of the cycle is that of the rows before the fold.
/// Without a cycle all complete windows are summed, or, `thinned`, those that would be with one: to compare the two.
class FoldSums {
 public:
  FoldSums(ConstMatrix<float> scaled, const LineFold& fold, const CycleCandidate& cycle, bool thinned,
           std::size_t lookback, std::size_t horizon, std::span<const std::size_t> steps)
      : scaled_(scaled), fold_(fold), lookback_(lookback), horizon_(horizon), steps_(steps) {
    if (cycle.rows > 0) {
      phases_ = cycle.phases;
      profile_ = fit_profile(scaled, phases_, {0, fold.known.last_origin() + horizon}, cycle.rows);
    } else if (thinned) {
      phases_.assign(scaled.cols, 0);
      profile_ = {1, std::vector<float>(scaled.rows)};
    }
  }

  LineMoments known(Scheduler& scheduler) const { return all(fold_.known, scheduler); }
  LineMoments judged(Scheduler& scheduler) const { return all(fold_.judged, scheduler); }
  LineMoments known(std::size_t series) const { return one(fold_.known, series); }
  LineMoments judged(std::size_t series) const { return one(fold_.judged, series); }
  /// Of those moments: a look-back no longer than theirs, which is theirs where a cycle is taken out.
  LineSums sums(const LineMoments& moments, std::size_t lookback) const {
    if (profile_.empty()) return {moments, lookback, steps_};
    return {moments, lookback, horizon_steps(moments.horizon, moments.horizon)};
  }
  /// The line of the windows a robust one would weigh, all alike: to compare the two.
  LineWeights plain_line(const LineOptions& options, Scheduler& scheduler) const {
    const LineMoments moments = sampled_moments(scaled_, fold_.known, lookback_, compared(), steps_, scheduler);
    return solve_line({moments, lookback_, horizon_steps(steps_.size(), steps_.size())}, options, {});
  }
  /// `line`, which was fitted on what is known, reweighted; of the look-back of the sums.
  LineWeights reweighted(LineWeights line, const LineOptions& options, Scheduler& scheduler) const {
    return reweighted_line(std::move(line), scaled_, fold_.known, lookback_, compared(), steps_, options, scheduler);
  }

 private:
  static constexpr std::size_t most_windows = 32768;  // of all series; summed window by window

  std::size_t most_of_series() const { return std::max<std::size_t>(2048, 4 * lookback_); }
  WindowSample sample(std::size_t most) const {
    return {.most = most, .profile = profile_.empty() ? nullptr : &profile_, .phases = phases_};
  }
  WindowSample compared() const { return sample(windows_of_each(most_compared, scaled_.rows)); }
  LineMoments all(const Windows& windows, Scheduler& scheduler) const {
    if (profile_.empty()) return complete_moments(scaled_, windows, lookback_, horizon_, scheduler);
    const std::size_t most = std::clamp<std::size_t>(most_windows / scaled_.rows, 1, most_of_series());
    return sampled_moments(scaled_, windows, lookback_, sample(most), steps_, scheduler);
  }
  LineMoments one(const Windows& windows, std::size_t d) const {
    LineMoments moments(lookback_, profile_.empty() ? horizon_ : steps_.size());
    if (profile_.empty()) {
      add_complete_windows(scaled_.row(d), windows.runs_of(d), moments);
    } else {
      const WindowSample of_series = sample(most_of_series());
      add_sampled_windows({scaled_.row(d), windows.runs_of(d), d, of_series, lookback_, steps_}, {}, moments);
    }
    return moments;
  }

  ConstMatrix<float> scaled_;
  const LineFold& fold_;
  std::size_t lookback_, horizon_;
  std::span<const std::size_t> steps_;
  std::vector<std::uint32_t> phases_;
  SeasonalProfile profile_;
};

}  // namespace vdn
