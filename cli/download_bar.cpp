#include "download_bar.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace vdn::cli {
namespace {

constexpr std::size_t bar_width = 30;
constexpr std::chrono::milliseconds redraw_after{100};

}  // namespace

DownloadBar::DownloadBar(const Shared& shared, std::string label)
    : label_(std::move(label)), visible_(!shared.quiet && isatty(STDERR_FILENO) == 1) {}

DownloadBar::~DownloadBar() {
  clear();
}

void DownloadBar::show(const DownloadProgress& now) {
  if (!visible_ || (drawn_ && Clock::now() - *drawn_ < redraw_after)) return;
  drawn_ = Clock::now();
  if (!first_ || now.received < *first_) first_ = now.received;
  const double seconds = std::chrono::duration<double>(Clock::now() - started_).count();
  const double speed = static_cast<double>(now.received - *first_) / std::max(seconds, 1e-3);
  std::string done = megabytes(static_cast<double>(now.received));
  if (now.total > 0) {
    const double share = std::min(1.0, static_cast<double>(now.received) / static_cast<double>(now.total));
    const auto full = static_cast<std::size_t>(share * static_cast<double>(bar_width));
    done = fmt::format("[{}{}] {:3.0f}%  {} of {}", std::string(full, '='), std::string(bar_width - full, ' '),
                       100.0 * share, done, megabytes(static_cast<double>(now.total)));
  }
  say(fmt::format("\r\033[K{}  {}  {}/s", label_, done, megabytes(speed)));
  std::fflush(stderr);
  shown_ = true;
}

void DownloadBar::clear() {
  if (shown_) say("\r\033[K");
  shown_ = false;
}

std::string megabytes(double bytes) {
  return fmt::format("{:.1f} MB", bytes / 1e6);
}

}  // namespace vdn::cli
