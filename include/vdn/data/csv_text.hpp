#pragma once
// Reading a CSV table that is in memory: rows as they come from a stream.

#include <string>
#include <string_view>

#include <vdn/data/reading.hpp>
#include <vdn/data/series.hpp>

namespace vdn {

/// As read_csv, of a text that is not compressed; `name` stands for the path in messages.
SeriesSet read_csv_text(std::string_view text, const std::string& name, const ReadingOptions& options = {});

}  // namespace vdn
