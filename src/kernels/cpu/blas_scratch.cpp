#include "kernels/cpu/blas_scratch.hpp"

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

namespace vdn::kernels {

void claim_blas_scratch() {
#ifdef VDN_BLAS_SERIAL
  thread_scratch();
#endif
}

}  // namespace vdn::kernels
