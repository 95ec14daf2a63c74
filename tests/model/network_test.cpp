#include <vdn/model/network.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "support/finite_difference.hpp"
#include "support/small_data.hpp"

namespace vdn {
namespace {

Settings small(MixtureWeights weights = MixtureWeights::per_draw) {
  Settings s = test::small_settings();
  s.weights = weights;
  s.start_at_zero = false;
  s.line = LineMode::frozen;
  s.dims = 2;
  s.neurons = 5;
  return s;
}

/// A network over B rows in double, everything random; the loss is mean NLL + sum_i beta_i mean KL_i.
struct Rig {
  static constexpr std::size_t B = 6;
  explicit Rig(const Settings& s) : network(s, 3) {
    arena = Arena::lay_out([&](ArenaCursor& cursor) { w = network.bind<double>(cursor, B, s.draws, true); });
    values = test::numbers(network.layout().size(), 1, 0.5);
    gradient.resize(values.size());
    kl_weight = test::numbers(s.neurons, 2);
    test::fill_numbers(w.encoder.x.flat(), 3);
    for (std::size_t r = 0; r < w.encoder.series.size(); ++r)
      w.encoder.series[r] = static_cast<std::uint32_t>(r / 2 % 3);
    test::fill_numbers(w.offset.flat(), 4);
    test::fill_numbers(w.target.flat(), 5);
    test::fill_numbers(w.neurons.eps.flat(), 6, 2.0);
    test::fill_numbers(w.neurons.ar1.earlier_eps.flat(), 7, 2.0);
    test::fill_numbers(w.neurons.hierarchical.eps.flat(), 8, 2.0);
    w.neurons.ar1.weight = s.ar_weight;
    std::ranges::fill(w.head.mask.flat(), 1.0);
    std::ranges::fill(w.observed.flat(), std::uint8_t{1});
    for (std::size_t b = 0; b < B; ++b) w.factor[b] = 0.5 + 0.2 * static_cast<double>(b);
    w.observed(2, 1) = 0;
    w.target(2, 1) = std::numeric_limits<double>::quiet_NaN();
  }
  void forward(Range rows = {0, B}) {
    Scheduler two(2);
    network.prepare<double>({values}, w, two);
    network.forward<double>({values}, w, rows);
  }
  double loss() {
    forward();
    std::vector<double> nll(B);
    kernels::mixture_nll<double>(network.settings().objective, w.mixture({0, B}), nll);
    double sum = 0;
    for (std::size_t b = 0; b < B; ++b) sum += nll[b] / B + test::dot(kl_weight, w.neurons.kl.row(b));
    const double mean_weight = std::accumulate(kl_weight.begin(), kl_weight.end(), 0.0) / double(kl_weight.size());
    sum += mean_weight * B * network.neurons().macro_kl<double>(w.neurons);
    return sum + w.neurons.ar1.weight * network.neurons().persistence<double>(w.neurons);
  }
  void differentiate() {
    forward();
    network.backward<double>({values}, w, kl_weight, {0, B});
    TaskList tasks;
    network.add_weight_tasks<double>(tasks, {values}, w, {gradient});
    test::run_tasks(tasks, 2);
  }

