#pragma once
// Which windows of a table a protocol scores, and whom it lets take part. docs/metrics.md says what it computes there.

#include <string>
#include <string_view>

#include <vdn/data/load.hpp>
#include <vdn/data/windows.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn {

enum class Protocol {
  own,     ///< "auto": the model's own test part, by the protocol its split names
  ltsf,    ///< "ltsf": every window of the named set's test rows
  probts,  ///< "probts": context 96 (36 for ili), every 96th origin, sample paths in original units
  source,  ///< "source": windows drawn at random behind the model's borders; see docs/data.md
};

/// Reads "auto" (or ""), "ltsf", "probts" or "source". Throws Error (usage) with the nearest known word.
Protocol parse_protocol(std::string_view text);

/// What is scored.
struct TestPart {
  Protocol protocol = Protocol::own;  ///< never `own` where the model's split names a protocol
  std::string name;                   ///< what tables call it: the protocol, or the split of the model's own borders
  Range rows;                         ///< the test rows
  Windows windows;                    ///< whose targets lie in them
};

/// The test part of a protocol for a model. Under "auto" the rows are those of the model's own borders, or all rows
/// after those it has seen when it has no test part; under "source" too the borders are the model's own. `shape` is
/// that of the forecaster that reads most of the table's. Throws what parse_protocol and require_admitted throw, and
/// Error (data) when the rows hold no window.
TestPart test_part(const Forecaster& model, const LoadedData& data, std::string_view protocol,
                   const WindowShape& shape);

/// Throws Error (data) when the model was fitted or validated on some of the rows of `part` (the message says how many
/// and which split would do), or under source was not fitted with that split on the same rows of the same table; Error
/// (config) under probts when it does not read as many rows as the protocol gives.
void require_admitted(const Forecaster& model, const LoadedData& data, const TestPart& part);

}  // namespace vdn
