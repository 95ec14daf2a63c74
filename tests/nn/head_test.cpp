#include <vdn/nn/head.hpp>

#include <gtest/gtest.h>

#include <cmath>

#include "support/finite_difference.hpp"

namespace vdn::nn {
namespace {

HeadShape small_shape(ScaleMode scale = ScaleMode::per_input) {
  HeadShape shape;
  shape.neurons = 7;
  shape.width = 5;
  shape.horizon = 3;
  shape.components = 2;
  shape.scale = scale;
  shape.dropout = 0.4;
  return shape;
}

/// A head over R draw rows, in training; the functional is a random direction of out, rho and score.
struct Rig {
  explicit Rig(const HeadShape& shape, std::size_t rows_ = 6) : rows(rows_), head(layout, shape) {
    arena = Arena::lay_out([this, &shape](ArenaCursor& cursor) {
      w = head.bind<double>(cursor, rows, true);
      w.activity = cursor.matrix<double>(rows, shape.neurons);
    });
    values = test::numbers(layout.size(), 1, 0.7);
    gradient.resize(layout.size());
    test::fill_numbers(w.activity.flat(), 2, 3.0);
    for (std::size_t r = 0; r < rows; ++r) head.fill_mask<double>(w, r, key(r), true);
    set_directions();
  }
  static kernels::DrawKey key(std::size_t row) {
    return {stream_key(3, Purpose::dropout), 0, 40, static_cast<std::uint32_t>(row)};
  }
  void set_directions() {
    test::fill_numbers(w.dout.flat(), 3);
    test::fill_numbers(w.drho.flat(), 4);
    test::fill_numbers(w.dscore.flat(), 5);
  }
  double loss() {
    head.forward<double>({values}, w, {0, rows});
    return test::dot(test::numbers(w.out.size(), 3), w.out.flat()) +
           test::dot(test::numbers(w.rho.size(), 4), w.rho.flat()) +
           test::dot(test::numbers(w.score.size(), 5), w.score.flat());
  }
  void differentiate() {
    loss();
    head.backward<double>({values}, w, {0, rows});
    TaskList tasks;
    head.add_weight_tasks<double>(tasks, w, {gradient});
    test::run_tasks(tasks);
  }
  ConstMatrix<double> weight(const std::string& name) const {
    return ConstParameters<double>{values}.matrix(layout.find("head." + name).slot);
  }

