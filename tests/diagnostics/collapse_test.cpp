#include <vdn/diagnostics/collapse.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace vdn::diagnostics {
namespace {

const CollapseSettings settings;

/// Ten healthy neurons.
NeuronFigures healthy() {
  NeuronFigures f;
  f.mu2.assign(10, 0.05f);
  f.info.assign(10, 0.3f);
  f.sigma.assign(10, 0.6f);
  f.band_low.assign(10, 0.04f);
  f.band_high.assign(10, 0.08f);
  f.autocorrelation.assign(10, 0.8f);
  return f;
}

double share(const NeuronFigures& figures, CollapseMode mode, const CollapseContext& context = {}) {
  return collapse_shares(figures, context, settings)[static_cast<std::size_t>(mode)].share;
}

TEST(Collapse, AHealthyLayerShowsNone) {
  for (const Collapse& c : collapse_shares(healthy(), {.band = true}, settings)) EXPECT_EQ(c.share, 0.0);
  EXPECT_TRUE(collapsed(healthy(), {.band = true}, settings).empty());
  EXPECT_TRUE(collapsed({}, {.band = true}, settings).empty()) << "nothing known";
}

TEST(Collapse, PosteriorNeedsSilenceAndThePriorsSpread) {
  NeuronFigures f = healthy();
  f.info = {0.009f, 0.009f, 0.009f, 0.011f, 0.3f, 0.3f, 0.3f, 0.3f, 0.3f, 0.3f};
  f.sigma = {0.95f, 1.05f, 0.8f, 1.0f, 1, 1, 1, 1, 1, 1};
  EXPECT_DOUBLE_EQ(share(f, CollapseMode::posterior), 0.2);
  CollapseContext context;
  context.prior_sigma.assign(10, 0.8);
  EXPECT_DOUBLE_EQ(share(f, CollapseMode::posterior, context), 0.1) << "only the third is near a prior of .8";
}

TEST(Collapse, MeanAndExplosionGoByTheBandOfTheMode) {
  NeuronFigures f = healthy();
  f.mu2 = {0.03f, 0.03f, 0.09f, 26, 0.05f, 0.05f, 0.05f, 0.05f, 0.05f, 0.05f};
  EXPECT_DOUBLE_EQ(share(f, CollapseMode::mean), 0.0);
  EXPECT_DOUBLE_EQ(share(f, CollapseMode::mean, {.band = true}), 0.2);
  EXPECT_DOUBLE_EQ(share(f, CollapseMode::explosion), 0.1);
  EXPECT_DOUBLE_EQ(share(f, CollapseMode::explosion, {.band = true}), 0.2);
  f.mu2[0] = std::numeric_limits<float>::infinity();
  f.mu2[1] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_DOUBLE_EQ(share(f, CollapseMode::explosion), 0.3) << "no number is an explosion";
}

TEST(Collapse, DeterministicIsAtTheLowestSigmaAllowed) {
  NeuronFigures f = healthy();
  f.sigma = {1e-4f, 1.9e-4f, 2.1e-4f, 0.15f, 0.29f, 0.6f, 0.6f, 0.6f, 0.6f, 0.6f};
  EXPECT_DOUBLE_EQ(share(f, CollapseMode::deterministic), 0.2);
  EXPECT_DOUBLE_EQ(share(f, CollapseMode::deterministic, {.sigma_lowest = 0.15}), 0.5);
}

TEST(Collapse, TemporalLockIsAutocorrelation) {
  NeuronFigures f = healthy();
  f.autocorrelation = {0.996f, 0.994f, std::nanf(""), 1, 0, 0, 0, 0, 0, 0};
  EXPECT_DOUBLE_EQ(share(f, CollapseMode::temporal_lock), 0.2);
}

TEST(Collapse, IsNamedAboveTheShare) {
  NeuronFigures f = healthy();
  for (std::size_t i = 0; i < 5; ++i) f.sigma[i] = 1e-4f;
  EXPECT_TRUE(collapsed(f, {}, settings).empty()) << "half is not more than half";
  f.sigma[5] = 1e-4f;
  EXPECT_EQ(collapsed(f, {}, settings), (std::vector<Collapse>{{CollapseMode::deterministic, 0.6}}));
}

TEST(Collapse, NamesAreReadBack) {
  for (const CollapseMode mode : collapse_modes) {
    CollapseMode found{};
    EXPECT_TRUE(parse_collapse(collapse_name(mode), found));
    EXPECT_EQ(found, mode);
    EXPECT_FALSE(std::string(collapse_meaning(mode)).empty());
  }
  CollapseMode found{};
  EXPECT_FALSE(parse_collapse("boredom", found));
}

TEST(CollapseWatch, TellsBeginningsAndEnds) {
  CollapseWatch watch;
  const auto with = [&](double posterior, double lock) {
    NeuronFigures none;
    auto shares = collapse_shares(none, {}, settings);
    shares[0].share = posterior;
    shares[4].share = lock;
    return shares;
  };
  EXPECT_TRUE(watch.update(1, with(0.5, 0), settings).empty());
  using Changes = std::vector<CollapseChange>;
  EXPECT_EQ(watch.update(2, with(0.7, 0), settings), (Changes{{2, {CollapseMode::posterior, 0.7}, true}}));
  EXPECT_TRUE(watch.update(3, with(0.9, 0), settings).empty()) << "goes on";
  EXPECT_EQ(watch.update(4, with(0.1, 1), settings),
            (Changes{{4, {CollapseMode::posterior, 0.1}, false}, {4, {CollapseMode::temporal_lock, 1}, true}}));
}

}  // namespace
}  // namespace vdn::diagnostics
