#include <vdn/kernels/persistence.hpp>

#include <cmath>
#include <cstddef>

namespace vdn::kernels {

template <>
void average_draws_forward<double>(ConstMatrix<double> eps, Matrix<double> average) {
  if (average.rows == 0) return;
  const std::size_t draws = eps.rows / average.rows;
  for (std::size_t b = 0; b < average.rows; ++b) {
    for (std::size_t c = 0; c < average.cols; ++c) {
      double sum = 0;
      for (std::size_t row = b * draws; row < (b + 1) * draws; ++row) sum += eps(row, c);
      average(b, c) = sum / static_cast<double>(draws);
    }
  }
}

template <>
void average_draws_backward<double>(ConstMatrix<double> average, ConstMatrix<double> dc, Matrix<double> dmu,
                                    Matrix<double> dsigma) {
  for (std::size_t b = 0; b < dc.rows; ++b) {
    for (std::size_t c = 0; c < dc.cols; ++c) {
      dmu(b, c) += dc(b, c);
      dsigma(b, c) += dc(b, c) * average(b, c);
    }
  }
}

template <>
void persistence_forward<double>(ConstMatrix<double> c, ConstMatrix<double> earlier, std::span<const double> phi,
                                 std::span<double> error) {
  for (std::size_t b = 0; b < c.rows; ++b) {
    double sum = 0;
    for (std::size_t i = 0; i < c.cols; ++i) {
      const double difference = c(b, i) - phi[i] * earlier(b, i);
      sum += difference * difference;
    }
    error[b] = sum;
  }
}

template <>
void persistence_backward<double>(ConstMatrix<double> c, ConstMatrix<double> earlier, std::span<const double> phi,
                                  double weight, Matrix<double> dc, Matrix<double> dearlier, Matrix<double> dphi) {
  for (std::size_t b = 0; b < c.rows; ++b) {
    for (std::size_t i = 0; i < c.cols; ++i) {
      const double d = 2 * weight * (c(b, i) - phi[i] * earlier(b, i));
      dc(b, i) = d;
      dearlier(b, i) = -phi[i] * d;
      dphi(b, i) = -earlier(b, i) * d;
    }
  }
}

template <>
void persistent_prior_forward<double>(ConstMatrix<double> mu, ConstMatrix<double> sigma, std::span<const double> phi,
                                      double tau, Matrix<double> m, Matrix<double> s) {
  for (std::size_t b = 0; b < mu.rows; ++b) {
    for (std::size_t i = 0; i < mu.cols; ++i) {
      m(b, i) = phi[i] * mu(b, i);
      s(b, i) = std::sqrt(phi[i] * phi[i] * sigma(b, i) * sigma(b, i) + tau * tau);
    }
  }
}

template <>
void persistent_prior_backward<double>(ConstMatrix<double> mu, ConstMatrix<double> sigma, std::span<const double> phi,
                                       ConstMatrix<double> s, ConstMatrix<double> dm, ConstMatrix<double> ds,
                                       Matrix<double> dmu, Matrix<double> dsigma, Matrix<double> dphi) {
  for (std::size_t b = 0; b < mu.rows; ++b) {
    for (std::size_t i = 0; i < mu.cols; ++i) {
      const double slope = ds(b, i) * phi[i] * sigma(b, i) / s(b, i);
      dmu(b, i) = phi[i] * dm(b, i);
      dsigma(b, i) = slope * phi[i];
      dphi(b, i) = mu(b, i) * dm(b, i) + slope * sigma(b, i);
    }
  }
}

}  // namespace vdn::kernels
