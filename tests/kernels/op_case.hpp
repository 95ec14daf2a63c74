#pragma once
// The table of operations: one row per operation and shape, shared by the tests (op_table_test.cpp) and by the program
// vdn_ops (ops_main.cpp). Adding an operation is adding rows to the file of its group, <group>_cases.cpp.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace vdn::test {

/// The tensors of one side of an operation, flat; shapes are known to the row alone.
template <class Real>
using Tensors = std::vector<std::vector<Real>>;

struct Input {
  std::string name;
  std::vector<double> values;  ///< numbers a float holds exactly, see uniform_values and normal_values
  bool differentiable = true;
};

/// One form of an operation. Outputs come sized by OpCase::output_sizes and filled with NaN; every entry must be
/// written.
template <class Real>
struct Form {
  std::function<void(const Tensors<Real>& inputs, Tensors<Real>& outputs)> forward;
  /// Gradient of sum(cotangents * outputs) by the differentiable inputs, in their order; sized like them. May be empty.
  std::function<void(const Tensors<Real>& inputs, const Tensors<Real>& cotangents, Tensors<Real>& gradients)> gradient;
};

struct OpCase {
  std::string name;   ///< the kernel and its variant: "linear_forward", "linear_forward no bias"
  std::string shape;  ///< "R=3 I=5 O=7"
  std::vector<Input> inputs;
  std::vector<std::size_t> output_sizes;
  Form<double> plain;
  Form<float> fast;
  double tolerance = 1e-5;             ///< norm(fast - plain) / norm(plain) per output
  double gradient_tolerance = 1e-5;    ///< the same per gradient
  double difference_tolerance = 1e-6;  ///< plain gradient against central differences of the plain forward
  double flops = 0;                    ///< of one forward call; 0: not counted
  double bytes = 0;                    ///< read and written by one forward call; 0: not counted
  bool large = false;                  ///< a shape of daily use: timed by perf, spared the finite differences
};

/// A row from templates: forward and gradient are called with Real = double and Real = float, e.g.
///   op_case("gelu", "n=7", {{"x", normal_values(7, 1)}}, {7},
///           []<class Real>(const Tensors<Real>& in, Tensors<Real>& out) { gelu_forward<Real>(in[0], out[0]); },
///           []<class Real>(const Tensors<Real>& in, const Tensors<Real>& cotangent, Tensors<Real>& gradient) {
///             gelu_backward<Real>(in[0], cotangent[0], gradient[0]); })
template <class Forward>
OpCase op_case(std::string name, std::string shape, std::vector<Input> inputs, std::vector<std::size_t> output_sizes,
               Forward forward) {
  OpCase row;
  row.name = std::move(name);
  row.shape = std::move(shape);
  row.inputs = std::move(inputs);
  row.output_sizes = std::move(output_sizes);
  row.plain.forward = forward;
  row.fast.forward = forward;
  return row;
}
template <class Forward, class Gradient>
OpCase op_case(std::string name, std::string shape, std::vector<Input> inputs, std::vector<std::size_t> output_sizes,
               Forward forward, Gradient gradient) {
  OpCase row = op_case(std::move(name), std::move(shape), std::move(inputs), std::move(output_sizes), forward);
  row.plain.gradient = gradient;
  row.fast.gradient = gradient;
  return row;
}

/// Reproducible inputs, rounded to float.
std::vector<double> uniform_values(std::size_t count, double lo, double hi, std::uint64_t seed);
std::vector<double> normal_values(std::size_t count, std::uint64_t seed);

/// What a check found: the largest relative error over the tensors, and a line per tensor that is off; empty when all
/// is well.
struct Verdict {
  double worst = 0;
  std::string problems;
  bool ok() const { return problems.empty(); }
};
/// Fast forward against plain forward.
Verdict check_forward(const OpCase& row);
/// Plain gradient against central differences (at most 40 entries per input, spread evenly), fast against plain
/// gradient.
Verdict check_gradient(const OpCase& row);
/// Seconds per call of the fast forward (gradient: of the fast gradient), the best of several runs.
double time_forward(const OpCase& row);
double time_gradient(const OpCase& row);

/// norm(a - b) / norm(b); norm(a) where b is all 0; infinity where an entry is not a number in one alone.
double relative_error(const std::vector<double>& a, const std::vector<double>& b);

// The groups. Each appends its rows.
void add_linear_cases(std::vector<OpCase>& table);
void add_layer_norm_cases(std::vector<OpCase>& table);
void add_elementwise_cases(std::vector<OpCase>& table);
void add_latent_cases(std::vector<OpCase>& table);
void add_persistence_cases(std::vector<OpCase>& table);
void add_update_cases(std::vector<OpCase>& table);  // adamw, squared_norm
void add_random_cases(std::vector<OpCase>& table);
void add_mixture_cases(std::vector<OpCase>& table);

/// All rows of all groups.
std::vector<OpCase> op_table();

}  // namespace vdn::test
