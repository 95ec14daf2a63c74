#include <vdn/kernels/eigen.hpp>

#include <vector>

#include <vdn/core/error.hpp>

#include "kernels/cpu/blas_scratch.hpp"

extern "C" void dsyev_(const char* job, const char* triangle, const int* n, double* a, const int* lda, double* values,
                       double* work, const int* work_size, int* info);

namespace vdn::kernels {

void symmetric_eigen(Matrix<double> a, std::span<double> values) {
  const int n = static_cast<int>(a.rows);
  int info = 0, size = -1;
  double best = 0;
  claim_blas_scratch();
  // Row-major lower is LAPACK's upper triangle; its columns are our rows.
  dsyev_("V", "U", &n, a.data, &n, values.data(), &best, &size, &info);  // asks for the size of the workspace
  size = static_cast<int>(best);
  std::vector<double> work(static_cast<std::size_t>(size));
  dsyev_("V", "U", &n, a.data, &n, values.data(), work.data(), &size, &info);
  if (info != 0) throw Error(ErrorKind::software, "symmetric_eigen", "the eigenvalues do not converge");
}

}  // namespace vdn::kernels
