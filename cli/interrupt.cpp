#include "interrupt.hpp"

#include <atomic>
#include <csignal>

namespace vdn::cli {
namespace {

std::atomic<int> noted{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may only touch lock-free atomics");

void note_signal(int signal) {
  noted.store(signal);
}

void handle(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);  // the next one finds the default, which kills
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  handle(note_signal);
}
InterruptGuard::~InterruptGuard() {
  handle(SIG_DFL);
}

int noted_signal() {
  return noted.load();
}

}  // namespace vdn::cli
