// Rows of the table: the KL to a prior of its own for every number, and what an earlier posterior has to do with it.
#include <kernels/op_case.hpp>

#include <algorithm>

#include <vdn/kernels/latent.hpp>
#include <vdn/kernels/persistence.hpp>

namespace vdn::test {
namespace {

using namespace vdn::kernels;

struct Shape {
  std::size_t rows, neurons, dims, draws;
  bool large = false;
  std::size_t width() const { return neurons * dims; }
  std::size_t latents() const { return rows * width(); }
  template <class Vector>
  auto all(Vector& flat) const {
    return Matrix{flat.data(), rows, width()};
  }
};

std::string text(const Shape& s) {
  return "B=" + std::to_string(s.rows) + " N=" + std::to_string(s.neurons) + " K=" + std::to_string(s.dims) +
         " S=" + std::to_string(s.draws);
}

/// The outputs are sum_b kl[b,i], as in gaussian_kl_summed of latent_cases.cpp; dmu and dsigma accumulate.
OpCase gaussian_kl_to(const Shape& s) {
  OpCase row = op_case(
      "gaussian_kl_to summed over rows", text(s),
      {{"mu", normal_values(s.latents(), 71)},
       {"sigma", uniform_values(s.latents(), 0.25, 2, 72)},
       {"m", normal_values(s.latents(), 73)},
       {"s", uniform_values(s.latents(), 0.25, 2, 74)}},
      {s.neurons},
      [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
        std::vector<Real> kl(s.rows * s.neurons);
        gaussian_kl_to_forward<Real>(s.all(in[0]), s.all(in[1]), s.all(in[2]), s.all(in[3]), s.dims,
                                     {kl.data(), s.rows, s.neurons});
        std::fill(out[0].begin(), out[0].end(), Real(0));
        for (std::size_t i = 0; i < kl.size(); ++i) out[0][i % s.neurons] += kl[i];
      },
      [=]<class Real>(const Tensors<Real>& in, const Tensors<Real>& weight, Tensors<Real>& g) {
        for (const std::size_t t : {0u, 1u}) std::fill(g[t].begin(), g[t].end(), Real(0.125));
        gaussian_kl_to_backward<Real>(s.all(in[0]), s.all(in[1]), s.all(in[2]), s.all(in[3]), s.dims, weight[0],
                                      s.all(g[0]), s.all(g[1]), s.all(g[2]), s.all(g[3]));
        for (const std::size_t t : {0u, 1u}) {
          for (Real& value : g[t]) value -= Real(0.125);
        }
      });
  row.large = s.large;
  return row;
}

/// A posterior equal to its prior: 0, whatever the prior.
OpCase gaussian_kl_to_itself(const Shape& s) {
  OpCase row = op_case("gaussian_kl_to near the prior", text(s),
                       {{"mu", normal_values(s.latents(), 75)}, {"sigma", uniform_values(s.latents(), 0.5, 2, 76)}},
                       {s.rows * s.neurons}, [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
                         std::vector<Real> m = in[0], deviation = in[1];
                         for (Real& value : m) value += Real(0.125);
                         for (Real& value : deviation) value *= Real(1.0625);
                         gaussian_kl_to_forward<Real>(s.all(in[0]), s.all(in[1]), s.all(m), s.all(deviation), s.dims,
                                                      {out[0].data(), s.rows, s.neurons});
                       });
  row.tolerance = 1e-4;
  row.large = s.large;
  return row;
}

/// mu + sigma * (average noise), the way the average draw is made.
OpCase average_draws(const Shape& s) {
  OpCase row = op_case(
      "average_draws", text(s),
      {{"mu", normal_values(s.latents(), 77)},
       {"sigma", uniform_values(s.latents(), 0.25, 2, 78)},
       {"eps", normal_values(s.latents() * s.draws, 79), false}},
      {s.latents()},
      [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
        std::vector<Real> average(s.latents());
        average_draws_forward<Real>({in[2].data(), s.rows * s.draws, s.width()}, s.all(average));
        reparameterise_forward<Real>(s.all(in[0]), s.all(in[1]), s.all(average), s.all(out[0]));
      },
      [=]<class Real>(const Tensors<Real>& in, const Tensors<Real>& dc, Tensors<Real>& g) {
        std::vector<Real> average(s.latents());
        average_draws_forward<Real>({in[2].data(), s.rows * s.draws, s.width()}, s.all(average));
        for (auto& gradient : g) std::fill(gradient.begin(), gradient.end(), Real(0.125));
        average_draws_backward<Real>(s.all(average), s.all(dc[0]), s.all(g[0]), s.all(g[1]));
        for (auto& gradient : g) {
          for (Real& value : gradient) value -= Real(0.125);
        }
      });
  row.large = s.large;
  return row;
}

/// Sums the rows' own gradients by phi: [B,N*K] to [N*K].
template <class Real>
void sum_rows(const std::vector<Real>& rows, std::vector<Real>& sums) {
  std::fill(sums.begin(), sums.end(), Real(0));
  for (std::size_t i = 0; i < rows.size(); ++i) sums[i % sums.size()] += rows[i];
}

/// The output is 0.3 times the error of all rows together, so that one weight holds for all of them.
OpCase persistence(const Shape& s) {
  OpCase row = op_case(
      "persistence", text(s),
      {{"c", normal_values(s.latents(), 80)},
       {"earlier", normal_values(s.latents(), 81)},
       {"phi", uniform_values(s.width(), -0.9, 0.9, 82)}},
      {1},
      [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
        std::vector<Real> error(s.rows);
        persistence_forward<Real>(s.all(in[0]), s.all(in[1]), in[2], error);
        out[0][0] = 0;
        for (const Real e : error) out[0][0] += Real(0.3) * e;
      },
      [=]<class Real>(const Tensors<Real>& in, const Tensors<Real>& cotangent, Tensors<Real>& g) {
        std::vector<Real> dphi(s.latents());
        persistence_backward<Real>(s.all(in[0]), s.all(in[1]), in[2], Real(0.3) * cotangent[0][0], s.all(g[0]),
                                   s.all(g[1]), s.all(dphi));
        sum_rows(dphi, g[2]);
      });
  row.large = s.large;
  return row;
}

OpCase persistent_prior(const Shape& s) {
  constexpr double tau = 0.3;
  OpCase row = op_case(
      "persistent_prior", text(s),
      {{"mu", normal_values(s.latents(), 83)},
       {"sigma", uniform_values(s.latents(), 0.25, 2, 84)},
       {"phi", uniform_values(s.width(), -0.9, 0.9, 85)}},
      {s.latents(), s.latents()},
      [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
        persistent_prior_forward<Real>(s.all(in[0]), s.all(in[1]), in[2], Real(tau), s.all(out[0]), s.all(out[1]));
      },
      [=]<class Real>(const Tensors<Real>& in, const Tensors<Real>& cotangent, Tensors<Real>& g) {
        std::vector<Real> m(s.latents()), deviation(s.latents()), dphi(s.latents());
        persistent_prior_forward<Real>(s.all(in[0]), s.all(in[1]), in[2], Real(tau), s.all(m), s.all(deviation));
        persistent_prior_backward<Real>(s.all(in[0]), s.all(in[1]), in[2], s.all(deviation), s.all(cotangent[0]),
                                        s.all(cotangent[1]), s.all(g[0]), s.all(g[1]), s.all(dphi));
        sum_rows(dphi, g[2]);
      });
  row.bytes = 16.0 * static_cast<double>(s.latents());
  row.large = s.large;
  return row;
}

}  // namespace

void add_persistence_cases(std::vector<OpCase>& table) {
  const Shape shapes[] = {{1, 1, 1, 1},  {2, 3, 1, 2},   {3, 5, 2, 3},   {2, 17, 3, 1},
                          {1, 16, 4, 5}, {2, 131, 5, 2}, {2, 1, 300, 1}, {64, 64, 8, 8, true}};
  for (const Shape& s : shapes) {
    table.push_back(gaussian_kl_to(s));
    table.push_back(gaussian_kl_to_itself(s));
    table.push_back(average_draws(s));
    table.push_back(persistence(s));
    table.push_back(persistent_prior(s));
  }
}

}  // namespace vdn::test
