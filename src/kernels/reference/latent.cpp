#include <vdn/kernels/latent.hpp>

#include <cmath>

namespace vdn::kernels {

template <>
void reparameterise_forward<double>(ConstMatrix<double> mu, ConstMatrix<double> sigma, ConstMatrix<double> eps,
                                    Matrix<double> z) {
  if (z.rows == 0) return;
  const std::size_t draws = z.rows / mu.rows;
  for (std::size_t row = 0; row < z.rows; ++row) {
    const std::size_t b = row / draws;
    for (std::size_t c = 0; c < z.cols; ++c) z(row, c) = mu(b, c) + sigma(b, c) * eps(row, c);
  }
}

template <>
void reparameterise_backward<double>(ConstMatrix<double> eps, ConstMatrix<double> dz, Matrix<double> dmu,
                                     Matrix<double> dsigma) {
  if (dmu.rows == 0) return;
  const std::size_t draws = dz.rows / dmu.rows;
  for (std::size_t b = 0; b < dmu.rows; ++b) {
    for (std::size_t c = 0; c < dmu.cols; ++c) {
      dmu(b, c) = dsigma(b, c) = 0;
      for (std::size_t row = b * draws; row < (b + 1) * draws; ++row) {
        dmu(b, c) += dz(row, c);
        dsigma(b, c) += dz(row, c) * eps(row, c);
      }
    }
  }
}

template <>
void gaussian_kl_forward<double>(ConstMatrix<double> mu, ConstMatrix<double> sigma, std::size_t dims,
                                 Matrix<double> kl) {
  for (std::size_t b = 0; b < kl.rows; ++b) {
    for (std::size_t i = 0; i < kl.cols; ++i) {
      double sum = 0;
      for (std::size_t c = i * dims; c < (i + 1) * dims; ++c) {
        const double m = mu(b, c), s = sigma(b, c);
        sum += 0.5 * (m * m + s * s - std::log(s * s) - 1);
      }
      kl(b, i) = sum;
    }
  }
}

template <>
void gaussian_kl_backward<double>(ConstMatrix<double> mu, ConstMatrix<double> sigma, std::size_t dims,
                                  std::span<const double> weight, Matrix<double> dmu, Matrix<double> dsigma) {
  for (std::size_t b = 0; b < mu.rows; ++b) {
    for (std::size_t c = 0; c < mu.cols; ++c) {
      const double w = weight[c / dims];
      dmu(b, c) += w * mu(b, c);
      dsigma(b, c) += w * (sigma(b, c) - 1 / sigma(b, c));
    }
  }
}

template <>
void gaussian_kl_to_forward<double>(ConstMatrix<double> mu, ConstMatrix<double> sigma, ConstMatrix<double> m,
                                    ConstMatrix<double> s, std::size_t dims, Matrix<double> kl) {
  for (std::size_t b = 0; b < kl.rows; ++b) {
    for (std::size_t i = 0; i < kl.cols; ++i) {
      double sum = 0;
      for (std::size_t c = i * dims; c < (i + 1) * dims; ++c) {
        const double u = (mu(b, c) - m(b, c)) / s(b, c), r = sigma(b, c) / s(b, c);
        sum += 0.5 * (u * u + r * r - std::log(r * r) - 1);
      }
      kl(b, i) = sum;
    }
  }
}

template <>
void gaussian_kl_to_backward<double>(ConstMatrix<double> mu, ConstMatrix<double> sigma, ConstMatrix<double> m,
                                     ConstMatrix<double> s, std::size_t dims, std::span<const double> weight,
                                     Matrix<double> dmu, Matrix<double> dsigma, Matrix<double> dm, Matrix<double> ds) {
  for (std::size_t b = 0; b < mu.rows; ++b) {
    for (std::size_t c = 0; c < mu.cols; ++c) {
      const double w = weight[c / dims], u = (mu(b, c) - m(b, c)) / s(b, c), r = sigma(b, c) / s(b, c);
      dmu(b, c) += w * u / s(b, c);
      dsigma(b, c) += w * (r / s(b, c) - 1 / sigma(b, c));
      dm(b, c) = -w * u / s(b, c);
      ds(b, c) = w * (1 - r * r - u * u) / s(b, c);
    }
  }
}

template <>
void pool_forward<double>(ConstMatrix<double> z, std::size_t dims, double factor, Matrix<double> activity) {
  for (std::size_t row = 0; row < activity.rows; ++row) {
    for (std::size_t i = 0; i < activity.cols; ++i) {
      double sum = 0;
      for (std::size_t c = i * dims; c < (i + 1) * dims; ++c) sum += z(row, c);
      activity(row, i) = factor * sum;
    }
  }
}

template <>
void pool_backward<double>(ConstMatrix<double> dactivity, std::size_t dims, double factor, Matrix<double> dz) {
  for (std::size_t row = 0; row < dz.rows; ++row) {
    for (std::size_t c = 0; c < dz.cols; ++c) dz(row, c) = factor * dactivity(row, c / dims);
  }
}

}  // namespace vdn::kernels
