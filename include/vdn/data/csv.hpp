#pragma once
// Reading wide CSV tables: a header line, the time in the first column, then one column per series.

#include <string>
#include <vector>

#include <vdn/data/series.hpp>

namespace vdn {

struct CsvOptions {
  /// Marks of a missing value besides the usual ones (empty, NA, N/A, NaN, nan, null, NULL, None, -, ?).
  /// Marks that are numbers compare as numbers: "-9999" also stands for -9999.0.
  std::vector<std::string> missing;
};

/// Reads a table in one pass over chunks of about 1 MB. `path` is a file or "-" for standard input; gzip is recognised
/// by its first bytes, not by name. The separator (comma, semicolon or tab) is the most frequent one of the header
/// line. CRLF line ends, a UTF-8 byte order mark, quoted fields (on one line) and blank lines at the end are accepted;
/// bytes of the header that are not UTF-8 become U+FFFD. Throws Error, naming file, line (from 1) and column (name and
/// number from 1):
///   no_input  the file is missing, unreadable or a directory
///   data      nothing in the file or a header only; no column of values; two columns of one name; a line with another
///             number of fields than the header; a time that cannot be read; text, infinity or overflow among numbers;
///             truncated or corrupt gzip
///   io        reading failed midway
SeriesSet read_csv(const std::string& path, const CsvOptions& options = {});

}  // namespace vdn
