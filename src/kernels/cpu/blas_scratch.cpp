#include <cblas.h>

#include <algorithm>

#include "kernels/cpu/blas.hpp"

#ifdef VDN_BLAS_SERIAL
#include <sys/mman.h>

#include <cstdlib>
#include <new>

// OpenBLAS built without threads hands its scratch memory out without locks: two threads that multiply at once get the
// same buffer and both compute garbage. The linker sends its requests here instead (-Wl,--wrap,
// cmake/Dependencies.cmake) and every thread gets a buffer of its own. One is enough: OpenBLAS takes one per product
// and gives it back at its end.
namespace {

/// BUFFER_SIZE of OpenBLAS 0.3.21 on x86-64 (32 << 22) and the slack its kernels step over. Untouched pages cost
/// nothing.
constexpr std::size_t scratch_bytes = (32ul << 22) + (1ul << 16);

struct Scratch {
  void* block =
      mmap(nullptr, scratch_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  Scratch() {
    if (block == MAP_FAILED) throw std::bad_alloc();
  }
  ~Scratch() { munmap(block, scratch_bytes); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
};

thread_local bool scratch_taken = false;

void* thread_scratch() {
  thread_local Scratch scratch;
  return scratch.block;
}

}  // namespace

extern "C" {  // NOLINTBEGIN(bugprone-reserved-identifier): the names the linker looks for
void* __wrap_blas_memory_alloc(int /*position*/) {
  if (scratch_taken) std::abort();  // a second buffer in one call: not an OpenBLAS this file was written for
  scratch_taken = true;
  return thread_scratch();
}
void __wrap_blas_memory_free(void* /*block*/) {
  scratch_taken = false;
}
}  // NOLINTEND(bugprone-reserved-identifier)
#endif

// The products of the kernels stand in this file, so that whoever links one links the scratch memory too.
namespace vdn::kernels::blas {
namespace {

CBLAS_TRANSPOSE transpose(Side side) {
  return side == Side::transposed ? CblasTrans : CblasNoTrans;
}
blasint narrow(std::size_t size) {
  return static_cast<blasint>(size);
}
/// CBLAS wants strides of at least 1, of empty matrices too.
blasint stride(std::size_t size) {
  return narrow(std::max<std::size_t>(1, size));
}

}  // namespace

void multiply(Side a_side, Side b_side, std::size_t rows, std::size_t cols, std::size_t inner, const float* a,
              std::size_t a_stride, const float* b, std::size_t b_stride, float beta, float* c, std::size_t c_stride) {
  if (rows == 0 || cols == 0) return;
#ifdef VDN_BLAS_SERIAL
  thread_scratch();  // so that a failure to map it is thrown here, not through the frames of a C library
#endif
  cblas_sgemm(CblasRowMajor, transpose(a_side), transpose(b_side), narrow(rows), narrow(cols), narrow(inner), 1.0f, a,
              stride(a_stride), b, stride(b_stride), beta, c, stride(c_stride));
}

}  // namespace vdn::kernels::blas
