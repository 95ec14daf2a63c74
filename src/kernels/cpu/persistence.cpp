#include <vdn/kernels/persistence.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/persistence.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include "kernels/cpu/vectors-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels::HWY_NAMESPACE {

using Read = ConstMatrix<float>;
using Write = Matrix<float>;

void AverageDraws(const Read& eps, const Write& average) {
  const Floats d;
  const std::size_t cols = average.cols, draws = average.rows == 0 ? 1 : eps.rows / average.rows;
  const float share = 1.0f / static_cast<float>(draws);
  for (std::size_t b = 0; b < average.rows; ++b) {
    const float* from = eps.data + b * draws * cols;
    float* to = average.data + b * cols;
    ForEachVector(0, cols, [=](auto part) HWY_ATTR {
      auto sum = hn::Zero(d);
      for (std::size_t s = 0; s < draws; ++s) sum = hn::Add(sum, part.Load(d, from + s * cols));
      part.Store(hn::Mul(sum, hn::Set(d, share)), d, to);
    });
  }
}

void AverageDrawsBackward(const Read& average, const Read& dc, const Write& dmu, const Write& dsigma) {
  const Floats d;
  ForEachVector(0, dc.size(), [=](auto part) HWY_ATTR {
    const auto slope = part.Load(d, dc.data);
    part.Store(hn::Add(part.Load(d, dmu.data), slope), d, dmu.data);
    part.Store(hn::MulAdd(slope, part.Load(d, average.data), part.Load(d, dsigma.data)), d, dsigma.data);
  });
}

void Persistence(const Read& c, const Read& earlier, const float* phi, float* error) {
  const Floats d;
  for (std::size_t b = 0; b < c.rows; ++b) {
    const float *now = c.data + b * c.cols, *before = earlier.data + b * c.cols;
    error[b] = SumOver(c.cols, [=](auto part) HWY_ATTR {
      const auto difference = hn::NegMulAdd(part.Load(d, phi), part.Load(d, before), part.Load(d, now));
      return hn::Mul(difference, difference);
    });
  }
}

void PersistenceBackward(const Read& c, const Read& earlier, const float* phi, float weight, const Write& dc,
                         const Write& dearlier, const Write& dphi) {
  const Floats d;
  for (std::size_t b = 0; b < c.rows; ++b) {
    const std::size_t at = b * c.cols;
    ForEachVector(0, c.cols, [=](auto part) HWY_ATTR {
      const auto share = part.Load(d, phi), before = part.Load(d, earlier.data + at);
      const auto difference = hn::NegMulAdd(share, before, part.Load(d, c.data + at));
      const auto slope = hn::Mul(hn::Set(d, 2.0f * weight), difference);
      part.Store(slope, d, dc.data + at);
      part.Store(hn::Neg(hn::Mul(share, slope)), d, dearlier.data + at);
      part.Store(hn::Neg(hn::Mul(before, slope)), d, dphi.data + at);
    });
  }
}

void PersistentPrior(const Read& mu, const Read& sigma, const float* phi, float tau, const Write& m, const Write& s) {
  const Floats d;
  for (std::size_t b = 0; b < mu.rows; ++b) {
    const std::size_t at = b * mu.cols;
    ForEachVector(0, mu.cols, [=](auto part) HWY_ATTR {
      const auto share = part.Load(d, phi), kept = hn::Mul(share, part.Load(d, sigma.data + at));
      part.Store(hn::Mul(share, part.Load(d, mu.data + at)), d, m.data + at);
      part.Store(hn::Sqrt(hn::MulAdd(kept, kept, hn::Set(d, tau * tau))), d, s.data + at);
    });
  }
}

void PersistentPriorBackward(const Read& mu, const Read& sigma, const float* phi, const Read& s, const Read& dm,
                             const Read& ds, const Write& dmu, const Write& dsigma, const Write& dphi) {
  const Floats d;
  for (std::size_t b = 0; b < mu.rows; ++b) {
    const std::size_t at = b * mu.cols;
    ForEachVector(0, mu.cols, [=](auto part) HWY_ATTR {
      const auto share = part.Load(d, phi), own = part.Load(d, sigma.data + at), by_mean = part.Load(d, dm.data + at);
      const auto kept = hn::Div(hn::Mul(share, own), part.Load(d, s.data + at));
      const auto slope = hn::Mul(part.Load(d, ds.data + at), kept);
      part.Store(hn::Mul(share, by_mean), d, dmu.data + at);
      part.Store(hn::Mul(slope, share), d, dsigma.data + at);
      part.Store(hn::MulAdd(part.Load(d, mu.data + at), by_mean, hn::Mul(slope, own)), d, dphi.data + at);
    });
  }
}

}  // namespace vdn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vdn::kernels {

HWY_EXPORT(AverageDraws);
HWY_EXPORT(AverageDrawsBackward);
HWY_EXPORT(Persistence);
HWY_EXPORT(PersistenceBackward);
HWY_EXPORT(PersistentPrior);
HWY_EXPORT(PersistentPriorBackward);

template <>
void average_draws_forward<float>(ConstMatrix<float> eps, Matrix<float> average) {
  HWY_DYNAMIC_DISPATCH(AverageDraws)(eps, average);
}
template <>
void average_draws_backward<float>(ConstMatrix<float> average, ConstMatrix<float> dc, Matrix<float> dmu,
                                   Matrix<float> dsigma) {
  HWY_DYNAMIC_DISPATCH(AverageDrawsBackward)(average, dc, dmu, dsigma);
}
template <>
void persistence_forward<float>(ConstMatrix<float> c, ConstMatrix<float> earlier, std::span<const float> phi,
                                std::span<float> error) {
  HWY_DYNAMIC_DISPATCH(Persistence)(c, earlier, phi.data(), error.data());
}
template <>
void persistence_backward<float>(ConstMatrix<float> c, ConstMatrix<float> earlier, std::span<const float> phi,
                                 float weight, Matrix<float> dc, Matrix<float> dearlier, Matrix<float> dphi) {
  HWY_DYNAMIC_DISPATCH(PersistenceBackward)(c, earlier, phi.data(), weight, dc, dearlier, dphi);
}
template <>
void persistent_prior_forward<float>(ConstMatrix<float> mu, ConstMatrix<float> sigma, std::span<const float> phi,
                                     float tau, Matrix<float> m, Matrix<float> s) {
  HWY_DYNAMIC_DISPATCH(PersistentPrior)(mu, sigma, phi.data(), tau, m, s);
}
template <>
void persistent_prior_backward<float>(ConstMatrix<float> mu, ConstMatrix<float> sigma, std::span<const float> phi,
                                      ConstMatrix<float> s, ConstMatrix<float> dm, ConstMatrix<float> ds,
                                      Matrix<float> dmu, Matrix<float> dsigma, Matrix<float> dphi) {
  HWY_DYNAMIC_DISPATCH(PersistentPriorBackward)(mu, sigma, phi.data(), s, dm, ds, dmu, dsigma, dphi);
}

}  // namespace vdn::kernels
#endif  // HWY_ONCE
