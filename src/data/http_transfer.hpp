#pragma once
// One HTTP request whose body goes to a part file.

#include <cstdint>
#include <exception>
#include <string>

#include <vdn/data/download.hpp>

#include "data/part_file.hpp"

namespace vdn {

/// How one request ended.
enum class TransferEnd {
  complete,  ///< the part is the whole file
  stopped,   ///< the progress callback said so
  lost,      ///< worth another try: a lost or stalled connection, a busy server, a range that does not fit
};

struct TransferOutcome {
  TransferEnd end = TransferEnd::lost;
  std::string problem;  ///< what was lost, for the message should no try help
};

/// Asks `address` for the file, from the end of the part on when it continues(address). The part is restarted when the
/// server sends the file from its beginning. Throws Error (unavailable) where another try cannot help, (io) where
/// writing fails.
TransferOutcome transfer(const std::string& address, PartFile& part, const DownloadOptions& options);

}  // namespace vdn