  std::size_t rows;
  ParameterLayout layout;
  SampleWiseHead head;
  SampleWiseHead::Workspace<double> w;
  Arena arena;
  std::vector<double> values, gradient;
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

struct Output {
  Row out, rho, score;
};

Output direct(const Rig& rig, std::size_t r) {
  const auto activity = rig.w.activity.row(r);
  const auto N = static_cast<double>(activity.size());
  Row a, normed;
  double mean = 0, variance = 0;
  for (const double v : activity) a.push_back(v / std::sqrt(N));
  for (const double v : a) mean += v / N;
  for (const double v : a) variance += (v - mean) * (v - mean) / N;
  for (std::size_t i = 0; i < a.size(); ++i) {
    normed.push_back((a[i] - mean) / std::sqrt(variance + 1e-5) * rig.weight("norm.gain")(0, i) +
                     rig.weight("norm.bias")(0, i));
  }
  Row q = affine(rig, "hidden", normed);
  for (std::size_t i = 0; i < q.size(); ++i) q[i] *= rig.w.mask(r, i) * 0.5 * (1 + std::erf(q[i] / std::sqrt(2.0)));
  Output o{affine(rig, "base", a), {}, affine(rig, "score", q)};
  const Row gate = affine(rig, "gate", q), delta = affine(rig, "delta", q);
  for (std::size_t i = 0; i < o.out.size(); ++i) o.out[i] += delta[i] / (1 + std::exp(-gate[i]));
  if (rig.head.shape().scale == ScaleMode::per_input) {
    o.rho = affine(rig, "rho", q);
  } else {
    const auto rho = rig.weight("rho").row(0);
    o.rho.assign(rho.begin(), rho.end());
  }
  return o;
}

TEST(Head, DeclaresItsParameters) {
  const Rig input(small_shape()), step(small_shape(ScaleMode::per_step));
  using Shapes = std::vector<std::string>;
  Shapes want{"head.norm.gain 1x7",   "head.norm.bias 1x7", "head.hidden.weight 5x7", "head.hidden.bias 1x5",
              "head.base.weight 6x7", "head.base.bias 1x6", "head.delta.weight 6x5",  "head.delta.bias 1x6",
              "head.gate.weight 6x5", "head.gate.bias 1x6", "head.score.weight 2x5",  "head.score.bias 1x2",
              "head.rho.weight 6x5",  "head.rho.bias 1x6"};
  EXPECT_EQ(test::shapes(input.layout), want);
  want.resize(want.size() - 2);
  want.push_back("head.rho 1x6");
  EXPECT_EQ(test::shapes(step.layout), want);
  EXPECT_EQ(step.head.rho().offset, step.layout.find("head.rho").slot.offset);
  EXPECT_EQ(input.layout.find("head.rho.bias").initial.value, -1.0);
  EXPECT_EQ(step.layout.find("head.rho").initial.value, -1.0);
}

TEST(Head, ForwardIsTheFormula) {
  for (const ScaleMode scale : {ScaleMode::per_step, ScaleMode::per_input}) {
    Rig rig(small_shape(scale));
    rig.loss();
    for (std::size_t r = 0; r < rig.rows; ++r) {
      const Output want = direct(rig, r);
      for (std::size_t i = 0; i < 6; ++i) {
        EXPECT_NEAR(rig.w.out(r, i), want.out[i], 1e-12);
        EXPECT_NEAR(rig.w.rho(r, i), want.rho[i], 1e-12);
      }
      for (std::size_t m = 0; m < 2; ++m) EXPECT_NEAR(rig.w.score(r, m), want.score[m], 1e-12);
    }
  }
}

TEST(Head, GradientsAreFiniteDifferences) {
  for (const ScaleMode scale : {ScaleMode::per_step, ScaleMode::per_input}) {
    Rig rig(small_shape(scale));
    rig.differentiate();
    const auto loss = [&] { return rig.loss(); };
    test::expect_parameter_slopes(rig.layout, rig.values, rig.gradient, loss);
    test::expect_slopes(rig.w.activity.flat(), rig.w.dactivity.flat(), loss, "activity");
  }
}

TEST(Head, RowsInBlocksGiveTheBitsOfOneBlock) {
  Rig whole(small_shape()), parts(small_shape());
  whole.differentiate();
  for (const Range block : {Range{4, 6}, Range{0, 1}, Range{1, 4}}) {
    parts.head.forward<double>({parts.values}, parts.w, block);
    parts.head.backward<double>({parts.values}, parts.w, block);
  }
  EXPECT_EQ(test::copy(whole.w.out.flat()), test::copy(parts.w.out.flat()));
  EXPECT_EQ(test::copy(whole.w.rho.flat()), test::copy(parts.w.rho.flat()));
  EXPECT_EQ(test::copy(whole.w.score.flat()), test::copy(parts.w.score.flat()));
  EXPECT_EQ(test::copy(whole.w.dactivity.flat()), test::copy(parts.w.dactivity.flat()));
  EXPECT_EQ(test::copy(whole.w.dactivation.flat()), test::copy(parts.w.dactivation.flat()));
}

TEST(Head, MaskDropsInTrainingOnly) {
  HeadShape shape = small_shape();
  shape.width = 4000;
  Rig rig(shape, 2);
  std::size_t dropped = 0;
  for (const double m : rig.w.mask.row(0)) {
    EXPECT_TRUE(m == 0.0 || std::abs(m - 1 / 0.6) < 1e-12) << m;
    dropped += m == 0.0;
  }
  EXPECT_NEAR(static_cast<double>(dropped), 1600, 6 * std::sqrt(4000 * .4 * .6));
  EXPECT_NE(test::copy(rig.w.mask.row(0)), test::copy(rig.w.mask.row(1)));
  rig.head.fill_mask<double>(rig.w, 0, Rig::key(0), false);
  for (const double m : rig.w.mask.row(0)) EXPECT_EQ(m, 1.0);
}

TEST(Head, WithoutDropoutTheMaskIsOnesInTrainingToo) {
  HeadShape shape = small_shape();
  shape.dropout = 0.0;
  Rig rig(shape);
  for (const double m : rig.w.mask.flat()) EXPECT_EQ(m, 1.0);
}

TEST(Head, StartAtZeroGivesZeroWhateverTheDraw) {
  HeadShape shape = small_shape();
  shape.start_at_zero = true;
  Rig rig(shape);
  initialise<double>(rig.layout, 8, rig.values);
  rig.loss();
  for (const double out : rig.w.out.flat()) EXPECT_EQ(out, 0.0);
  shape.start_at_zero = false;
  Rig other(shape);
  initialise<double>(other.layout, 8, other.values);
  other.loss();
  for (const double out : other.w.out.flat()) EXPECT_NE(out, 0.0);
}

}  // namespace
}  // namespace vdn::nn
