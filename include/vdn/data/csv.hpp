#pragma once
// Reading CSV tables: wide (the time, then one column per series) or long (series, time, value).

#include <string>

#include <vdn/data/reading.hpp>
#include <vdn/data/series.hpp>

namespace vdn {

/// Reads a table in one pass over chunks of about 1 MB. `path` is a file or "-" for standard input; gzip is recognised
/// by its first bytes, not by name. A table is long when its header names the id, time and value columns of `options`.
///
/// The separator (comma, semicolon or tab) is the one that cuts header and first row into equally many fields, of
/// several the most frequent of the header. Without commas as separators, numbers may have decimal commas: taken when
/// the first chunk has such numbers, none with a point, and not all with three digits behind the comma. CRLF line ends,
/// a UTF-8 byte order mark, quoted fields (line breaks inside too) and blank lines at the end are accepted; bytes of
/// names that are not UTF-8 become U+FFFD.
///
/// Under strict the times of a series must ascend and lie on one regular grid that all series share: a hole of up to
/// max_gap rows is filled with missing values, a longer one is a gap, which has no rows but a break. A series has
/// the rows from its first observed value to its last. A table whose times all fall from row to row is
/// turned round. Under rows (and automatic) a wide table is taken as it is; of a long table the distinct times in
/// ascending order become the rows, and of several values of one series at one time the last one counts. Integers of
/// eight digits that are all dates become dates. Throws Error, naming file, line (from 1) and column (name and number
/// from 1):
///   no_input  the file is missing, unreadable or a directory
///   usage     a column or a gap of `options` that cannot be
///   data      nothing in the file or a header only; no column of values; two columns of one name; a line with another
///             number of fields than the header; a quote that is not closed; a time that cannot be read; text, infinity
///             or overflow among numbers; truncated or corrupt gzip; times that are not strict where they should be
///   io        reading failed midway
SeriesSet read_csv(const std::string& path, const ReadingOptions& options = {});

}  // namespace vdn
