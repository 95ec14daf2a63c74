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

void handle(int signal) {
  struct sigaction present {};
  sigaction(signal, nullptr, &present);
  if (present.sa_handler == SIG_IGN) return;  // as for a shell's background jobs
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);  // the next one finds the default, which kills
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

void let_kill(int signal) {
  struct sigaction present {};
  sigaction(signal, nullptr, &present);
  if (present.sa_handler == note_signal) std::signal(signal, SIG_DFL);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  for (const int signal : {SIGINT, SIGTERM}) handle(signal);
}

InterruptGuard::~InterruptGuard() {
  for (const int signal : {SIGINT, SIGTERM}) let_kill(signal);
}

int noted_signal() {
  return noted.load();
}

}  // namespace vdn::cli
