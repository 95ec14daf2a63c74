// Rows of the table for the mixture likelihood and the proper scores.

#include <cmath>
#include <string>

#include <vdn/kernels/mixture.hpp>
#include <vdn/kernels/mixture_steps.hpp>

#include "op_case.hpp"

namespace vdn::test {
namespace {

using namespace vdn::kernels;

struct Shape {
  std::size_t rows, draws, components, horizon;  ///< B, S, M, H; J = S*M
  bool holes = false;                            ///< every third step unobserved, the last row altogether
  std::size_t all() const { return draws * components; }
  std::string text() const {
    return "B=" + std::to_string(rows) + " S=" + std::to_string(draws) + " M=" + std::to_string(components) +
           " H=" + std::to_string(horizon) + (holes ? " holes" : "");
  }
};

std::vector<std::uint8_t> observed_of(const Shape& shape) {
  std::vector<std::uint8_t> observed(shape.rows * shape.horizon, 1);
  if (!shape.holes) return observed;
  for (std::size_t i = 0; i < observed.size(); ++i) observed[i] = i % 3 != 0 && i / shape.horizon + 1 < shape.rows;
  return observed;
}

/// target, mean, scale, log_weight; the targets of unobserved steps are NaN.
std::vector<Input> inputs_of(const Shape& shape) {
  std::vector<double> target = normal_values(shape.rows * shape.horizon, 1);
  const auto observed = observed_of(shape);
  for (std::size_t i = 0; i < target.size(); ++i)
    if (!observed[i]) target[i] = std::nan("");
  std::vector<double> log_weight = normal_values(shape.rows * shape.all(), 4);
  for (std::size_t b = 0; b < shape.rows; ++b) {
    double sum = 0;
    for (std::size_t j = 0; j < shape.all(); ++j) sum += std::exp(log_weight[b * shape.all() + j]);
    for (std::size_t j = 0; j < shape.all(); ++j) {
      double& value = log_weight[b * shape.all() + j];
      value = static_cast<float>(value - std::log(sum));
    }
  }
  const std::size_t points = shape.rows * shape.all() * shape.horizon;
  return {{"target", target, false},
          {"mean", normal_values(points, 2)},
          {"scale", uniform_values(points, 0.3, 2.0, 3)},
          {"log_weight", log_weight}};
}

template <class Real>
MixtureBatch<Real> batch_of(const Shape& shape, const Tensors<Real>& in, const std::vector<std::uint8_t>& observed,
                            Range rows) {
  const std::size_t j = shape.all(), h = shape.horizon;
  const Range components{rows.begin * j, rows.end * j};
  return {ConstMatrix<Real>{in[0].data(), shape.rows, h}.slice(rows),
          ConstMatrix<std::uint8_t>{observed.data(), shape.rows, h}.slice(rows),
          ConstMatrix<Real>{in[1].data(), shape.rows * j, h}.slice(components),
          ConstMatrix<Real>{in[2].data(), shape.rows * j, h}.slice(components),
          ConstMatrix<Real>{in[3].data(), shape.rows, j}.slice(rows),
          shape.draws};
}

/// `nodes` are those of every component; what differs from a mixture of normals is not in the shape's text.
OpCase nll_case(Objective objective, const std::string& name, const Shape& shape, const MixtureNodes& nodes = {}) {
  const auto observed = observed_of(shape);
  const auto batch_with = [=]<class Real>(const Tensors<Real>& in, Range rows) {
    MixtureBatch<Real> batch = batch_of(shape, in, observed, rows);
    batch.nodes = nodes;
    return batch;
  };
  return op_case(
      "mixture_nll " + name, shape.text(), inputs_of(shape), {shape.rows},
      [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
        mixture_nll<Real>(objective, batch_with(in, {0, shape.rows}), out[0]);
      },
      [=]<class Real>(const Tensors<Real>& in, const Tensors<Real>& cotangent, Tensors<Real>& gradient) {
        const std::size_t j = shape.all(), h = shape.horizon;
        std::vector<Real> workspace(mixture_nll_workspace(j, h)), nll(1);
        for (std::size_t b = 0; b < shape.rows; ++b) {
          const MixtureGradient<Real> out{{gradient[0].data() + b * j * h, j, h},
                                          {gradient[1].data() + b * j * h, j, h},
                                          {gradient[2].data() + b * j, 1, j}};
          mixture_nll_gradient<Real>(objective, batch_with(in, {b, b + 1}), cotangent[0][b], workspace, nll, out);
        }
      });
}

OpCase crps_case(const Shape& shape) {
  const auto observed = observed_of(shape);
  std::vector<Input> inputs = inputs_of(shape);
  inputs[3].differentiable = false;
  OpCase row = op_case(
      "mixture_crps", shape.text(), inputs, {shape.rows * shape.horizon},
      [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
        mixture_crps<Real>(batch_of(shape, in, observed, {0, shape.rows}), {out[0].data(), shape.rows, shape.horizon});
      },
      [=]<class Real>(const Tensors<Real>& in, const Tensors<Real>& cotangent, Tensors<Real>& gradient) {
        const std::size_t j = shape.all(), h = shape.horizon;
        std::vector<Real> crps(shape.rows * h);
        mixture_crps_gradient<Real>(batch_of(shape, in, observed, {0, shape.rows}), {crps.data(), shape.rows, h},
                                    {gradient[0].data(), shape.rows * j, h}, {gradient[1].data(), shape.rows * j, h});
        for (std::size_t i = 0; i < gradient[0].size(); ++i) {
          const Real factor = cotangent[0][i / (j * h) * h + i % h];
          gradient[0][i] *= factor;
          gradient[1][i] *= factor;
        }
      });
  row.flops = static_cast<double>(shape.rows * shape.horizon * shape.all() * shape.all()) * 20;
  return row;
}

OpCase softmax_case(std::size_t rows, std::size_t cols, std::size_t group) {
  const std::string shape = "B=" + std::to_string(rows) + " J=" + std::to_string(cols) + " M=" + std::to_string(group);
  return op_case(
      "group_log_softmax", shape, {{"score", normal_values(rows * cols, 5)}}, {rows * cols},
      [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
        group_log_softmax_forward<Real>({in[0].data(), rows, cols}, group, {out[0].data(), rows, cols});
      },
      [=]<class Real>(const Tensors<Real>& in, const Tensors<Real>& cotangent, Tensors<Real>& gradient) {
        std::vector<Real> log_weight(rows * cols);
        group_log_softmax_forward<Real>({in[0].data(), rows, cols}, group, {log_weight.data(), rows, cols});
        group_log_softmax_backward<Real>({log_weight.data(), rows, cols}, group, {cotangent[0].data(), rows, cols},
                                         {gradient[0].data(), rows, cols});
      });
}

OpCase energy_case(std::size_t paths, std::size_t horizon) {
  std::vector<std::uint8_t> observed(horizon, 1);
  for (std::size_t h = 0; h < horizon; h += 4) observed[h] = 0;
  return op_case(
      "energy_score", "P=" + std::to_string(paths) + " H=" + std::to_string(horizon),
      {{"target", normal_values(horizon, 6), false}, {"paths", normal_values(paths * horizon, 7)}}, {1},
      [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
        out[0][0] = energy_score<Real>(in[0], observed, {in[1].data(), paths, horizon});
      },
      [=]<class Real>(const Tensors<Real>& in, const Tensors<Real>& cotangent, Tensors<Real>& gradient) {
        energy_score_gradient<Real>(in[0], observed, {in[1].data(), paths, horizon},
                                    {gradient[0].data(), paths, horizon});
        for (Real& value : gradient[0]) value *= cotangent[0][0];
      });
}

OpCase steps_case(const Shape& shape) {
  const auto observed = observed_of(shape);
  const std::vector<double> levels{0.05, 0.1, 0.5, 0.51, 0.9, 0.99};
  const std::size_t points = shape.rows * shape.horizon;
  return op_case("mixture_steps", shape.text(), inputs_of(shape),
                 {points, points, points, points * levels.size(), points, points},
                 [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
                   const auto batch = batch_of(shape, in, observed, {0, shape.rows});
                   mixture_log_density<Real>(batch, {out[0].data(), shape.rows, shape.horizon});
                   mixture_cdf<Real>(batch, {out[1].data(), shape.rows, shape.horizon});
                   mixture_mean<Real>(batch, {out[2].data(), shape.rows, shape.horizon});
                   mixture_quantiles<Real>(batch, levels, {out[3].data(), shape.rows * levels.size(), shape.horizon});
                   mixture_absolute_error<Real>(batch, {out[4].data(), shape.rows, shape.horizon});
                   mixture_half_difference<Real>(batch, {out[5].data(), shape.rows, shape.horizon});
                 });
}

}  // namespace

void add_mixture_cases(std::vector<OpCase>& table) {
  const std::vector<std::pair<Objective, std::string>> objectives{{Objective::tempered_joint, "tempered_joint"},
                                                                  {Objective::marginal, "marginal"},
                                                                  {Objective::joint, "joint"},
                                                                  {Objective::mixed, "mixed"},
                                                                  {Objective::elbo, "elbo"}};
  for (const auto& [objective, name] : objectives) {
    for (const Shape& shape : {Shape{2, 1, 1, 1}, Shape{3, 2, 3, 7}, Shape{3, 4, 2, 19, true}, Shape{2, 3, 1, 33}})
      table.push_back(nll_case(objective, name, shape));
    const MixtureNodes two{.count = 2, .scale = {.7, 2.5}, .log_weight = {std::log(.8), std::log(.2)}};
    const MixtureNodes three{.count = 3, .scale = {.8, 1, 2}, .log_weight = {std::log(.2), std::log(.7), std::log(.1)}};
    table.push_back(nll_case(objective, name + ", two normals each", {3, 4, 2, 19, true}, two));
    table.push_back(nll_case(objective, name + ", three normals each", {2, 2, 3, 33}, three));
    OpCase large = nll_case(objective, name, {256, 4, 4, 96});
    large.large = true;
    large.gradient_tolerance = 2e-5;  // sums of 96 log densities in float
    table.push_back(large);
  }
  for (const Shape& shape : {Shape{2, 1, 1, 1}, Shape{3, 2, 3, 7}, Shape{3, 4, 2, 19, true}}) {
    table.push_back(crps_case(shape));
    table.push_back(steps_case(shape));
  }
  OpCase large = crps_case({4, 16, 4, 96});
  large.large = true;
  table.push_back(large);
  for (const std::size_t group : {2u, 3u, 18u}) table.push_back(softmax_case(4, 18, group));
  table.push_back(softmax_case(2, 40, 40));
  table.push_back(energy_case(1, 5));
  table.push_back(energy_case(9, 21));
  large = energy_case(100, 96);
  large.large = true;
  table.push_back(large);
}

}  // namespace vdn::test
