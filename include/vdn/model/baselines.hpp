#pragma once
// The forecasters every result is held against: a point rule, and a spread around it from its own residuals.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/data/windows.hpp>
#include <vdn/model/forecast_model.hpp>
#include <vdn/model/linear_path.hpp>

namespace vdn {

/// A forecast without uncertainty. Stateless once made: any thread may ask.
class PointRule {
 public:
  virtual ~PointRule() = default;
  virtual std::string name() const = 0;
  virtual std::size_t horizon() const = 0;       ///< H
  virtual std::size_t context_rows() const = 0;  ///< L, rows read before an origin
  /// out [B][H] for B windows of `scaled` [D][T]. Gaps in a context are filled as gather_context does.
  virtual void forecast(ConstMatrix<float> scaled, std::span<const Window> windows, Matrix<double> out) const = 0;
};

/// The last observed value of the context at every step; 0 when there is none.
class RepeatLast : public PointRule {
 public:
  RepeatLast(std::size_t lookback, std::size_t horizon) : lookback_(lookback), horizon_(horizon) {}
  std::string name() const override { return "repeat last"; }
  std::size_t horizon() const override { return horizon_; }
  std::size_t context_rows() const override { return lookback_; }
  void forecast(ConstMatrix<float> scaled, std::span<const Window> windows, Matrix<double> out) const override;

 private:
  std::size_t lookback_, horizon_;
};

/// yhat_h = x[origin - m + (h mod m)] with a season of m rows; where that is missing, the last value of the same phase
/// observed in the context, and without any, the last observed value. A season longer than the context repeats the last
/// value.
class SeasonalNaive : public PointRule {
 public:
  /// Throws Error (config) when season is 0.
  SeasonalNaive(std::size_t season, std::size_t lookback, std::size_t horizon);
  std::string name() const override { return "seasonal naive"; }
  std::size_t horizon() const override { return horizon_; }
  std::size_t context_rows() const override { return lookback_; }
  void forecast(ConstMatrix<float> scaled, std::span<const Window> windows, Matrix<double> out) const override;

 private:
  std::size_t season_, lookback_, horizon_;
};

/// The closed-form line.
class RidgeLine : public PointRule {
 public:
  explicit RidgeLine(LinearPath line) : line_(std::move(line)) {}
  std::string name() const override { return "ridge line"; }
  std::size_t horizon() const override { return line_.horizon; }
  std::size_t context_rows() const override { return line_.lookback; }
  void forecast(ConstMatrix<float> scaled, std::span<const Window> windows, Matrix<double> out) const override;
  const LinearPath& line() const { return line_; }

 private:
  LinearPath line_;
};

/// What the spread around a point rule is made of.
enum class SpreadKind { gaussian, absolute, quantiles };

/// J Gaussians per series and step, equally weighted: component j is centred on forecast + offset(d*J + j, h) and has
/// standard deviation scale(d*J + j, h); scaled units.
struct ResidualSpread {
  SpreadKind kind = SpreadKind::gaussian;
  std::size_t series = 0, components = 0, horizon = 0;  ///< D, J, H
  std::vector<float> offset, scale;                     ///< [D*J][H]
};

/// Measures r = y - yhat (missing targets left out) per series and step.
///   gaussian   J = 1, offset 0, scale^2 = half the mean of r^2 over all training windows plus half that over all
///              validation windows (the few late ones weigh as much as the many early ones); where one part has no
///              residual, the other alone.
///   absolute   the same with pi/2 times the square of the mean of |r| in place of the mean of r^2: of normal residuals
///              the same scale, of those with heavy tails a smaller one, nearer to what the CRPS asks of a normal.
///   quantiles  J = 39, offsets = quantiles of r at levels (j + .5)/39, linear between order statistics, over the
///              validation windows; over training and validation windows when validation has fewer than 50 origins.
///              scale_j = the larger of half of Silverman's width .9 min(deviation, IQR/1.349) n^(-1/5) and half the
///              distance to the farther neighbouring quantile (the tails lie far apart; the middle stays sharp).
/// But of gaussian at most 1999 evenly spread origins of each part are looked at (a prime, so that no season divides
/// their distance); of absolute, where there are more than 200 series, 400,000 of all of them or 64 of each.
/// Scales are at least .01. A step without any residual has scale 1, the deviation of the training rows.
/// Throws Error (data) when there is no window at all, (software) when windows and series disagree.
ResidualSpread fit_spread(const PointRule& rule, ConstMatrix<float> scaled, const Windows& training,
                          const Windows& validation, SpreadKind kind, Scheduler& scheduler);

/// A point rule with its spread.
class Baseline : public ForecastModel {
 public:
  /// Throws Error (software) when the horizons differ.
  Baseline(std::shared_ptr<const PointRule> rule, ResidualSpread spread);
  /// The name of the rule, followed by ", quantiles" for that spread.
  std::string name() const override;
  std::size_t horizon() const override { return rule_->horizon(); }
  std::size_t context_rows() const override { return rule_->context_rows(); }
  /// Throws Error (software) when `scaled` has another number of series than the spread was fitted on.
  void forecast(ConstMatrix<float> scaled, std::span<const Window> windows, ForecastBatch& out,
                Scheduler& scheduler) override;
  const PointRule& rule() const { return *rule_; }
  const ResidualSpread& spread() const { return spread_; }

 private:
  void place(ConstMatrix<double> point, std::span<const Window> windows, std::size_t first, ForecastBatch& out) const;

  std::shared_ptr<const PointRule> rule_;
  ResidualSpread spread_;
};

/// fit_spread and Baseline in one.
Baseline fit_baseline(std::shared_ptr<const PointRule> rule, ConstMatrix<float> scaled, const Windows& training,
                      const Windows& validation, SpreadKind kind, Scheduler& scheduler);

}  // namespace vdn
