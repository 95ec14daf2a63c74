#include <vdn/kernels/latent.hpp>

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/latent.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include "kernels/cpu/math-inl.hpp"
#include "kernels/cpu/vectors-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels::HWY_NAMESPACE {

using Read = ConstMatrix<float>;
using Write = Matrix<float>;

/// Columns worked on at a time where a value per neuron must meet values per dimension.
constexpr std::size_t column_block = 256;

void Reparameterise(const Read& mu, const Read& sigma, const Read& eps, const Write& z) {
  const Floats d;
  const std::size_t cols = mu.cols, draws = mu.rows == 0 ? 0 : z.rows / mu.rows;
  for (std::size_t b = 0; b < mu.rows; ++b) {
    const float *m = mu.data + b * cols, *s = sigma.data + b * cols;
    for (std::size_t row = b * draws; row < (b + 1) * draws; ++row) {
      const float* e = eps.data + row * cols;
      float* to = z.data + row * cols;
      ForEachVector(0, cols, [=](auto part) HWY_ATTR {
        part.Store(hn::MulAdd(part.Load(d, s), part.Load(d, e), part.Load(d, m)), d, to);
      });
    }
  }
}

void ReparameteriseBackward(const Read& eps, const Read& dz, const Write& dmu, const Write& dsigma) {
  const Floats d;
  const std::size_t cols = dmu.cols, draws = dmu.rows == 0 ? 0 : dz.rows / dmu.rows;
  for (std::size_t b = 0; b < dmu.rows; ++b) {
    const float *e = eps.data + b * draws * cols, *g = dz.data + b * draws * cols;
    float *to_mu = dmu.data + b * cols, *to_sigma = dsigma.data + b * cols;
    ForEachVector(0, cols, [=](auto part) HWY_ATTR {
      auto sum = hn::Zero(d), product = hn::Zero(d);
      for (std::size_t s = 0; s < draws; ++s) {
        const auto v = part.Load(d, g + s * cols);
        sum = hn::Add(sum, v);
        product = hn::MulAdd(v, part.Load(d, e + s * cols), product);
      }
      part.Store(sum, d, to_mu);
      part.Store(product, d, to_sigma);
    });
  }
}

/// 0.5 (mu^2 + e - ln(1 + e)), e = sigma^2 - 1: near the prior all of it is small, and log1p keeps its digits.
HWY_INLINE FloatVec KlTerm(Floats d, FloatVec mu, FloatVec sigma) {
  const auto one = hn::Set(d, 1.0f), half = hn::Set(d, 0.5f);
  const auto excess = hn::Mul(hn::Sub(sigma, one), hn::Add(sigma, one));
  const auto log = hn::Log(d, sigma);
  const auto log_square = hn::IfThenElse(hn::Lt(hn::Abs(excess), half), hn::Log1p(d, excess), hn::Add(log, log));
  return hn::Mul(half, hn::MulAdd(mu, mu, hn::Sub(excess, log_square)));
}

/// kl[B,N] = sums over K of term(part, at), the vector of terms at row-major place `at` + part.
template <class Term>
HWY_INLINE void SumTerms(std::size_t cols, std::size_t dims, const Write& kl, const Term& term) {
  const Floats d;
  std::fill(kl.data, kl.data + kl.size(), 0.0f);
  HWY_ALIGN float terms[column_block];
  for (std::size_t b = 0; b < kl.rows; ++b) {
    std::size_t neuron = b * kl.cols, dim = 0;
    for (std::size_t begin = 0; begin < cols; begin += column_block) {
      const std::size_t count = std::min(column_block, cols - begin), at = b * cols + begin;
      float* to = terms;
      ForEachVector(0, count, [=](auto part) HWY_ATTR { part.Store(term(part, at), d, to); });
      for (std::size_t c = 0; c < count; ++c) {
        kl.data[neuron] += terms[c];
        if (++dim == dims) ++neuron, dim = 0;
      }
    }
  }
}

void GaussianKl(const Read& mu, const Read& sigma, std::size_t dims, const Write& kl) {
  const Floats d;
  SumTerms(mu.cols, dims, kl, [=](auto part, std::size_t at) HWY_ATTR {
    return KlTerm(d, part.Load(d, mu.data + at), part.Load(d, sigma.data + at));
  });
}

void GaussianKlTo(const Read& mu, const Read& sigma, const Read& mean, const Read& deviation, std::size_t dims,
                  const Write& kl) {
  const Floats d;
  SumTerms(mu.cols, dims, kl, [=](auto part, std::size_t at) HWY_ATTR {
    // The lanes a last part does not have are 0/0 here: they are never stored.
    const auto s = part.Load(d, deviation.data + at);
    const auto u = hn::Div(hn::Sub(part.Load(d, mu.data + at), part.Load(d, mean.data + at)), s);
    return KlTerm(d, u, hn::Div(part.Load(d, sigma.data + at), s));
  });
}

void GaussianKlBackward(const Read& mu, const Read& sigma, std::size_t dims, const float* weight, const Write& dmu,
                        const Write& dsigma) {
  const Floats d;
  HWY_ALIGN float weights[column_block];
  for (std::size_t begin = 0; begin < mu.cols; begin += column_block) {
    const std::size_t count = std::min(column_block, mu.cols - begin);
    for (std::size_t c = 0; c < count; ++c) weights[c] = weight[(begin + c) / dims];
    const float* w = weights;
    for (std::size_t b = 0; b < mu.rows; ++b) {
      const std::size_t at = b * mu.cols + begin;
      const float *m = mu.data + at, *s = sigma.data + at;
      float *to_mu = dmu.data + at, *to_sigma = dsigma.data + at;
      ForEachVector(0, count, [=](auto part) HWY_ATTR {
        const auto slope = part.Load(d, w), deviation = part.Load(d, s);
        const auto by_sigma = hn::Sub(deviation, hn::Div(hn::Set(d, 1.0f), deviation));
        part.Store(hn::MulAdd(slope, part.Load(d, m), part.Load(d, to_mu)), d, to_mu);
        part.Store(hn::MulAdd(slope, by_sigma, part.Load(d, to_sigma)), d, to_sigma);
      });
    }
  }
}

