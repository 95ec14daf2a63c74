#pragma once
// A download as seen on a terminal: one line, rewritten in place.

#include <chrono>
#include <optional>
#include <string>

#include <vdn/data/download.hpp>

#include "common.hpp"

namespace vdn::cli {

/// Draws on standard error, and only when that is a terminal and --quiet was not given.
class DownloadBar {
 public:
  DownloadBar(const Shared& shared, std::string label);
  ~DownloadBar();
  DownloadBar(const DownloadBar&) = delete;
  DownloadBar& operator=(const DownloadBar&) = delete;

  void show(const DownloadProgress& now);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  std::string label_;
  bool visible_, shown_ = false;
  Clock::time_point started_ = Clock::now();
  std::optional<Clock::time_point> drawn_;
  std::optional<std::uint64_t> first_;  ///< bytes there at the beginning: not part of the speed
};

/// "0.2 MB", "136.5 MB".
std::string megabytes(double bytes);

}  // namespace vdn::cli
