#pragma once

namespace vdn::kernels {

/// Gives this thread its scratch memory, so that what there is none for throws std::bad_alloc here and not through the
/// frames of a C library. Before calls into BLAS or LAPACK; nothing where the library looks after itself.
void claim_blas_scratch();

}  // namespace vdn::kernels
