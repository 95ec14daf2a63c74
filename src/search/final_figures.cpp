#include <vdn/search/final_figures.hpp>

#include <cmath>
#include <vector>

#include <vdn/evaluate/disturb.hpp>
#include <vdn/evaluate/origin_scores.hpp>
#include <vdn/train/fit_job.hpp>
#include <vdn/train/validation.hpp>

namespace vdn::search {
namespace {

constexpr std::size_t most_windows = 2048;
constexpr double noise = 0.5;

}  // namespace

std::map<std::string, double> final_figures(Forecaster& model, const LoadedData& data, Scheduler& scheduler) {
  const std::vector<float> values = scale_for(model, data.series);
  const ConstMatrix<float> scaled(values.data(), data.series.count(), data.series.length());
  const FitWindows parts =
      fit_windows(data.series, parse_split(model.data().split), model.data().borders, model.settings());
  const std::vector<Window> windows = thin_windows(parts.selection, most_windows);
  const OriginScores plain = score_origins(model, scaled, scaled, windows, 0, scheduler);
  const std::vector<float> worse = disturbed(scaled, Disturbance::noise, noise, model.settings().seed);
  const OriginScores noisy =
      score_origins(model, {worse.data(), scaled.rows, scaled.cols}, scaled, windows, 0, scheduler);
  const double distance_80 = std::abs(mean_of(plain.inside_80) - 0.8);
  const double distance_90 = std::abs(mean_of(plain.inside_90) - 0.9);
  const double crps = mean_of(plain.crps);
  return {{"validation_crps", crps},
          {"validation_joint_nll", mean_of(plain.joint_nll)},
          {"calibration", 0.5 * (distance_80 + distance_90)},
          {"robustness", mean_of(noisy.crps) - crps}};
}

}  // namespace vdn::search
