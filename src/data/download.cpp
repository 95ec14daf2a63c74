#include <vdn/data/download.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include <vdn/core/error.hpp>

#include "data/http_transfer.hpp"
#include "data/part_file.hpp"

namespace vdn {
namespace {

using Clock = std::chrono::steady_clock;

/// False when the progress callback stops the download meanwhile.
bool wait(std::chrono::milliseconds pause, const PartFile& part, const DownloadOptions& options) {
  const auto until = Clock::now() + pause;
  while (Clock::now() < until) {
    if (options.progress && !options.progress({part.size(), part.origin().total})) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

/// Tries until the part is complete (true) or the callback stops it (false).
bool fill(const std::string& address, PartFile& part, const DownloadOptions& options) {
  std::uint64_t furthest = part.size();
  auto pause = options.pause;
  for (std::size_t fruitless = 0;;) {
    const TransferOutcome outcome = transfer(address, part, options);
    if (outcome.end != TransferEnd::lost) return outcome.end == TransferEnd::complete;
    // New is only what no earlier try reached: a server that always cuts at the same byte must not go on for ever.
    const bool brought_something = part.size() > furthest;
    furthest = std::max(furthest, part.size());
    fruitless = brought_something ? 1 : fruitless + 1;
    if (brought_something) pause = options.pause;
    if (fruitless >= options.attempts) {
      throw Error(ErrorKind::unavailable, address,
                  fmt::format("{}; gave up after {} tries", outcome.problem, fruitless),
                  "try again later: what arrived is kept");
    }
    if (!wait(pause, part, options)) return false;
    pause *= 2;
  }
}

}  // namespace

DownloadResult download(const std::string& address, const std::string& target, const DownloadCheck& check,
                        const DownloadOptions& options) {
  PartFile part(target);
  DownloadResult result;
  const std::uint64_t before = part.continues(address) ? part.size() : 0;
  result.complete = fill(address, part, options);
  result.bytes = part.size();
  result.total = part.origin().total;
  result.resumed_from = part.restarted() ? 0 : before;
  if (!result.complete) return result;
  try {
    check(part.path());
  } catch (const Error& refused) {
    if (refused.kind() == ErrorKind::data) part.discard();
    throw;
  }
  part.finish();
  return result;
}

}  // namespace vdn
