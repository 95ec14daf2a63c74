#include <vdn/kernels/dense.hpp>

#include <cblas.h>

#include "kernels/cpu/blas_scratch.hpp"

extern "C" {
void dpotrf_(const char* uplo, const int* n, double* a, const int* lda, int* info);
void dpotrs_(const char* uplo, const int* n, const int* columns, const double* a, const int* lda, double* b,
             const int* ldb, int* info);
}

namespace vdn::kernels {
namespace {

void product(ConstMatrix<double> a, ConstMatrix<double> b, CBLAS_TRANSPOSE transpose, Matrix<double> out) {
  const auto size = [](std::size_t n) { return static_cast<int>(n); };
  if (out.size() == 0) return;
  claim_blas_scratch();
  cblas_dgemm(CblasRowMajor, CblasNoTrans, transpose, size(out.rows), size(out.cols), size(a.cols), 1.0, a.data,
              size(a.cols), b.data, size(b.cols), 0.0, out.data, size(out.cols));
}

}  // namespace

void dense_product(ConstMatrix<double> a, ConstMatrix<double> b, Matrix<double> out) {
  product(a, b, CblasNoTrans, out);
}

void dense_product_transposed(ConstMatrix<double> a, ConstMatrix<double> b, Matrix<double> out) {
  product(a, b, CblasTrans, out);
}

bool solve_positive_definite(Matrix<double> a, Matrix<double> b) {
  const int n = static_cast<int>(a.rows), right_sides = static_cast<int>(b.rows);
  int info = 0;
  claim_blas_scratch();
  dpotrf_("L", &n, a.data, &n, &info);  // row-major upper is LAPACK's lower triangle; its columns are our rows
  if (info != 0) return false;
  dpotrs_("L", &n, &right_sides, a.data, &n, b.data, &n, &info);
  return info == 0;
}

}  // namespace vdn::kernels
