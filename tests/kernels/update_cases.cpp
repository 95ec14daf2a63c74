// Rows of the table: the optimiser's step.
#include <kernels/op_case.hpp>

#include <algorithm>

#include <vdn/kernels/adamw.hpp>

namespace vdn::test {
namespace {

using namespace vdn::kernels;

OpCase step(std::size_t n, std::uint64_t t, double decay, bool large = false) {
  OpCase row = op_case("adamw", "n=" + std::to_string(n) + " t=" + std::to_string(t),
                       {{"gradient", normal_values(n, 60)},
                        {"parameter", normal_values(n, 61)},
                        {"first", normal_values(n, 62)},
                        {"second", uniform_values(n, 0, 2, 63)}},
                       {n, n, n}, [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
                         for (std::size_t i = 0; i < 3; ++i)
                           std::copy(in[i + 1].begin(), in[i + 1].end(), out[i].begin());
                         adamw<Real>({.learning_rate = 1e-2, .weight_decay = decay}, t, Real(0.5), in[0], out[0],
                                     out[1], out[2]);
                       });
  row.bytes = 28.0 * static_cast<double>(n);
  row.large = large;
  return row;
}

OpCase norm(std::size_t n, bool large = false) {
  OpCase row = op_case("squared_norm", "n=" + std::to_string(n), {{"values", normal_values(n, 64)}}, {1},
                       []<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
                         out[0][0] = static_cast<Real>(squared_norm<Real>(in[0]));
                       });
  row.tolerance = 1e-7;  // accumulated in double
  row.bytes = 4.0 * static_cast<double>(n);
  row.large = large;
  return row;
}

}  // namespace

void add_update_cases(std::vector<OpCase>& table) {
  for (const std::size_t n : {1u, 13u, 16u, 37u, 1031u}) {
    table.push_back(step(n, 1, 0));
    table.push_back(step(n, 1000, 0.1));
    table.push_back(norm(n));
  }
  table.push_back(step(65536, 10, 0.01, true));
  table.push_back(norm(65536, true));
}

}  // namespace vdn::test
