#include <vdn/core/version.hpp>

namespace vdn {

const char* version() {
  return VDN_VERSION;
}

}  // namespace vdn
