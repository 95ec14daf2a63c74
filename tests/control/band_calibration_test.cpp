#include <vdn/control/band_calibration.hpp>

#include "control/control_rig.hpp"

namespace vdn::control {
namespace {

/// A calibration of bands [.4, .8] that acts at every step.
struct CalibrationRig : ControlRig {
  explicit CalibrationRig(std::size_t neurons) : ControlRig(neurons), calibration(every_step(), context.bands) {}
  const ControlSettings& every_step() {
    settings.calibration_every = 1;
    return settings;
  }
  void act(const std::vector<double>& average) {
    std::copy(average.begin(), average.end(), context.averages.activity.values().begin());
    calibration.after_step(context);
  }
  BandCalibration calibration;
};

double follow(double scale, double wanted) {
  return std::exp(0.7 * std::log(scale) + 0.3 * std::log(wanted));
}

TEST(BandCalibration, OneActGoesAThirdOfTheWay) {
  CalibrationRig rig(6);
  rig.act({0.38, 0.39, 0.5, 0.6, 0.74, 0.78});  // the 20% quantile of e/lo is the second of six, .39/.4
  EXPECT_NEAR(rig.calibration.scale_low(), follow(1, 0.975), 1e-12);
  EXPECT_NEAR(rig.context.bands.low[0], 0.4 * follow(1, 0.975), 1e-12);
  // The 90% quantile of e/hi asks for .95; the distance from the low scale decides.
  EXPECT_NEAR(rig.calibration.scale_high(), 1.05 * follow(1, 0.975), 1e-12);
  EXPECT_NEAR(rig.context.bands.high[5], 0.8 * 1.05 * follow(1, 0.975), 1e-12);
}

TEST(BandCalibration, ScalesEndAtTheQuantiles) {
  CalibrationRig rig(6);
  for (int i = 0; i < 200; ++i) rig.act({0.2, 0.2, 0.45, 0.5, 0.58, 0.62});
  EXPECT_NEAR(rig.calibration.scale_low(), 0.2 / 0.4, 1e-9);
  EXPECT_NEAR(rig.calibration.scale_high(), 0.6 / 0.8, 1e-9);  // half way between the fifth and the sixth
}

TEST(BandCalibration, AStepIsCut) {
  CalibrationRig up(11), down(11);
  up.act(std::vector<double>(11, 0.7));  // all inside: e/lo = 1.75
  EXPECT_NEAR(up.calibration.scale_low(), follow(1, 1.02), 1e-12);
  down.act(std::vector<double>(11, 0.01));
  EXPECT_NEAR(down.calibration.scale_low(), follow(1, 1 / 1.10), 1e-12);
}

TEST(BandCalibration, DoesNotGrowWhileTooFewAreInsideOrTooManyHigh) {
  CalibrationRig high(10);  // a fifth is high, more than .12
  high.act({0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 2.0, 2.0});
  EXPECT_EQ(high.calibration.scale_low(), 1.0);
  EXPECT_EQ(high.calibration.scale_high(), 1.05);
  CalibrationRig low(4);  // half inside
  low.act({0.1, 0.1, 0.7, 0.7});
  EXPECT_LT(low.calibration.scale_low(), 1.0);
  EXPECT_LE(low.calibration.scale_high(), 1.05);
}

TEST(BandCalibration, ManyLowNeuronsLowerTheLowEnd) {
  CalibrationRig rig(2);  // linear quantile of {.2, .79}: .318/.4
  rig.act({0.2, 0.79});
  EXPECT_NEAR(rig.calibration.scale_low(), follow(1, 1 / 1.10), 1e-12);
  CalibrationRig just(2);  // the quantile alone would ask for .9995; half are low
  just.act({0.3999, 0.3995});
  EXPECT_NEAR(just.calibration.scale_low(), follow(1, 0.98), 1e-12);
}

TEST(BandCalibration, TheHighEndStaysAboveTheLow) {
  CalibrationRig rig(4);
  for (int i = 0; i < 400; ++i) {
    rig.act(std::vector<double>(4, 0.41));  // the low end follows to .41, the high one would
    for (std::size_t n = 0; n < 4; ++n) {
      ASSERT_GE(rig.calibration.scale_high(), 1.05 * rig.calibration.scale_low());
      ASSERT_GE(rig.context.bands.high[n], 1.05 * rig.context.bands.low[n]);
    }
  }
}

TEST(BandCalibration, ScalesStayInTheirRange) {
  CalibrationRig rig(3);
  for (int i = 0; i < 2000; ++i) rig.act({1e-9, 1e-9, 1e-9});
  EXPECT_NEAR(rig.calibration.scale_low(), 0.02, 1e-12);
  EXPECT_NEAR(rig.context.bands.low[0], 0.008, 1e-12);  // of the original band
}

}  // namespace
}  // namespace vdn::control
