#pragma once
// Files that appear whole or not at all.

#include <string>
#include <string_view>

namespace vdn {

/// Writes `content` to a temporary name in the same folder, flushes it to the disk and renames it to `path`: readers
/// see the old file or the new one. Folders that are missing are created. Throws Error (cannot_create, io) naming the
/// path and the cause; the temporary file is removed.
void write_file_atomically(const std::string& path, std::string_view content);

}  // namespace vdn
