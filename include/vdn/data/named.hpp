#pragma once
// The data sets vdn knows by name, and where it looks for them.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vdn {

/// One known data set.
struct NamedSet {
  std::string_view name;     ///< what the command line says, lower case
  std::string_view file;     ///< file name without ".gz"; both forms are accepted
  std::size_t rows;          ///< T
  std::size_t series;        ///< D
  std::string_view step;     ///< text, as describe_step gives it
  std::size_t season;        ///< rows of the leading season
  std::size_t horizon;       ///< default horizon in rows
  std::string_view sha256;   ///< of the uncompressed file, lower-case hex; empty when not known
  std::string_view source;   ///< who publishes it
  std::string_view licence;  ///< "not stated" where the source says nothing
  bool bundled;              ///< comes with vdn

  std::string_view address = {};  ///< where `vdn data get` downloads it; empty for a bundled set
  double megabytes = 0.0;         ///< of the uncompressed file, rounded
  std::string_view other_sha256 =
      {};                    ///< of the copy in circulation with the other line ends; empty when there is none
  bool sum_computed = true;  ///< false: the sums are those others published, the file was not at hand
};

/// All of them, in the order they are listed.
std::span<const NamedSet> named_sets();
/// The set of that name (case does not matter), or null.
const NamedSet* find_named(std::string_view name);

/// What a DATA argument means.
struct DataLocation {
  std::string path;               ///< a file, or "-" for standard input
  const NamedSet* set = nullptr;  ///< null for a user's file
};

/// The folders searched for named sets, in order: the bundled one (../share/vdn beside the program, or the source
/// tree's data/), those of $VDN_DATA (separated by ':'), then vdn/ in $XDG_CACHE_HOME or ~/.cache. Some may not exist.
std::vector<std::string> data_folders();

/// The last of those folders, where downloads go; "" without $XDG_CACHE_HOME and $HOME.
std::string cache_folder();

/// The file of a named set in one folder, plain or .gz, or nothing.
std::optional<std::string> locate_in(const std::string& folder, const NamedSet& set);
/// The file of a named set in those folders, or nothing.
std::optional<std::string> locate(const NamedSet& set);

/// A known name means the set in data_folders(); anything else is a path.
/// Throws Error (no_input): a known set that is nowhere (the message says where to get it and where to put it), or a
/// word that is neither a file nor a known name (the message names the nearest one).
DataLocation find_data(const std::string& name_or_path);

/// SHA-256 of the file's content, of the decompressed content for gzip; lower-case hex. Throws like read_csv.
std::string content_sha256(const std::string& path);

/// True when the file is the set's, bit for bit or with the other line ends; also true when the set's checksum is not
/// known. Throws like read_csv.
bool verify_checksum(const std::string& path, const NamedSet& set);

}  // namespace vdn
