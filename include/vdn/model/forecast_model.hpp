#pragma once
// What every forecaster, neural or not, looks like to those who score, draw or save forecasts.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/data/windows.hpp>
#include <vdn/kernels/mixture.hpp>

namespace vdn {

/// Predictive mixtures of B windows, in scaled units. J components, H steps: S draws times M of each, and behind these
/// what comes from no draw.
/// Component j of window b: rows b*J + j of mean and scale; log_weight(b, j), normalised over j.
/// Storage grows to the largest batch seen and is then reused.
class ForecastBatch {
 public:
  void resize(std::size_t windows, std::size_t draws, std::size_t components_per_draw, std::size_t horizon,
              std::size_t without_draw = 0);

  std::size_t windows() const { return windows_; }
  std::size_t draws() const { return draws_; }            ///< S
  std::size_t components() const { return components_; }  ///< J
  std::size_t horizon() const { return horizon_; }        ///< H
  Matrix<float> mean() { return {mean_.data(), windows_ * components_, horizon_}; }
  Matrix<float> scale() { return {scale_.data(), windows_ * components_, horizon_}; }
  Matrix<float> log_weight() { return {log_weight_.data(), windows_, components_}; }
  /// All of it, without targets.
  kernels::MixtureBatch<float> mixtures() { return mixtures({0, windows_}); }
  /// Those of windows `rows`, without targets.
  kernels::MixtureBatch<float> mixtures(Range rows) {
    const Range own{rows.begin * components_, rows.end * components_};
    return {{}, {}, mean().slice(own), scale().slice(own), log_weight().slice(rows), draws_};
  }
  /// The same, whose targets `targets` holds.
  kernels::MixtureBatch<float> mixtures(Range rows, const WindowTargets& targets) {
    kernels::MixtureBatch<float> batch = mixtures(rows);
    batch.target = targets.values();
    batch.observed = targets.observed();
    return batch;
  }

 private:
  std::size_t windows_ = 0, draws_ = 1, components_ = 1, horizon_ = 0;
  std::vector<float> mean_, scale_, log_weight_;
};

/// Gives the predictive distribution of any window.
class ForecastModel {
 public:
  virtual ~ForecastModel() = default;
  virtual std::string name() const = 0;
  virtual std::size_t horizon() const = 0;
  /// Rows it reads before a window's origin.
  virtual std::size_t context_rows() const = 0;
  /// Fills `out` for the windows, in their order. `scaled` is [D][T]; only rows before each origin are read. A
  /// Forecaster throws Error (software) for a window of a series or an origin beyond the table, and, where its line has
  /// a cycle, before place_rows (scale_for does both: it scales a table and places its rows).
  virtual void forecast(ConstMatrix<float> scaled, std::span<const Window> windows, ForecastBatch& out,
                        Scheduler& scheduler) = 0;
};

}  // namespace vdn
