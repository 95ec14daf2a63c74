#include <vdn/model/robust_line.hpp>

#include <algorithm>
#include <vector>

#include <vdn/kernels/dense.hpp>

namespace vdn {
namespace {

constexpr double least_share = .05;  // of the mean error, which a window without any is given

/// The windows of every series, and their weights.
class WeightedWindows {
 public:
  WeightedWindows(ConstMatrix<float> scaled, const Windows& windows, std::size_t lookback, const WindowSample& sample,
                  std::span<const std::size_t> steps)
      : lookback_(lookback), targets_(steps.size()), weights_(scaled.rows) {
    for (std::size_t d = 0; d < scaled.rows; ++d) {
      series_.emplace_back(scaled.row(d), windows.runs_of(d), d, sample, lookback, steps);
      count_ += series_.back().count();
    }
  }
  std::size_t count() const { return count_; }

  /// Weighs them by how well `line` forecasts them; false where it misses nothing.
  bool weigh(const LineWeights& line, Scheduler& scheduler) {
    scheduler.run(series_.size(), [&](std::size_t d) { weights_[d] = errors(series_[d], line); });
    double sum = 0;
    for (const auto& errors : weights_) {
      for (const double error : errors) sum += error;
    }
    const double n = static_cast<double>(count_), mean = sum / n;
    if (!(mean > 0)) return false;
    double total = 0;
    for (auto& weights : weights_) {
      for (double& weight : weights) total += weight = 1 / (weight / mean + least_share);
    }
    for (auto& weights : weights_) {
      for (double& weight : weights) weight *= n / total;
    }
    return true;
  }

  LineMoments moments(Scheduler& scheduler) const {
    return moments_of_parts(series_.size(), lookback_, targets_, scheduler, [&](std::size_t d, LineMoments& sums) {
      add_sampled_windows(series_[d], weights_[d], sums);
    });
  }

 private:
  /// The mean square over the targets of what `line` misses, window by window; those of a block at once.
  std::vector<double> errors(const SampledWindows& windows, const LineWeights& line) const {
    constexpr std::size_t block = 128;
    const std::size_t L = lookback_, T = targets_;
    std::vector<double> row(L + T), features(block * L), missed(block * T), out(block * T), errors;
    for (std::size_t first = 0; first < windows.count(); first += block) {
      const std::size_t n = std::min(block, windows.count() - first);
      for (std::size_t b = 0; b < n; ++b) {
        windows.read(first + b, row);
        const double last = row[L - 1];
        for (std::size_t i = 0; i + 1 < L; ++i) features[b * L + i] = row[i] - last;
        features[b * L + L - 1] = last;
        for (std::size_t k = 0; k < T; ++k) missed[b * T + k] = row[L + k] - last - line.bias[k];
      }
      kernels::dense_product_transposed({features.data(), n, L}, {line.weight.data(), T, L}, {out.data(), n, T});
      for (std::size_t b = 0; b < n; ++b) {
        double sum = 0;
        for (std::size_t i = b * T; i < (b + 1) * T; ++i) sum += (missed[i] - out[i]) * (missed[i] - out[i]);
        errors.push_back(sum / static_cast<double>(T));
      }
    }
    return errors;
  }

  std::size_t lookback_, targets_, count_ = 0;
  std::vector<SampledWindows> series_;
  std::vector<std::vector<double>> weights_;  // [D][windows]
};

}  // namespace

LineWeights reweighted_line(LineWeights line, ConstMatrix<float> scaled, const Windows& windows, std::size_t lookback,
                            const WindowSample& sample, std::span<const std::size_t> steps, const LineOptions& options,
                            Scheduler& scheduler) {
  WeightedWindows weighted(scaled, windows, lookback, sample, steps);
  if (weighted.count() < 2 * lookback || !weighted.weigh(line, scheduler)) return line;
  const LineMoments moments = weighted.moments(scheduler);
  return solve_line(LineSums(moments, lookback, horizon_steps(steps.size(), steps.size())), options, {});
}

std::size_t windows_of_each(std::size_t windows, std::size_t series) {
  return std::max<std::size_t>(1, windows / series);
}

}  // namespace vdn
