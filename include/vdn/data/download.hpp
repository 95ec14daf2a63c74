#pragma once
// One file from an HTTP server to a folder: goes on after a cut, and never leaves half a file under the final name.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace vdn {

struct DownloadProgress {
  std::uint64_t received = 0;  ///< bytes on disk, those of earlier tries included
  std::uint64_t total = 0;     ///< 0 while the server has not said
};

struct DownloadOptions {
  /// Called several times a second, and once a second at least; false stops the download. May be empty.
  std::function<bool(const DownloadProgress&)> progress;
  std::size_t attempts = 4;               ///< tries in a row that may bring nothing new before it is given up
  std::chrono::milliseconds pause{1000};  ///< before the second try; doubled for every further one
  std::chrono::seconds connect_timeout{20};
  std::chrono::seconds stall_timeout{30};  ///< without a byte for so long the connection counts as lost
};

struct DownloadResult {
  bool complete = false;           ///< false: `progress` stopped it, and the part is kept for the next time
  std::uint64_t bytes = 0;         ///< on disk
  std::uint64_t total = 0;         ///< 0 when the server did not say
  std::uint64_t resumed_from = 0;  ///< bytes an earlier call had left that were used
};

/// Looks at the finished part before it gets its name; throws Error (data) to refuse it.
using DownloadCheck = std::function<void(const std::string& part)>;

/// Downloads `address` (http or https) to `target`, by way of `target`.part. Redirects are followed, never from https
/// to http; proxies are those of the environment (https_proxy, no_proxy; see curl(1)).
///
/// A part left by an earlier call or a lost connection is continued with a range request when the server named an ETag
/// or a date for it and says it is still the same file (RFC 9110, section 13.1.5: If-Range); else it starts again. A
/// lost connection, a stalled one and the answers 408, 429 and 5xx are tried again.
///
/// Throws Error:
///   unavailable    no such host, no connection, no answer in time, or an answer that is not the file
///   cannot_create  the folder or the part cannot be written, or another process is at the same download
///   io             writing failed midway, the disk is full or has too little room; the part is kept
///   data           what `check` throws; the part is removed
DownloadResult download(const std::string& address, const std::string& target, const DownloadCheck& check,
                        const DownloadOptions& options = {});

}  // namespace vdn
