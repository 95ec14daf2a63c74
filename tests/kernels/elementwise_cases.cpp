// Rows of the table: element by element maps.
#include <kernels/op_case.hpp>

#include <algorithm>

#include <vdn/kernels/elementwise.hpp>

namespace vdn::test {
namespace {

using namespace vdn::kernels;

std::string text(std::size_t n) {
  return "n=" + std::to_string(n);
}

std::vector<double> masked(std::size_t n) {
  std::vector<double> mask = uniform_values(n, 0, 1, 30);
  for (double& value : mask) value = value < 0.25 ? 0 : 1.25;
  return mask;
}

OpCase gelu(std::size_t n) {
  return op_case(
      "gelu", text(n), {{"x", uniform_values(n, -6, 6, 31)}}, {n},
      []<class Real>(const Tensors<Real>& in, Tensors<Real>& out) { gelu_forward<Real>(in[0], out[0]); },
      []<class Real>(const Tensors<Real>& in, const Tensors<Real>& dy, Tensors<Real>& g) {
        gelu_backward<Real>(in[0], dy[0], g[0]);
      });
}

OpCase gelu_in_place(std::size_t n) {
  return op_case(
      "gelu in place", text(n), {{"x", normal_values(n, 32)}}, {n},
      []<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
        std::copy(in[0].begin(), in[0].end(), out[0].begin());
        gelu_forward<Real>(out[0], out[0]);
      },
      []<class Real>(const Tensors<Real>& in, const Tensors<Real>& dy, Tensors<Real>& g) {
        std::copy(dy[0].begin(), dy[0].end(), g[0].begin());
        gelu_backward<Real>(in[0], g[0], g[0]);
      });
}

OpCase dropped(std::size_t n) {
  return op_case(
      "dropout", text(n), {{"x", normal_values(n, 33)}, {"mask", masked(n), false}}, {n},
      []<class Real>(const Tensors<Real>& in, Tensors<Real>& out) { dropout<Real>(in[0], in[1], out[0]); },
      []<class Real>(const Tensors<Real>& in, const Tensors<Real>& dy, Tensors<Real>& g) {
        dropout<Real>(dy[0], in[1], g[0]);
      });
}

OpCase gate(std::size_t n, bool in_place) {
  return op_case(
      in_place ? "sigmoid_gate in place" : "sigmoid_gate", text(n),
      {{"base", normal_values(n, 34)}, {"gate", uniform_values(n, -9, 9, 35)}, {"delta", normal_values(n, 36)}}, {n},
      []<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
        sigmoid_gate_forward<Real>(in[0], in[1], in[2], out[0]);
      },
      [=]<class Real>(const Tensors<Real>& in, const Tensors<Real>& dy, Tensors<Real>& g) {
        std::copy(dy[0].begin(), dy[0].end(), g[0].begin());
        std::copy(in[1].begin(), in[1].end(), g[1].begin());
        std::copy(in[2].begin(), in[2].end(), g[2].begin());
        if (in_place) {
          sigmoid_gate_backward<Real>(g[1], g[2], dy[0], g[1], g[2]);
        } else {
          sigmoid_gate_backward<Real>(in[1], in[2], dy[0], g[1], g[2]);
        }
      });
}

OpCase softplus_scale(std::size_t n, double lo, double hi, double cap) {
  constexpr double factor = 1.5, floor = 0.0625;
  return op_case(
      "softplus_scale", text(n) + " cap=" + std::to_string(cap), {{"rho", uniform_values(n, lo, hi, 37)}}, {n},
      [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
        softplus_scale_forward<Real>(in[0], Real(factor), Real(floor), Real(cap), out[0]);
      },
      [=]<class Real>(const Tensors<Real>& in, const Tensors<Real>& dr, Tensors<Real>& g) {
        softplus_scale_backward<Real>(in[0], Real(factor), Real(floor), Real(cap), dr[0], g[0]);
      });
}

OpCase exp_clamped(std::size_t n) {
  return op_case(
      "exp_clamped", text(n), {{"log_sigma", uniform_values(n, -8, 4, 38)}}, {n},
      []<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
        exp_clamped_forward<Real>(in[0], Real(-5), Real(2), out[0]);
      },
      []<class Real>(const Tensors<Real>& in, const Tensors<Real>& dy, Tensors<Real>& g) {
        thread_local std::vector<Real> sigma;
        sigma.resize(in[0].size());
        exp_clamped_forward<Real>(in[0], Real(-5), Real(2), sigma);
        exp_clamped_backward<Real>(in[0], Real(-5), Real(2), sigma, dy[0], g[0]);
      });
}

OpCase scaled_sum(std::size_t n) {
  return op_case("add_scaled", text(n), {{"x", normal_values(n, 39)}, {"y", normal_values(n, 40)}}, {n},
                 []<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
                   std::copy(in[1].begin(), in[1].end(), out[0].begin());
                   add_scaled<Real>(Real(-0.75), in[0], out[0]);
                 });
}

}  // namespace

void add_elementwise_cases(std::vector<OpCase>& table) {
  constexpr std::size_t big = 16384;
  for (const std::size_t n : {std::size_t{1}, std::size_t{7}, std::size_t{8}, std::size_t{15}, std::size_t{16},
                              std::size_t{17}, std::size_t{33}, std::size_t{1009}, big}) {
    for (OpCase row : {gelu(n), gelu_in_place(n), dropped(n), gate(n, false), gate(n, true),
                       softplus_scale(n, -12, 30, 1000), softplus_scale(n, -4, 8, 3), exp_clamped(n), scaled_sum(n)}) {
      row.large = n == big;
      row.bytes = 4.0 * static_cast<double>(n * (row.inputs.size() + 1));
      table.push_back(std::move(row));
    }
  }
}

}  // namespace vdn::test
