#include <vdn/nn/encoder.hpp>

#include <gtest/gtest.h>

#include <cmath>

#include "support/finite_difference.hpp"

namespace vdn::nn {
namespace {

/// An encoder over B rows with everything random; the functional is a random direction of the context.
struct Rig {
  explicit Rig(const EncoderShape& shape, bool earlier = false, std::size_t rows_ = 5)
      : rows(rows_), encoder(layout, shape) {
    arena = Arena::lay_out([&](ArenaCursor& cursor) { w = encoder.bind<double>(cursor, rows, true, earlier); });
    values = test::numbers(layout.size(), 1, 0.7);
    gradient.resize(layout.size());
    direction = test::numbers(w.context.size(), 2);
    test::fill_numbers(w.x.flat(), 3, 2.0);
    const auto P = static_cast<std::uint32_t>(encoder.windows()), D = static_cast<std::uint32_t>(shape.series);
    for (std::uint32_t r = 0; D > 0 && r < w.series.size(); ++r) w.series[r] = r / P * 2 % D;
    std::copy(direction.begin(), direction.end(), w.dcontext.flat().begin());
  }
  /// In two parts, as threads do.
  void prepare() {
    const std::size_t half = encoder.shape().width / 2;
    encoder.prepare<double>({values}, w, {half, encoder.shape().width});
    encoder.prepare<double>({values}, w, {0, half});
  }
  double loss() {
    prepare();
    encoder.forward<double>({values}, w, {0, rows});
    return test::dot(direction, w.context.flat());
  }
  void differentiate() {
    loss();
    encoder.backward<double>({values}, w, {0, rows});
    TaskList tasks;
    encoder.add_weight_tasks<double>(tasks, w, {gradient});
    test::run_tasks(tasks);
  }
  ConstMatrix<double> weight(const std::string& name) const {
    return ConstParameters<double>{values}.matrix(layout.find("encoder." + name).slot);
  }

