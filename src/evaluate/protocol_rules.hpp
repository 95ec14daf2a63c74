#pragma once
// What the protocols ask, one function a rule.

#include <string>

#include <vdn/evaluate/protocol.hpp>

namespace vdn {

/// What messages and tables call a table: the name of the set, or the path.
std::string table_name(const LoadedData& data);

/// Throws Error (data) when the model was fitted or validated on rows of the part.
void require_unseen(const Forecaster& model, const LoadedData& data, const TestPart& part);

/// Throws Error (config) unless the model reads exactly the rows the protocol gives.
void require_probts_context(const Forecaster& model, const LoadedData& data);
/// The windows whose origin is rows.begin + 96 i, i < probts_windows(): every series at each.
Windows probts_test_windows(const LoadedData& data, Range rows, const WindowShape& shape);

/// Throws Error (data) unless the model was fitted with split source, with the borders that give the part's rows, on a
/// table whose rows are the same up to there. Its training windows overlap the test rows by design, H - 1 of them.
void require_source_borders(const Forecaster& model, const LoadedData& data, const TestPart& part);

}  // namespace vdn
