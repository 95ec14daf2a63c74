// Rows of the table: the arithmetic of a Gaussian latent.
#include <kernels/op_case.hpp>

#include <algorithm>

#include <vdn/kernels/latent.hpp>

namespace vdn::test {
namespace {

using namespace vdn::kernels;

struct Shape {
  std::size_t rows, neurons, dims, draws;
  bool large = false;
  std::size_t width() const { return neurons * dims; }
};

std::string text(const Shape& s) {
  return "B=" + std::to_string(s.rows) + " N=" + std::to_string(s.neurons) + " K=" + std::to_string(s.dims) +
         " S=" + std::to_string(s.draws);
}

OpCase reparameterise(const Shape& s) {
  const std::size_t latents = s.rows * s.width(), drawn = latents * s.draws;
  OpCase row = op_case(
      "reparameterise", text(s),
      {{"mu", normal_values(latents, 50)},
       {"sigma", uniform_values(latents, 0.25, 2, 51)},
       {"eps", normal_values(drawn, 52), false}},
      {drawn},
      [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
        reparameterise_forward<Real>({in[0].data(), s.rows, s.width()}, {in[1].data(), s.rows, s.width()},
                                     {in[2].data(), s.rows * s.draws, s.width()},
                                     {out[0].data(), s.rows * s.draws, s.width()});
      },
      [=]<class Real>(const Tensors<Real>& in, const Tensors<Real>& dz, Tensors<Real>& g) {
        reparameterise_backward<Real>({in[2].data(), s.rows * s.draws, s.width()},
                                      {dz[0].data(), s.rows * s.draws, s.width()}, {g[0].data(), s.rows, s.width()},
                                      {g[1].data(), s.rows, s.width()});
      });
  row.bytes = 8.0 * static_cast<double>(drawn + latents);
  row.large = s.large;
  return row;
}

/// `spread` 1: mu and sigma over their usual range; small: a posterior almost on the prior.
OpCase gaussian_kl(const Shape& s, double spread) {
  const std::size_t latents = s.rows * s.width();
  std::vector<double> mu = normal_values(latents, 53);
  for (double& value : mu) value = static_cast<double>(static_cast<float>(value * spread));
  OpCase row = op_case(spread == 1 ? "gaussian_kl" : "gaussian_kl near the prior", text(s),
                       {{"mu", mu}, {"sigma", uniform_values(latents, 1 - 0.9 * spread, 1 + spread, 54)}},
                       {s.rows * s.neurons}, [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
                         gaussian_kl_forward<Real>({in[0].data(), s.rows, s.width()}, {in[1].data(), s.rows, s.width()},
                                                   s.dims, {out[0].data(), s.rows, s.neurons});
                       });
  row.tolerance = spread == 1 ? 1e-5 : 1e-4;
  row.bytes = 8.0 * static_cast<double>(latents);
  row.large = s.large;
  return row;
}

/// The weight of a neuron is the same for every row, so the outputs here are sum_b kl[b,i] and start + gradient is
/// tested: the kernel accumulates.
OpCase gaussian_kl_summed(const Shape& s) {
  const std::size_t latents = s.rows * s.width();
  OpCase row = op_case(
      "gaussian_kl summed over rows", text(s),
      {{"mu", normal_values(latents, 55)}, {"sigma", uniform_values(latents, 0.25, 2, 56)}}, {s.neurons},
      [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
        std::vector<Real> kl(s.rows * s.neurons);
        gaussian_kl_forward<Real>({in[0].data(), s.rows, s.width()}, {in[1].data(), s.rows, s.width()}, s.dims,
                                  {kl.data(), s.rows, s.neurons});
        std::fill(out[0].begin(), out[0].end(), Real(0));
        for (std::size_t i = 0; i < kl.size(); ++i) out[0][i % s.neurons] += kl[i];
      },
      [=]<class Real>(const Tensors<Real>& in, const Tensors<Real>& weight, Tensors<Real>& g) {
        for (auto& gradient : g) std::fill(gradient.begin(), gradient.end(), Real(2));
        gaussian_kl_backward<Real>({in[0].data(), s.rows, s.width()}, {in[1].data(), s.rows, s.width()}, s.dims,
                                   weight[0], {g[0].data(), s.rows, s.width()}, {g[1].data(), s.rows, s.width()});
        for (auto& gradient : g) {
          for (Real& value : gradient) value -= Real(2);
        }
      });
  row.large = s.large;
  return row;
}

OpCase pool(const Shape& s, double factor) {
  OpCase row = op_case(
      "pool", text(s), {{"z", normal_values(s.rows * s.width(), 57)}}, {s.rows * s.neurons},
      [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
        pool_forward<Real>({in[0].data(), s.rows, s.width()}, s.dims, Real(factor), {out[0].data(), s.rows, s.neurons});
      },
      [=]<class Real>(const Tensors<Real>&, const Tensors<Real>& cotangent, Tensors<Real>& g) {
        pool_backward<Real>({cotangent[0].data(), s.rows, s.neurons}, s.dims, Real(factor),
                            {g[0].data(), s.rows, s.width()});
      });
  row.bytes = 4.0 * static_cast<double>(s.rows * (s.width() + s.neurons));
  row.large = s.large;
  return row;
}

}  // namespace

void add_latent_cases(std::vector<OpCase>& table) {
  const Shape shapes[] = {{1, 1, 1, 1},  {2, 3, 1, 2},   {3, 5, 2, 3},   {2, 17, 3, 1},
                          {1, 16, 4, 5}, {2, 131, 5, 2}, {2, 1, 300, 1}, {64, 64, 8, 8, true}};
  for (const Shape& s : shapes) {
    table.push_back(reparameterise(s));
    table.push_back(gaussian_kl(s, 1));
    table.push_back(gaussian_kl(s, 1e-2));
    table.push_back(gaussian_kl_summed(s));
    table.push_back(pool(s, 1.0 / static_cast<double>(s.dims)));
  }
}

}  // namespace vdn::test