  std::size_t rows;
  ParameterLayout layout;
  Encoder encoder;
  Encoder::Workspace<double> w;
  Arena arena;
  std::vector<double> values, gradient, direction;
};

using Row = std::vector<double>;

Row affine(const Rig& rig, const std::string& name, const Row& x) {
  const auto weight = rig.weight(name + ".weight"), bias = rig.weight(name + ".bias");
  Row y(weight.rows);
  for (std::size_t o = 0; o < y.size(); ++o) {
    y[o] = bias(0, o);
    for (std::size_t i = 0; i < x.size(); ++i) y[o] += weight(o, i) * x[i];
  }
  return y;
}

/// W_s (x - trend) + b_s + W_t trend + b_t + e of window row r, the trend by its definition.
Row window_features(const Rig& rig, std::size_t r) {
  const auto x = rig.w.x.row(r);
  const auto L = static_cast<long>(x.size()), width = static_cast<long>(rig.encoder.shape().moving_average);
  Row seasonal(x.size()), trend(x.size());
  for (long t = 0; t < L; ++t) {
    double sum = 0;
    for (long k = t - (width - 1) / 2; k <= t + width / 2; ++k) {
      sum += x[static_cast<std::size_t>(std::clamp(k, 0l, L - 1))];
    }
    const auto at = static_cast<std::size_t>(t);
    trend[at] = sum / static_cast<double>(width);
    seasonal[at] = x[at] - trend[at];
  }
  Row h = affine(rig, "seasonal", seasonal);
  const Row from_trend = affine(rig, "trend", trend);
  for (std::size_t c = 0; c < h.size(); ++c) {
    h[c] += from_trend[c];
    if (rig.encoder.shape().series > 0) h[c] += rig.weight("series")(rig.w.series[r], c);
  }
  return h;
}

Row pair_activation(const Rig& rig, const Row& current, const Row& previous) {
  const std::size_t C = current.size();
  Row triple(3 * C), stable(C), change(C);
  for (std::size_t c = 0; c < C; ++c) {
    change[c] = triple[2 * C + c] = current[c] - previous[c];
    stable[c] = (current[c] + previous[c]) / 2;
    triple[c] = current[c];
    triple[C + c] = previous[c];
  }
  Row a = affine(rig, "persist", stable);
  const Row gate = affine(rig, "gate", triple), innovation = affine(rig, "innovation", change);
  for (std::size_t c = 0; c < C; ++c) a[c] += innovation[c] / (1 + std::exp(-gate[c]));
  return a;
}

Row context(const Rig& rig, std::size_t b, bool earlier = false) {
  const std::size_t P = rig.encoder.windows();
  const Row current = window_features(rig, b * P + (earlier ? 1 : 0));
  Row a = P == 1 ? affine(rig, "persist", current) : pair_activation(rig, current, window_features(rig, b * P + 1));
  const auto C = static_cast<double>(a.size());
  double mean = 0, variance = 0;
  for (double& v : a) mean += (v = 0.5 * v * (1 + std::erf(v / std::sqrt(2.0)))) / C;
  for (const double v : a) variance += (v - mean) * (v - mean) / C;
  for (std::size_t c = 0; c < a.size(); ++c) {
    a[c] = (a[c] - mean) / std::sqrt(variance + 1e-5) * rig.weight("norm.gain")(0, c) + rig.weight("norm.bias")(0, c);
  }
  return a;
}

/// Alone and in pairs, an odd and an even moving average, and one as wide as the window; series told apart or not.
std::vector<EncoderShape> all_shapes() {
  std::vector<EncoderShape> list;
  for (const bool pair : {false, true}) {
    for (const std::size_t width : {1u, 4u, 5u, 12u}) list.push_back({12, 6, width, pair, width == 4 ? 3u : 0u});
  }
  return list;
}

TEST(Encoder, DeclaresItsParameters) {
  const Rig one({12, 6, 5, false}), two({12, 6, 5, true}), told({12, 6, 5, false, 3});
  using Shapes = std::vector<std::string>;
  EXPECT_EQ(test::shapes(one.layout),
            (Shapes{"encoder.seasonal.weight 6x12", "encoder.seasonal.bias 1x6", "encoder.trend.weight 6x12",
                    "encoder.trend.bias 1x6", "encoder.persist.weight 6x6", "encoder.persist.bias 1x6",
                    "encoder.norm.gain 1x6", "encoder.norm.bias 1x6"}));
  EXPECT_EQ(two.encoder.windows(), 2u);
  EXPECT_EQ(two.layout.find("encoder.gate.weight").slot.cols, 18u);
  EXPECT_EQ(two.layout.find("encoder.innovation.weight").slot.cols, 6u);
  EXPECT_EQ(two.layout.entries().size(), one.layout.entries().size() + 4);
  EXPECT_EQ(test::shapes(told.layout).back(), "encoder.series 3x6");
}

TEST(Encoder, ForwardIsTheFormula) {
  for (const auto& shape : all_shapes()) {
    SCOPED_TRACE(testing::Message() << "pair " << shape.pair << ", moving average " << shape.moving_average);
    Rig rig(shape);
    rig.loss();
    for (std::size_t b = 0; b < rig.rows; ++b) {
      const Row want = context(rig, b);
      for (std::size_t c = 0; c < want.size(); ++c) EXPECT_NEAR(rig.w.context(b, c), want[c], 1e-11);
    }
  }
}

TEST(Encoder, GradientsAreFiniteDifferences) {
  for (const auto& shape : all_shapes()) {
    SCOPED_TRACE(testing::Message() << "pair " << shape.pair << ", moving average " << shape.moving_average);
    Rig rig(shape);
    rig.differentiate();
    test::expect_parameter_slopes(rig.layout, rig.values, rig.gradient, [&] { return rig.loss(); });
  }
}

TEST(Encoder, TheEarlierContextIsThatOfThePairOfEarlierWindows) {
  Rig rig({12, 6, 5, true}, true), alone({12, 6, 5, true});
  rig.loss();
  alone.loss();
  for (std::size_t b = 0; b < rig.rows; ++b) {
    EXPECT_EQ(test::copy(rig.w.context.row(b)), test::copy(alone.w.context.row(b)));
    const Row want = context(rig, b, true);
    for (std::size_t c = 0; c < want.size(); ++c) EXPECT_NEAR(rig.w.context(rig.rows + b, c), want[c], 1e-11);
  }
}

TEST(Encoder, GradientsThroughBothContextsAreFiniteDifferences) {
  for (const std::size_t width : {4u, 5u}) {
    Rig rig({12, 6, width, true, 3}, true);
    rig.differentiate();
    test::expect_parameter_slopes(rig.layout, rig.values, rig.gradient, [&] { return rig.loss(); });
  }
}

TEST(Encoder, RowsInBlocksGiveTheBitsOfOneBlock) {
  for (const auto& [pair, earlier] : {std::pair{false, false}, std::pair{true, false}, std::pair{true, true}}) {
    Rig whole({12, 6, 5, pair}, earlier), parts({12, 6, 5, pair}, earlier);
    whole.differentiate();
    parts.prepare();
    for (const Range block : {Range{3, 5}, Range{0, 1}, Range{1, 3}}) {
      parts.encoder.forward<double>({parts.values}, parts.w, block);
      parts.encoder.backward<double>({parts.values}, parts.w, block);
    }
    EXPECT_EQ(test::copy(whole.w.context.flat()), test::copy(parts.w.context.flat()));
    EXPECT_EQ(test::copy(whole.w.dh.flat()), test::copy(parts.w.dh.flat()));
    EXPECT_EQ(test::copy(whole.w.dactivation.flat()), test::copy(parts.w.dactivation.flat()));
  }
}

// Two equal windows leave nothing to innovate: the gate's weights cannot matter.
TEST(Encoder, EqualWindowsOfAPairMeetOnlyTheBiasOfTheInnovation) {
  Rig rig({12, 6, 5, true});
  for (std::size_t b = 0; b < rig.rows; ++b) std::ranges::copy(rig.w.x.row(2 * b), rig.w.x.row(2 * b + 1).begin());
  const Slot bias = rig.layout.find("encoder.innovation.bias").slot;
  std::fill_n(rig.values.begin() + static_cast<std::ptrdiff_t>(bias.offset), bias.size(), 0.0);
  const double before = rig.loss();
  const Slot gate = rig.layout.find("encoder.gate.weight").slot;
  test::fill_numbers(std::span(rig.values).subspan(gate.offset, gate.size()), 9);
  EXPECT_EQ(rig.loss(), before);
}

}  // namespace
}  // namespace vdn::nn
