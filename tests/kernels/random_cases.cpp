// Rows of the table: random fills. Their properties as random numbers: random_fill_test.cpp.
#include <kernels/op_case.hpp>

#include <vdn/kernels/random_fill.hpp>

namespace vdn::test {
namespace {

using namespace vdn::kernels;

DrawKey key() {
  return {stream_key(7, Purpose::latent, 3), 5, 1000, 2};
}

OpCase normals(std::size_t n) {
  OpCase row = op_case("fill_normal", "n=" + std::to_string(n), {}, {n},
                       []<class Real>(const Tensors<Real>&, Tensors<Real>& out) { fill_normal<Real>(key(), out[0]); });
  row.tolerance = 1e-6;
  return row;
}

OpCase mask(std::size_t n, double p) {
  return op_case(
      "fill_dropout_mask", "n=" + std::to_string(n) + " p=" + std::to_string(p), {}, {n},
      [=]<class Real>(const Tensors<Real>&, Tensors<Real>& out) { fill_dropout_mask<Real>(key(), p, out[0]); });
}

}  // namespace

void add_random_cases(std::vector<OpCase>& table) {
  constexpr std::size_t big = 65536;
  for (const std::size_t n :
       {std::size_t{1}, std::size_t{4}, std::size_t{31}, std::size_t{64}, std::size_t{65}, std::size_t{1021}, big}) {
    for (OpCase row : {normals(n), mask(n, 0), mask(n, 0.3), mask(n, 0.999)}) {
      row.large = n == big;
      table.push_back(std::move(row));
    }
  }
}

}  // namespace vdn::test
