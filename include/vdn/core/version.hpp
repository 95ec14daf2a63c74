#pragma once
// The version of the library.

namespace vdn {

/// "0.1.0".
const char* version();

}  // namespace vdn
