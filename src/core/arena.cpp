#include <vdn/core/arena.hpp>

#include <cstdlib>
#include <cstring>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace vdn {
namespace {

constexpr std::size_t cache_line = 64, huge_page = std::size_t{2} << 20;

/// Asks for huge pages before the first touch: a step walks through all of its buffers, and pages of 4 KB, scattered
/// over the memory, make its time a matter of luck. Where the system says no, nothing changes.
void ask_for_huge_pages([[maybe_unused]] void* block, [[maybe_unused]] std::size_t bytes) {
#ifdef __linux__
  madvise(block, bytes, MADV_HUGEPAGE);
#endif
}

}  // namespace

Arena::Arena(std::size_t bytes) : bytes_(bytes) {
  if (bytes == 0) return;
  const bool large = bytes >= huge_page;
  const std::size_t alignment = large ? huge_page : cache_line;
  const std::size_t whole = (bytes + alignment - 1) / alignment * alignment;
  block_.reset(static_cast<std::byte*>(std::aligned_alloc(alignment, whole)));
  if (!block_) throw std::bad_alloc();
  if (large) ask_for_huge_pages(block_.get(), whole);
  std::memset(block_.get(), 0, bytes);
}

void Arena::Free::operator()(std::byte* block) const {
  std::free(block);
}

}  // namespace vdn
