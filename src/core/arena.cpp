#include <vdn/core/arena.hpp>

#include <cstring>
#include <new>

namespace vdn {
namespace {
constexpr std::align_val_t block_alignment{64};
}

Arena::Arena(std::size_t bytes) : bytes_(bytes) {
  if (bytes == 0) return;
  block_.reset(static_cast<std::byte*>(::operator new(bytes, block_alignment)));
  std::memset(block_.get(), 0, bytes);
}

void Arena::Free::operator()(std::byte* block) const {
  ::operator delete(block, block_alignment);
}

}  // namespace vdn