void GaussianKlToBackward(const Read& mu, const Read& sigma, const Read& mean, const Read& deviation, std::size_t dims,
                          const float* weight, const Write& dmu, const Write& dsigma, const Write& dm,
                          const Write& ds) {
  const Floats d;
  HWY_ALIGN float weights[column_block];
  for (std::size_t begin = 0; begin < mu.cols; begin += column_block) {
    const std::size_t count = std::min(column_block, mu.cols - begin);
    for (std::size_t c = 0; c < count; ++c) weights[c] = weight[(begin + c) / dims];
    const float* w = weights;
    for (std::size_t b = 0; b < mu.rows; ++b) {
      const std::size_t at = b * mu.cols + begin;
      ForEachVector(0, count, [=](auto part) HWY_ATTR {
        const auto own = part.Load(d, sigma.data + at), s = part.Load(d, deviation.data + at);
        const auto inverse = hn::Div(hn::Set(d, 1.0f), s);
        const auto u = hn::Mul(hn::Sub(part.Load(d, mu.data + at), part.Load(d, mean.data + at)), inverse);
        // r^2 - 1 from a difference that is exact where the posterior is near its prior.
        const auto excess = hn::Mul(hn::Mul(hn::Sub(own, s), inverse), hn::Mul(hn::Add(own, s), inverse));
        const auto slope = part.Load(d, w), scaled = hn::Mul(slope, inverse), by_mu = hn::Mul(scaled, u);
        const auto by_sigma = hn::Div(hn::Mul(slope, excess), own);
        part.Store(hn::Add(part.Load(d, dmu.data + at), by_mu), d, dmu.data + at);
        part.Store(hn::Add(part.Load(d, dsigma.data + at), by_sigma), d, dsigma.data + at);
        part.Store(hn::Neg(by_mu), d, dm.data + at);
        part.Store(hn::Neg(hn::Mul(scaled, hn::MulAdd(u, u, excess))), d, ds.data + at);
      });
    }
  }
}

}  // namespace vdn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vdn::kernels {

HWY_EXPORT(Reparameterise);
HWY_EXPORT(ReparameteriseBackward);
HWY_EXPORT(GaussianKl);
HWY_EXPORT(GaussianKlBackward);
HWY_EXPORT(GaussianKlTo);
HWY_EXPORT(GaussianKlToBackward);

template <>
void reparameterise_forward<float>(ConstMatrix<float> mu, ConstMatrix<float> sigma, ConstMatrix<float> eps,
                                   Matrix<float> z) {
  HWY_DYNAMIC_DISPATCH(Reparameterise)(mu, sigma, eps, z);
}
template <>
void reparameterise_backward<float>(ConstMatrix<float> eps, ConstMatrix<float> dz, Matrix<float> dmu,
                                    Matrix<float> dsigma) {
  HWY_DYNAMIC_DISPATCH(ReparameteriseBackward)(eps, dz, dmu, dsigma);
}
template <>
void gaussian_kl_forward<float>(ConstMatrix<float> mu, ConstMatrix<float> sigma, std::size_t dims, Matrix<float> kl) {
  HWY_DYNAMIC_DISPATCH(GaussianKl)(mu, sigma, dims, kl);
}
template <>
void gaussian_kl_backward<float>(ConstMatrix<float> mu, ConstMatrix<float> sigma, std::size_t dims,
                                 std::span<const float> weight, Matrix<float> dmu, Matrix<float> dsigma) {
  HWY_DYNAMIC_DISPATCH(GaussianKlBackward)(mu, sigma, dims, weight.data(), dmu, dsigma);
}

template <>
void gaussian_kl_to_forward<float>(ConstMatrix<float> mu, ConstMatrix<float> sigma, ConstMatrix<float> m,
                                   ConstMatrix<float> s, std::size_t dims, Matrix<float> kl) {
  HWY_DYNAMIC_DISPATCH(GaussianKlTo)(mu, sigma, m, s, dims, kl);
}
template <>
void gaussian_kl_to_backward<float>(ConstMatrix<float> mu, ConstMatrix<float> sigma, ConstMatrix<float> m,
                                    ConstMatrix<float> s, std::size_t dims, std::span<const float> weight,
                                    Matrix<float> dmu, Matrix<float> dsigma, Matrix<float> dm, Matrix<float> ds) {
  HWY_DYNAMIC_DISPATCH(GaussianKlToBackward)(mu, sigma, m, s, dims, weight.data(), dmu, dsigma, dm, ds);
}

// Few numbers per neuron: plain loops, the neurons' sums run side by side.
template <>
void pool_forward<float>(ConstMatrix<float> z, std::size_t dims, float factor, Matrix<float> activity) {
  const float* from = z.data;
  for (float& to : activity.flat()) {
    float sum = 0;
    for (std::size_t k = 0; k < dims; ++k) sum += from[k];
    to = factor * sum;
    from += dims;
  }
}
template <>
void pool_backward<float>(ConstMatrix<float> dactivity, std::size_t dims, float factor, Matrix<float> dz) {
  float* to = dz.data;
  for (const float value : dactivity.flat()) {
    for (std::size_t k = 0; k < dims; ++k) to[k] = factor * value;
    to += dims;
  }
}

}  // namespace vdn::kernels
#endif  // HWY_ONCE
