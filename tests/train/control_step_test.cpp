// A training step under control: the gradient of its loss with a band penalty, and what it measures for constraints.

#include <vdn/train/step.hpp>

#include <gtest/gtest.h>

#include <vdn/control/regulator.hpp>

#include "support/finite_difference.hpp"
#include "support/small_data.hpp"

namespace vdn {
namespace {

Settings controlled(std::size_t dims, control::Activity activity) {
  Settings s = test::small_settings();
  s.mode = control::parse_mode("homeostasis");
  s.dims = dims;
  s.activity = activity;
  s.warmup = s.ramp = 0.0;
  s.dropout = 0.0;
  s.start_at_zero = false;
  s.neurons = 5;
  return s;
}

/// A step in double over random windows, with a regulator as the trainer connects it.
class StepRig {
 public:
  explicit StepRig(const Settings& settings)
      : network_(settings, 2), step(network_, 20, settings.draws), scheduler_(2) {
    initialise<double>(network_.layout(), 3, step.values());
    for (double& value : step.values()) value *= 1.5;
    const auto& w = step.workspace();
    test::fill_numbers(w.encoder.x.flat(), 1, 2.0);
    test::fill_numbers(w.neurons.eps.flat(), 2);
    test::fill_numbers(w.target.flat(), 4);
    std::fill(w.head.mask.flat().begin(), w.head.mask.flat().end(), 1.0);
    std::fill(w.observed.flat().begin(), w.observed.flat().end(), std::uint8_t{1});
    std::fill(w.factor.begin(), w.factor.end(), 1.0);
    step.set_penalty([this](const control::StepStatistics& statistics, std::span<double> slope) {
      std::vector<float> values(network_.layout().size());
      control::Regulator regulator(
          network_.settings(),
          {.layer = network_.neurons(), .values = values, .beta = step.beta(), .planned_steps = 10});
      return regulator.before_backward(statistics, slope);
    });
  }
  StepReport run() {
    return step.differentiate(scheduler_, [](Range) {});
  }
  const Network& network() const { return network_; }

 private:
  Network network_;

 public:
  TrainingStep<double> step;

 private:
  Scheduler scheduler_;
};

struct PenaltyCase {
  std::size_t dims;
  control::Activity activity;
  control::PenaltyForm form;
};

class PenalisedStep : public testing::TestWithParam<PenaltyCase> {};

TEST_P(PenalisedStep, GradientsAreSlopesOfTheLoss) {
  Settings settings = controlled(GetParam().dims, GetParam().activity);
  settings.penalty_form = GetParam().form;
  settings.penalty_weight = GetParam().form == control::PenaltyForm::absolute ? 50.0 : 1.0;
  settings.penalty_focus = 1.0;
  settings.band_target = 0.25;
  StepRig rig(settings);
  const StepReport report = rig.run();
  EXPECT_GT(report.band, 0.01);
  EXPECT_NEAR(report.loss, report.nll + report.price + report.band, 1e-12);
  const control::Occupancy shares =
      control::occupancy(control::make_bands(settings, settings.neurons, 0), rig.step.statistics(report).activity);
  EXPECT_GT(shares.outside(), 0.0);
  const auto gradients = test::copy(rig.step.gradients());
  test::expect_parameter_slopes(
      rig.network().layout(), rig.step.values(), gradients, [&] { return rig.run().loss; }, 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Forms, PenalisedStep,
                         testing::Values(PenaltyCase{1, control::Activity::mean_square, control::PenaltyForm::relative},
                                         PenaltyCase{1, control::Activity::pooled, control::PenaltyForm::absolute},
                                         PenaltyCase{3, control::Activity::mean_square, control::PenaltyForm::relative},
                                         PenaltyCase{3, control::Activity::mean_square, control::PenaltyForm::absolute},
                                         PenaltyCase{3, control::Activity::pooled, control::PenaltyForm::relative},
                                         PenaltyCase{3, control::Activity::pooled, control::PenaltyForm::absolute}));

TEST(ControlledStep, MeasuresWhatConstraintsRead) {
  StepRig rig(controlled(3, control::Activity::mean_square));
  const StepReport report = rig.run();
  const control::StepStatistics statistics = rig.step.statistics(report);
  const auto& w = rig.step.workspace().neurons;
  for (std::size_t i = 0; i < 5; ++i) {
    double activity = 0.0, kl = 0.0, awake = 0.0;
    for (std::size_t b = 0; b < 20; ++b) {
      for (std::size_t k = 0; k < 3; ++k) activity += std::pow(w.posterior.mu(b, 3 * i + k), 2) / 60;
      kl += w.kl(b, i) / 20;
      awake += w.kl(b, i) > 1e-4 ? 1.0 / 20 : 0.0;
    }
    EXPECT_NEAR(statistics.activity[i], activity, 1e-12);
    EXPECT_NEAR(statistics.kl[i], kl, 1e-12);
    EXPECT_NEAR(statistics.awake[i], awake, 1e-12);
  }
  EXPECT_EQ(statistics.price, report.price);
  EXPECT_EQ(statistics.band, report.band);
  EXPECT_EQ(report.mse, 0.0);  // no ar1 penalty whose share would need it
}

TEST(ControlledStep, MeasuresTheErrorOfTheMixtureMeanForTheShare) {
  Settings settings = controlled(1, control::Activity::mean_square);
  settings.prior = Prior::ar1;
  settings.pair = true;
  StepRig rig(settings);
  const StepReport report = rig.run();
  const auto& w = rig.step.workspace();
  const std::size_t J = w.log_weight.cols;
  double sum = 0.0;
  for (std::size_t b = 0; b < 20; ++b) {
    for (std::size_t h = 0; h < 4; ++h) {
      double mean = 0.0;
      for (std::size_t j = 0; j < J; ++j) mean += std::exp(w.log_weight(b, j)) * w.mean(b * J + j, h);
      sum += std::pow(mean - w.target(b, h), 2) / 80;
    }
  }
  EXPECT_NEAR(report.mse, sum, 1e-9);
}

TEST(ControlledStep, AddsTheActivityOfABatch) {
  StepRig rig(controlled(3, control::Activity::pooled));
  rig.run();
  std::vector<double> activity(5, 1.0);
  Scheduler scheduler(1);
  rig.step.add_activity(
      scheduler, [](Range) {}, activity);
  double want = 1.0;
  for (std::size_t b = 0; b < 20; ++b) {
    for (std::size_t k = 3; k < 6; ++k) want += std::pow(rig.step.workspace().neurons.posterior.mu(b, k), 2) / 60;
  }
  EXPECT_NEAR(activity[1], want, 1e-12);
}

TEST(ControlledStep, WithoutAModeThereAreNoStatistics) {
  Settings settings = controlled(1, control::Activity::mean_square);
  settings.mode = {};
  StepRig rig(settings);
  const StepReport report = rig.run();
  EXPECT_TRUE(rig.step.statistics(report).activity.empty());
  EXPECT_EQ(report.band, 0.0);
}

}  // namespace
}  // namespace vdn
