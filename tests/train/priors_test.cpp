// What the priors do to a fit: persistence rises with phi, the macro latent is used, wrong numbers end in words.

#include <gtest/gtest.h>

#include <cmath>

#include <vdn/train/trainer.hpp>

#include "train/train_support.hpp"

namespace vdn {
namespace {

using namespace test;

/// mu [windows][N*K] of a forecaster over windows of series 0 at origins 100 ... 399 - H, in scaled units.
std::vector<std::vector<double>> means_of(Forecaster& model, const LoadedData& data) {
  const auto scaled = scale_series(data.series, model.scaler());
  const std::size_t T = data.series.length();
  std::vector<Window> windows;
  for (std::uint32_t origin = 100; origin + 4 <= T; ++origin) windows.push_back({0, origin});
  std::vector<std::vector<double>> means(windows.size());
  Scheduler scheduler(2);
  model.scan({scaled.data(), data.series.count(), T}, windows, false, scheduler,
             [&](const Network::Workspace<float>& w, Range rows, std::size_t first, std::size_t) {
               for (std::size_t b = rows.begin; b < rows.end; ++b) {
                 const auto mu = w.neurons.posterior.mu.row(b);
                 means[first + b].assign(mu.begin(), mu.end());
               }
             });
  return means;
}

/// Mean over columns of the correlation of mu with itself `lag` windows earlier.
double autocorrelation(const std::vector<std::vector<double>>& means, std::size_t lag) {
  double sum = 0;
  const std::size_t columns = means[0].size(), count = means.size() - lag;
  for (std::size_t c = 0; c < columns; ++c) {
    double x = 0, y = 0, xx = 0, yy = 0, xy = 0;
    for (std::size_t t = 0; t < count; ++t) {
      const double a = means[t][c], b = means[t + lag][c], share = 1.0 / double(count);
      x += a * share;
      y += b * share;
      xx += a * a * share;
      yy += b * b * share;
      xy += a * b * share;
    }
    sum += (xy - x * y) / std::sqrt((xx - x * x) * (yy - y * y));
  }
  return sum / static_cast<double>(columns);
}

TEST(Priors, AutocorrelationOfMuAtTheStrideRisesWithPhi) {
  const LoadedData data = small_data();
  for (const ArForm form : {ArForm::mean, ArForm::draws, ArForm::kl}) {
    Settings s = small_settings();
    s.prior = Prior::ar1;
    s.ar_form = form;
    s.ar_weight = 1.0;
    s.beta = 0.05;
    s.epochs = 10;
    s.patience = 10;
    std::vector<double> found;
    for (const double phi : {0.0, 0.95}) {
      s.phi = phi;
      auto model = fit_small(s, 2, data);
      found.push_back(autocorrelation(means_of(model, data), s.stride_ar));
    }
    EXPECT_GT(found[1], found[0] + 0.05) << "form " << static_cast<int>(form) << ": " << found[0] << " " << found[1];
  }
}

TEST(Priors, ALearnedPhiMoves) {
  Settings s = small_settings();
  s.prior = Prior::ar1;
  s.learn_phi = true;
  s.phi = 0.5;
  const auto model = fit_small(s);
  const auto phi = model.network().neurons().phi<float>({model.parameters()});
  ASSERT_EQ(phi.size(), s.neurons);
  for (const double value : phi) {
    EXPECT_NE(value, 0.5);
    EXPECT_LT(std::abs(value), 1.0);
  }
}

TEST(Priors, WhatTheyCostIsReported) {
  Settings s = small_settings();
  s.prior = Prior::hierarchical;
  Recorder hierarchical;
  const auto model = fit_small(s, hierarchical);
  EXPECT_GT(hierarchical.epochs.back().macro_kl, 0.0);
  EXPECT_GT(hierarchical.epochs.back().train_macro_kl, 0.0);
  EXPECT_EQ(hierarchical.epochs.back().train_ar, 0.0);
  EXPECT_GT(model.regime().macro_kl, 0.0);
  s.prior = Prior::ar1;
  Recorder persistent;
  fit_small(s, persistent);
  EXPECT_GT(persistent.epochs.back().train_ar, 0.0);
  EXPECT_EQ(persistent.epochs.back().macro_kl, 0.0);
}

// A window's loss under ar1 as a KL needs the earlier window: the first one of a series has it.
TEST(Priors, TheFirstWindowOfAr1HasItsEarlierOneWhole) {
  Settings s = small_settings();
  const auto data = small_data();
  const auto first_of = [&] { return training_windows(data.series, {300, 350, 400}, window_shape(s)).first_origin(); };
  EXPECT_EQ(first_of(), s.lookback);
  s.prior = Prior::ar1;
  EXPECT_EQ(first_of(), s.lookback + s.stride_ar);
}

}  // namespace
}  // namespace vdn
