// Which signal says when not to trust a forecast: drift of the neurons and latent scale against the within scale.

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include <vdn/evaluate/monitor.hpp>
#include <vdn/evaluate/origin_scores.hpp>
#include <vdn/evaluate/protocol.hpp>
#include <vdn/model/drift_measure.hpp>
#include <vdn/study/measure.hpp>
#include <vdn/study/statistics.hpp>
#include <vdn/train/fit_job.hpp>
#include <vdn/train/validation.hpp>

#include "study/studies.hpp"

namespace vdn::studies {
namespace {

constexpr std::size_t test_windows = 2048, curve_points = 20;
constexpr std::array<const char*, 6> signals{"within scale",  "latent scale", "drift of level",
                                             "drift of move", "surprise",     "chance"};

/// Mean risk of the windows with the least signal, at coverages 1/20, 2/20 ... 1: what is left when the others are
/// refused (El-Yaniv and Wiener 2010).
std::vector<double> risk_coverage(std::span<const double> signal, std::span<const double> risk) {
  std::vector<std::size_t> order(signal.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return signal[a] < signal[b]; });
  std::vector<double> curve;
  double sum = 0;
  std::size_t taken = 0;
  for (std::size_t point = 1; point <= curve_points; ++point) {
    const std::size_t until = std::max<std::size_t>(1, point * order.size() / curve_points);
    for (; taken < until; ++taken) sum += risk[order[taken]];
    curve.push_back(sum / static_cast<double>(taken));
  }
  return curve;
}

/// CRPS of every window by itself.
std::vector<double> risks(Forecaster& model, ConstMatrix<float> scaled, std::span<const Window> windows,
                          Scheduler& scheduler) {
  std::vector<double> risk(windows.size());
  for (std::size_t d = 0; d < scaled.rows; ++d) {
    std::vector<Window> own;
    std::vector<std::size_t> place;
    for (std::size_t i = 0; i < windows.size(); ++i) {
      if (windows[i].series != d) continue;
      own.push_back(windows[i]);
      place.push_back(i);
    }
    if (own.empty()) continue;
    const OriginScores scores = score_origins(model, scaled, scaled, own, 0, scheduler);
    std::size_t k = 0;  // origins without a target are not listed
    for (std::size_t i = 0; i < own.size() && k < scores.origin.size(); ++i) {
      if (own[i].origin == scores.origin[k]) risk[place[i]] = scores.crps[k++];
    }
  }
  return risk;
}

/// Those every signal is known of: with a context one lag earlier, and a row observed since.
std::vector<Window> judged_windows(Forecaster& model, ConstMatrix<float> scaled, std::vector<Window> windows) {
  const std::size_t lag = drift_lag(model.settings().lookback, model.data().season);
  std::erase_if(windows, [&](const Window& window) {
    const auto row = scaled.row(window.series);
    if (!can_measure_drift(model, row, window)) return true;
    const auto since = row.subspan(window.origin - lag, std::min(lag, model.horizon()));
    return std::all_of(since.begin(), since.end(), [](float value) { return std::isnan(value); });
  });
  return windows;
}

class Selective : public ModelStudy {
 public:
  std::string name() const override { return "selective"; }
  std::string claim() const override {
    return "The neurons say when not to trust a forecast: drift (distance of the window's regime from "
           "training's), surprise (error of the forecast one lag earlier) and latent scale against the within scale, "
           "the plain rival. Windows with the largest signal are refused "
           "first; the area under the curve of the CRPS that is left, relative to refusing at random (1), and the "
           "rank correlation of signal and CRPS.";
  }
  std::vector<std::string> usual_data() const override { return {"exchange", "etth1", "etth2", "weather"}; }
  std::size_t usual_seeds() const override { return 3; }

  void examine(Forecaster& model, const LoadedData& data, Scheduler& scheduler, TrialResult& result) const override {
    const std::vector<float> values = scale_for(model, data.series);
    const ConstMatrix<float> scaled(values.data(), data.series.count(), data.series.length());
    const TestPart part = test_part(model, data, "auto", window_shape(model.settings()));
    const std::vector<Window> windows = judged_windows(model, scaled, thin_windows(part.windows, test_windows));
    const std::vector<double> risk = risks(model, scaled, windows, scheduler);
    const WindowMeasures measures = measure_windows(model, scaled, windows, scheduler);
    for (std::size_t s = 0; s < signals.size(); ++s) add_signal(s, measures, risk, result);
  }

  StudyFindings find(const TrialResults& results) const override {
    StudyFindings found;
    StudyTable table{"Area under risk-coverage (1: chance), and rank correlation with the CRPS",
                     {"data", "signal", "seeds", "area", "correlation", "CRPS of the best half", "CRPS of all"}};
    for (const std::string& data : data_of(results)) {
      const TrialResults own = select(results, data, "default");
      for (const char* signal : signals) {
        const auto column = [&](const char* what, int digits) {
          return print_summary(summarise(figures(own, std::string(signal) + ", " + what)), digits);
        };
        table.rows.push_back({data, signal, std::to_string(own.size()), column("area", 3), column("correlation", 2),
                              column("half", 4), column("all", 4)});
      }
    }
    found.tables.push_back(std::move(table));
    if (!results.empty()) found.picture = picture(results.front());
    return found;
  }

 private:
  static void add_signal(std::size_t s, const WindowMeasures& measures, const std::vector<double>& risk,
                         TrialResult& result) {
    std::vector<double> signal;
    for (std::size_t i = 0; i < measures.windows.size(); ++i) {
      const WindowMeasure& m = measures.windows[i];
      const std::array<double, 6> all{
          m.within_scale, m.latent_scale, m.distances[0],
          m.distances[1], m.distances[2], static_cast<double>(i * 7919 % 10007)};  // chance: an order without meaning
      signal.push_back(all[s]);
    }
    const std::vector<double> curve = risk_coverage(signal, risk);
    const std::string name = signals[s];
    result.traces["risk " + name] = curve;
    result.figures[name + ", area"] = summarise(curve).mean / curve.back();
    result.figures[name + ", correlation"] = rank_correlation(signal, risk);
    result.figures[name + ", half"] = curve[curve_points / 2 - 1];
    result.figures[name + ", all"] = curve.back();
  }

  static LineChart picture(const TrialResult& r) {
    LineChart chart{
        .title = "CRPS of the windows kept, " + r.data, .x_label = "share of windows kept", .y_label = "CRPS"};
    std::size_t style = 0;
    for (const char* signal : signals) {
      ChartLine line{signal, {}, {}, style++};
      const auto found = r.traces.find(std::string("risk ") + signal);
      if (found == r.traces.end()) continue;
      line.y = found->second;
      for (std::size_t i = 0; i < line.y.size(); ++i) {
        line.x.push_back(static_cast<double>(i + 1) / static_cast<double>(curve_points));
      }
      chart.lines.push_back(std::move(line));
    }
    return chart;
  }
};

}  // namespace

std::unique_ptr<Study> selective() {
  return std::make_unique<Selective>();
}

}  // namespace vdn::studies
