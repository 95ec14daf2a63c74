#pragma once
// Ctrl-C: the first one asks training to end, the second one kills.

namespace vdn::cli {

/// While it lives, SIGINT and SIGTERM are noted instead of killing; a second one kills.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

/// The signal noted since the program began, 0 when none. A command that was interrupted ends with 128 + signal.
int noted_signal();

}  // namespace vdn::cli
