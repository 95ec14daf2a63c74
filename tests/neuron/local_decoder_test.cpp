#include <vdn/neuron/local_decoder.hpp>

#include <gtest/gtest.h>

#include <cmath>

#include "neuron/layer_rig.hpp"

namespace vdn::neuron {
namespace {

constexpr double weight = 2.5;

/// N neurons (more than one tile of 16) of K dimensions over C columns, B rows, S draws.
struct Rig {
  explicit Rig(std::size_t neurons = 19, std::size_t dims = 2)
      : N(neurons), K(dims), decoder(layout, "n", C, neurons, dims) {
    arena = Arena::lay_out([this](ArenaCursor& cursor) {
      w = decoder.bind<double>(cursor, B, S);
      context = cursor.matrix<double>(B, C);
      z = cursor.matrix<double>(B * S, N * K);
      dz = cursor.matrix<double>(B * S, N * K);
      w.context = context;
      w.z = z;
    });
    values = test::numbers(layout.size(), 1, 0.7);
    gradient.resize(layout.size());
    test::fill_numbers(context.flat(), 2);
    test::fill_numbers(z.flat(), 3);
  }
  double squared_error(std::size_t b, std::size_t s, std::size_t i) const {
    const ConstParameters<double> p{values};
    const auto D = p.matrix(layout.find("n.decoder.weight").slot), d = p.matrix(layout.find("n.decoder.bias").slot);
    double sum = 0;
    for (std::size_t c = 0; c < C; ++c) {
      double residual = context(b, c) - d(i, c);
      for (std::size_t k = 0; k < K; ++k) residual -= z(b * S + s, i * K + k) * D(i * K + k, c);
      sum += residual * residual;
    }
    return sum;
  }
  double loss() const {
    double sum = 0;
    for (std::size_t b = 0; b < B; ++b) {
      for (std::size_t s = 0; s < S; ++s) {
        for (std::size_t i = 0; i < N; ++i) sum += squared_error(b, s, i);
      }
    }
    return weight * sum / static_cast<double>(B * S * N * C);
  }
  void forward(Range rows = {0, B}) {
    decoder.prepare<double>({values}, w);
    decoder.forward<double>({values}, w, rows);
  }
  void differentiate(std::size_t threads) {
    forward();
    std::ranges::fill(dz.flat(), 0.0);
    decoder.backward<double>(w, {0, B}, weight, dz);
    TaskList tasks;
    decoder.add_weight_tasks<double>(tasks, {values}, w, weight, {gradient});
    test::run_tasks(tasks, threads);
  }

  static constexpr std::size_t B = 4, S = 3, C = 5;
  std::size_t N, K;
  ParameterLayout layout;
  LocalDecoder decoder;
  LocalDecoder::Workspace<double> w;
  Matrix<double> context, z, dz;
  Arena arena;
  std::vector<double> values, gradient;
};

TEST(LocalDecoder, DeclaresItsParameters) {
  EXPECT_EQ(test::shapes(Rig().layout), (std::vector<std::string>{"n.decoder.weight 38x5", "n.decoder.bias 19x5"}));
}

TEST(LocalDecoder, ErrorIsTheSumItNeverForms) {
  for (const std::size_t dims : {1u, 2u, 4u}) {
    Rig rig(3, dims);
    rig.forward();
    for (std::size_t b = 0; b < Rig::B; ++b) {
      for (std::size_t i = 0; i < 3; ++i) {
        double want = 0;
        for (std::size_t s = 0; s < Rig::S; ++s) want += rig.squared_error(b, s, i) / (Rig::S * Rig::C);
        EXPECT_NEAR(rig.w.error(b, i), want, 1e-13);
      }
    }
  }
}

TEST(LocalDecoder, GradientsAreFiniteDifferencesOfTheBruteForceError) {
  for (const std::size_t dims : {1u, 2u}) {
    Rig rig(19, dims);
    rig.differentiate(2);
    const auto loss = [&] { return rig.loss(); };
    test::expect_parameter_slopes(rig.layout, rig.values, rig.gradient, loss);
    test::expect_slopes(rig.z.flat(), rig.dz.flat(), loss, "z");
  }
}

TEST(LocalDecoder, BackwardAddsToWhatIsThere) {
  Rig rig;
  rig.differentiate(1);
  const auto once = test::copy(rig.dz.flat());
  rig.decoder.backward<double>(rig.w, {0, Rig::B}, weight, rig.dz);
  for (std::size_t i = 0; i < once.size(); ++i) EXPECT_NEAR(rig.dz.flat()[i], 2 * once[i], 1e-15);
}

TEST(LocalDecoder, ThreadsAndBlocksGiveTheSameBits) {
  Rig one, two;
  one.differentiate(1);
  two.differentiate(2);
  EXPECT_EQ(one.gradient, two.gradient);
  for (const Range block : {Range{2, 4}, Range{0, 1}, Range{1, 2}}) two.forward(block);
  EXPECT_EQ(test::copy(one.w.error.flat()), test::copy(two.w.error.flat()));
}

LayerRig decoding_layer() {
  LayerShape shape = layer_shape(4, 3, 2);
  shape.local_decoder = true;
  shape.local_decoder_weight = weight;
  return {shape, 5, 3};
}

TEST(LocalDecoder, TheLayersReconstructionIsTheMeanError) {
  LayerRig rig = decoding_layer();
  rig.forward();
  double sum = 0;
  for (const double error : rig.w.decoder.error.flat()) sum += error / 15;
  EXPECT_NEAR(rig.layer.reconstruction<double>(rig.w), sum, 1e-14);
  LayerRig plain(layer_shape(4, 3, 2), 5, 3);
  plain.forward();
  EXPECT_EQ(plain.layer.reconstruction<double>(plain.w), 0.0);
}

// What is reconstructed counts as a constant: only the way through z teaches the context.
TEST(LocalDecoder, ThroughALayerTheContextLearnsFromZAlone) {
  LayerRig rig = decoding_layer();
  const auto target = test::copy(rig.context.flat());
  const auto loss = [&] {
    const auto moved = test::copy(rig.context.flat());
    rig.layer.forward<double>({rig.values}, rig.w, {0, rig.rows});  // z of the moved context
    const auto z = test::copy(rig.w.z.flat());
    double sum = rig.loss();
    std::ranges::copy(target, rig.context.flat().begin());
    const ConstParameters<double> p{rig.values};
    const auto D = p.matrix(rig.layout.find("neuron.decoder.weight").slot);
    const auto d = p.matrix(rig.layout.find("neuron.decoder.bias").slot);
    for (std::size_t r = 0; r < 15; ++r) {
      for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t c = 0; c < 4; ++c) {
          const double recon = d(i, c) + z[r * 6 + 2 * i] * D(2 * i, c) + z[r * 6 + 2 * i + 1] * D(2 * i + 1, c);
          sum += weight * std::pow(target[r / 3 * 4 + c] - recon, 2) / (15 * 3 * 4);
        }
      }
    }
    std::ranges::copy(moved, rig.context.flat().begin());
    return sum;
  };
  rig.differentiate();
  test::expect_slopes(rig.context.flat(), rig.dcontext.flat(), loss, "context");
  test::expect_parameter_slopes(rig.layout, rig.values, rig.gradient, loss);
}

}  // namespace
}  // namespace vdn::neuron
