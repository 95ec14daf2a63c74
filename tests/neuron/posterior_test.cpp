#include <vdn/neuron/posterior.hpp>

#include <gtest/gtest.h>

#include <cmath>

#include "support/finite_difference.hpp"

namespace vdn::neuron {
namespace {

constexpr std::size_t B = 5, C = 4, N = 3, K = 2;
constexpr SigmaMode modes[] = {SigmaMode::scalar, SigmaMode::per_unit, SigmaMode::per_unit_input};

/// The functional is a random direction of mu and sigma.
struct Rig {
  explicit Rig(SigmaMode mode) : posterior(layout, "q", {C, N, K, mode, 0.5}) {
    arena = Arena::lay_out([this](ArenaCursor& cursor) {
      w = posterior.bind<double>(cursor, B, true);
      context = cursor.matrix<double>(B, C);
      w.context = context;
      w.dcontext = cursor.matrix<double>(B, C);
    });
    values = test::numbers(layout.size(), 1, 0.7);
    gradient.resize(layout.size());
    test::fill_numbers(context.flat(), 2);
    test::fill_numbers(w.dmu.flat(), 3);
    test::fill_numbers(w.dsigma.flat(), 4);
  }
  double loss() {
    posterior.forward<double>({values}, w, {0, B});
    return test::dot(w.dmu.flat(), w.mu.flat()) + test::dot(w.dsigma.flat(), w.sigma.flat());
  }
  void differentiate() {
    loss();
    posterior.backward<double>({values}, w, {0, B});
    TaskList tasks;
    posterior.add_weight_tasks<double>(tasks, {values}, w, {gradient});
    test::run_tasks(tasks);
  }
  Slot slot(const std::string& name) const { return layout.find("q." + name).slot; }
  std::span<double> value(const std::string& name) { return Parameters<double>{values}.vector(slot(name)); }

  ParameterLayout layout;
  Posterior posterior;
  Posterior::Workspace<double> w;
  Matrix<double> context;
  Arena arena;
  std::vector<double> values, gradient;
};

double affine(Rig& rig, const std::string& name, std::size_t b, std::size_t o) {
  double sum = rig.value(name + ".bias")[o];
  for (std::size_t c = 0; c < C; ++c) sum += rig.value(name + ".weight")[o * C + c] * rig.context(b, c);
  return sum;
}

TEST(Posterior, DeclaresItsParametersByMode) {
  using Shapes = std::vector<std::string>;
  const Shapes mu{"q.mu.weight 6x4", "q.mu.bias 1x6"};
  const auto with = [&](Shapes more) {
    more.insert(more.begin(), mu.begin(), mu.end());
    return more;
  };
  EXPECT_EQ(test::shapes(Rig(SigmaMode::scalar).layout), with({"q.log_sigma 1x1"}));
  EXPECT_EQ(test::shapes(Rig(SigmaMode::per_unit).layout), with({"q.log_sigma 1x6"}));
  EXPECT_EQ(test::shapes(Rig(SigmaMode::per_unit_input).layout), with({"q.sigma.weight 6x4", "q.sigma.bias 1x6"}));
}

TEST(Posterior, SigmaStartsWhereItIsTold) {
  for (const SigmaMode mode : modes) {
    Rig rig(mode);
    initialise<double>(rig.layout, 3, rig.values);
    std::fill(rig.context.flat().begin(), rig.context.flat().end(), 0.0);
    rig.loss();
    for (const double sigma : rig.w.sigma.flat()) EXPECT_NEAR(sigma, 0.5, 1e-15);
  }
}

TEST(Posterior, ForwardIsTheFormula) {
  for (const SigmaMode mode : modes) {
    Rig rig(mode);
    rig.loss();
    for (std::size_t b = 0; b < B; ++b) {
      for (std::size_t o = 0; o < N * K; ++o) {
        EXPECT_NEAR(rig.w.mu(b, o), affine(rig, "mu", b, o), 1e-14);
        const double log_sigma = mode == SigmaMode::per_unit_input
                                     ? affine(rig, "sigma", b, o)
                                     : rig.value("log_sigma")[mode == SigmaMode::scalar ? 0 : o];
        EXPECT_NEAR(rig.w.sigma(b, o), std::exp(log_sigma), 1e-13);
      }
    }
  }
}

TEST(Posterior, GradientsAreFiniteDifferences) {
  for (const SigmaMode mode : modes) {
    SCOPED_TRACE(static_cast<int>(mode));
    Rig rig(mode);
    rig.differentiate();
    const auto loss = [&] { return rig.loss(); };
    test::expect_parameter_slopes(rig.layout, rig.values, rig.gradient, loss);
    test::expect_slopes(rig.context.flat(), rig.w.dcontext.flat(), loss, "context");
  }
}

TEST(Posterior, LogSigmaIsClampedAndHasNoGradientOutside) {
  for (const SigmaMode mode : modes) {
    for (const double sign : {-1.0, 1.0}) {
      SCOPED_TRACE(testing::Message() << static_cast<int>(mode) << " " << sign);
      Rig rig(mode);
      const std::string name = mode == SigmaMode::per_unit_input ? "sigma.bias" : "log_sigma";
      std::ranges::fill(rig.value(name), sign * 50.0);
      rig.differentiate();
      for (const double sigma : rig.w.sigma.flat()) EXPECT_NEAR(sigma, sign < 0 ? 1e-4 : 10.0, 1e-12);
      for (const double g : Parameters<double>{rig.gradient}.vector(rig.slot(name))) EXPECT_EQ(g, 0.0);
    }
  }
}

TEST(Posterior, OneClampedNeuronLeavesTheOthersTheirGradient) {
  Rig rig(SigmaMode::per_unit);
  rig.value("log_sigma")[1] = -20.0;
  rig.differentiate();
  const auto gradient = Parameters<double>{rig.gradient}.vector(rig.slot("log_sigma"));
  EXPECT_EQ(gradient[1], 0.0);
  for (const std::size_t o : {0u, 2u, 3u, 4u, 5u}) EXPECT_NE(gradient[o], 0.0);
}

TEST(Posterior, RowsInBlocksGiveTheBitsOfOneBlock) {
  for (const SigmaMode mode : modes) {
    Rig whole(mode), parts(mode);
    whole.differentiate();
    for (const Range block : {Range{3, 5}, Range{0, 1}, Range{1, 3}}) {
      parts.posterior.forward<double>({parts.values}, parts.w, block);
      parts.posterior.backward<double>({parts.values}, parts.w, block);
    }
    EXPECT_EQ(test::copy(whole.w.mu.flat()), test::copy(parts.w.mu.flat()));
    EXPECT_EQ(test::copy(whole.w.sigma.flat()), test::copy(parts.w.sigma.flat()));
    EXPECT_EQ(test::copy(whole.w.dcontext.flat()), test::copy(parts.w.dcontext.flat()));
  }
}

}  // namespace
}  // namespace vdn::neuron
