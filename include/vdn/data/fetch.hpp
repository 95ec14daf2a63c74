#pragma once
// Getting a named set: the copy that is here already, or a download.

#include <cstdint>
#include <string>

#include <vdn/data/download.hpp>
#include <vdn/data/named.hpp>

namespace vdn {

struct FetchOptions {
  std::string folder = {};  ///< where a download goes; empty: cache_folder()
  bool force = false;       ///< download although there is a copy
  DownloadOptions download = {};
};

struct FetchResult {
  std::string path;         ///< of the set's file, found or downloaded
  bool found = false;       ///< a copy was here: nothing was downloaded
  DownloadResult download;  ///< else; download.complete is false when it was stopped
};

/// Where fetch_named downloads a set: its address, or `$VDN_DATA_MIRROR/FILE` when that variable is set.
/// Throws Error (config) when the variable is no http(s) address; (usage) for a set that comes with vdn.
std::string download_address(const NamedSet& set);

/// Throws Error (data) unless the file is the set: the SHA-256 of its uncompressed content is the published one (both
/// sums are named when not), where one is recorded, and it has the set's rows and series. Throws like read_csv.
void verify_named(const std::string& path, const NamedSet& set);

/// The set's file: a copy in options.folder or in one of data_folders(), verified; else, or with `force`, a download
/// into options.folder, verified before it gets its name. Throws what verify_named and download throw; the message of a
/// download that fails names the other ways to the file.
FetchResult fetch_named(const NamedSet& set, const FetchOptions& options);

}  // namespace vdn