  Network network;
  Network::Workspace<double> w;
  Arena arena;
  std::vector<double> values, gradient, kl_weight;
};

constexpr MixtureWeights all_weights[] = {MixtureWeights::uniform, MixtureWeights::per_draw, MixtureWeights::score};

TEST(Network, MeanAndScaleUndoTheWindow) {
  Settings s = small();
  s.scale_floor = 0.2;
  s.scale_cap = 0.9;
  Rig rig(s);
  rig.forward();
  bool capped = false;
  for (std::size_t b = 0; b < Rig::B; ++b) {
    for (std::size_t draw = 0; draw < s.draws; ++draw) {
      const std::size_t r = b * s.draws + draw;
      for (std::size_t i = 0; i < s.components * s.horizon; ++i) {
        const std::size_t j = r * s.components + i / s.horizon, h = i % s.horizon;
        const double scale = rig.w.factor[b] * std::log1p(std::exp(rig.w.head.rho(r, i))) + 0.2;
        EXPECT_NEAR(rig.w.mean(j, h), rig.w.offset(b, h) + rig.w.factor[b] * rig.w.head.out(r, i), 1e-13);
        EXPECT_NEAR(rig.w.scale(j, h), std::min(scale, 0.9), 1e-13);
        capped = capped || scale > 0.9;
      }
    }
  }
  EXPECT_TRUE(capped);
}

TEST(Network, WeightsAreASoftmaxWithinADrawOrAcrossAll) {
  for (const MixtureWeights weights : all_weights) {
    const Settings s = small(weights);
    const std::size_t M = s.components, S = s.draws;
    Rig rig(s);
    rig.forward();
    for (std::size_t b = 0; b < Rig::B; ++b) {
      double all = 0;
      std::vector<double> of_draw(S);
      for (std::size_t j = 0; j < S * M; ++j) {
        const double e = std::exp(rig.w.head.score(b * S + j / M, j % M));
        all += e;
        of_draw[j / M] += e;
      }
      for (std::size_t j = 0; j < S * M; ++j) {
        const double e = std::exp(rig.w.head.score(b * S + j / M, j % M));
        const double want = weights == MixtureWeights::uniform    ? 1.0 / static_cast<double>(S * M)
                            : weights == MixtureWeights::per_draw ? e / of_draw[j / M] / static_cast<double>(S)
                                                                  : e / all;
        EXPECT_NEAR(std::exp(rig.w.log_weight(b, j)), want, 1e-13);
      }
    }
  }
}

TEST(Network, GradientsAreFiniteDifferences) {
  for (const MixtureWeights weights : all_weights) {
    for (const bool pair : {false, true}) {
      SCOPED_TRACE(testing::Message() << "weights " << static_cast<int>(weights) << ", pair " << pair);
      Settings s = small(weights);
      s.pair = pair;
      s.scale_cap = 1.2;
      Rig rig(s);
      rig.differentiate();
      test::expect_parameter_slopes(
          rig.network.layout(), rig.values, rig.gradient, [&] { return rig.loss(); }, 1e-6);
    }
  }
}

TEST(Network, GradientsThroughStudentsTAreFiniteDifferences) {
  for (const MixtureWeights weights : all_weights) {
    for (const auto objective : {kernels::Objective::marginal, kernels::Objective::mixed}) {
      SCOPED_TRACE(testing::Message() << "weights " << static_cast<int>(weights));
      Settings s = small(weights);
      s.tail = 3;
      s.objective = objective;
      s.line = LineMode::tuned;
      Rig rig(s);
      rig.differentiate();
      test::expect_parameter_slopes(
          rig.network.layout(), rig.values, rig.gradient, [&] { return rig.loss(); }, 1e-6);
    }
  }
}

TEST(Network, StudentsTIsThreeNormalsOfOneMeanAboveTheFloor) {
  Settings s = small(MixtureWeights::score);
  const std::size_t J = s.draws * s.components, H = s.horizon;
  s.scale_floor = .3;
  Rig normal(s);
  normal.forward();
  s.tail = 4;
  Rig student(s);
  student.forward();
  const kernels::MixtureNodes nodes = student.w.mixture({0, Rig::B}).nodes;
  EXPECT_EQ(nodes.scale, nn::student_nodes(4).scale);
  ASSERT_EQ(student.network.normals(), 3 * s.components);
  for (std::size_t b = 0; b < Rig::B; ++b) {
    for (std::size_t j = 0; j < J; ++j) {
      EXPECT_EQ(student.w.log_weight(b, j), normal.w.log_weight(b, j));
      for (std::size_t h = 0; h < H; ++h) {
        EXPECT_EQ(student.w.mean(b * J + j, h), normal.w.mean(b * J + j, h));
        const double softplus = normal.w.scale(b * J + j, h) - .3, scale = student.w.scale(b * J + j, h);
        EXPECT_NEAR(scale, softplus + .3 / nodes.scale[0], 1e-12);
        EXPECT_GE(nodes.scale[0] * scale, .3 - 1e-12);
      }
    }
  }
}

// Its change of the line is the same for every component, and reads the present window alone.
TEST(Network, GradientsOfATunedLineAreFiniteDifferences) {
  for (const bool pair : {false, true}) {
    Settings s = small();
    s.line = LineMode::tuned;
    s.pair = pair;
    Rig rig(s);
    rig.differentiate();
    test::expect_parameter_slopes(
        rig.network.layout(), rig.values, rig.gradient, [&] { return rig.loss(); }, 1e-6);
  }
}

TEST(Network, ATunedLineMovesAllMeansByItsProductWithTheWindow) {
  Settings s = small();
  s.pair = true;
  Rig frozen(s);
  s.line = LineMode::tuned;
  Rig tuned(s);
  ASSERT_GT(tuned.values.size(), frozen.values.size());
  std::ranges::copy(frozen.values, tuned.values.begin());  // the change is declared last
  frozen.forward();
  for (int twice = 0; twice < 2; ++twice) tuned.forward();  // it does not add up
  const auto& layout = tuned.network.layout();
  const ConstParameters<double> p{tuned.values};
  const auto weight = p.matrix(layout.find("line.change.weight").slot);
  const auto bias = p.vector(layout.find("line.change.bias").slot);
  const std::size_t J = s.draws * s.components;
  for (std::size_t j = 0; j < Rig::B * J; ++j) {
    const std::size_t b = j / J;
    for (std::size_t h = 0; h < s.horizon; ++h) {
      const double change = test::dot(weight.row(h), tuned.w.encoder.x.row(2 * b)) + bias[h];
      EXPECT_NEAR(tuned.w.mean(j, h), frozen.w.mean(j, h) + tuned.w.factor[b] * change, 1e-12);
    }
  }
}

/// Every prior, K = 1 and 3.
std::vector<Settings> priors() {
  std::vector<Settings> list;
  for (const std::size_t dims : {1u, 3u}) {
    Settings s = small();
    s.dims = dims;
    s.ar_weight = 0.3;
    s.prior = Prior::hierarchical;
    s.macro_dims = 3;
    list.push_back(s);
    s.prior = Prior::ar1;
    s.learn_phi = dims == 3;
    for (const ArForm form : {ArForm::mean, ArForm::draws, ArForm::kl}) {
      s.ar_form = form;
      list.push_back(s);
    }
  }
  return list;
}

TEST(Network, GradientsUnderEveryPriorAreFiniteDifferences) {
  for (const Settings& s : priors()) {
    SCOPED_TRACE(testing::Message() << "prior " << static_cast<int>(s.prior) << ", form " << static_cast<int>(s.ar_form)
                                    << ", K " << s.dims);
    Rig rig(s);
    EXPECT_EQ(rig.network.encoder().windows(), s.prior == Prior::ar1 ? 2u : 1u);
    rig.differentiate();
    test::expect_parameter_slopes(
        rig.network.layout(), rig.values, rig.gradient, [&] { return rig.loss(); }, 1e-6);
  }
}

TEST(Network, TellsSeriesApartWhereThereAreSeveralAndNotTooMany) {
  Settings s = small();
  s.tells_series = true;
  const auto told = [&](std::size_t series) { return Network(s, series).encoder().shape().series; };
  EXPECT_EQ(told(1), 0u);
  EXPECT_EQ(told(2), 2u);
  EXPECT_EQ(told(Network::most_told_series), Network::most_told_series);
  EXPECT_EQ(told(Network::most_told_series + 1), 0u);
  s.tells_series = false;
  EXPECT_EQ(told(2), 0u);
}

TEST(Network, TheDeviationOfAr1IsMeasuredByTheBands) {
  Settings s = small();
  s.prior = Prior::ar1;
  s.band_target = 0.05;
  // 0.8 sqrt(0.05 sqrt(0.8 * 1.6))
  EXPECT_NEAR(Network(s, 0).neurons().shape().ar1.tau, 0.8 * std::sqrt(0.05 * std::sqrt(1.28)), 1e-12);
  s.tau_factor = 1e-3;
  EXPECT_EQ(Network(s, 0).neurons().shape().ar1.tau, 0.03);
}

TEST(Network, RowsInBlocksGiveTheBitsOfOneBlock) {
  Rig whole(small()), parts(small());
  whole.differentiate();
  for (const Range block : {Range{4, 6}, Range{0, 1}, Range{1, 4}}) {
    parts.forward(block);
    parts.network.backward<double>({parts.values}, parts.w, parts.kl_weight, block);
  }
  EXPECT_EQ(test::copy(whole.w.nll), test::copy(parts.w.nll));
  EXPECT_EQ(test::copy(whole.w.mean.flat()), test::copy(parts.w.mean.flat()));
  EXPECT_EQ(test::copy(whole.w.encoder.dh.flat()), test::copy(parts.w.encoder.dh.flat()));
  TaskList tasks;
  parts.network.add_weight_tasks<double>(tasks, {parts.values}, parts.w, {parts.gradient});
  test::run_tasks(tasks);
  EXPECT_EQ(whole.gradient, parts.gradient);
}

TEST(Network, ForwardHeadIsTheSecondHalfOfForward) {
  Rig rig(small());
  rig.forward();
  const auto mean = test::copy(rig.w.mean.flat());
  std::ranges::fill(rig.w.mean.flat(), 0.0);
  rig.network.forward_head<double>({rig.values}, rig.w, {0, Rig::B});
  EXPECT_EQ(test::copy(rig.w.mean.flat()), mean);
}

TEST(Network, TheDeterministicTwinIgnoresTheNoise) {
  Rig rig(with_twin(small(), Twin::deterministic));
  for (std::size_t b = 0; b < Rig::B; ++b) rig.network.neurons().fill_noise<double>(rig.w.neurons, b, {});
  rig.forward();
  EXPECT_EQ(test::copy(rig.w.neurons.z.flat()), test::copy(rig.w.neurons.posterior.mu.flat()));
  for (const double kl : rig.w.neurons.kl.flat()) EXPECT_EQ(kl, 0.0);
}

}  // namespace
}  // namespace vdn
