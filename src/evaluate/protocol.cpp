#include <vdn/evaluate/protocol.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <vdn/core/error.hpp>
#include <vdn/model/split_windows.hpp>

#include "protocol_rules.hpp"

namespace vdn {
namespace {

constexpr std::array<std::string_view, 4> names = {"auto", "ltsf", "probts", "source"};

std::string_view name_of(Protocol protocol) {
  return names[static_cast<std::size_t>(protocol)];
}

/// The protocol a split is made for.
Protocol protocol_of(Split split) {
  if (split == Split::probts) return Protocol::probts;
  return split == Split::source ? Protocol::source : Protocol::own;
}

/// The model's test part, or what came after the rows it has seen.
Range own_rows(const Forecaster& model, std::size_t length) {
  const Range own = model.data().borders.test();
  Range rows = own.size() > 0 ? Range{own.begin, std::min(own.end, length)} : Range{own.begin, length};
  rows.end = std::max(rows.begin, rows.end);
  return rows;
}

Windows windows_of(const Forecaster& model, const LoadedData& data, const TestPart& part, const WindowShape& shape) {
  if (part.protocol == Protocol::probts) return probts_test_windows(data, part.rows, shape);
  if (part.protocol == Protocol::source) {
    return split_windows(data.series, model.settings(), Split::source, model.data().borders, Part::test, shape);
  }
  return part_windows(data.series, part.rows, shape);
}

}  // namespace

std::string table_name(const LoadedData& data) {
  return data.set ? std::string(data.set->name) : data.path;
}

Protocol parse_protocol(std::string_view text) {
  if (text.empty()) return Protocol::own;
  const auto found = std::find(names.begin(), names.end(), text);
  if (found != names.end()) return static_cast<Protocol>(found - names.begin());
  const std::string near = nearest_word(std::string(text), names);
  throw Error(ErrorKind::usage, "protocol", fmt::format("unknown value '{}'", text),
              near.empty() ? "known are auto, ltsf, probts and source" : fmt::format("did you mean '{}'?", near));
}

TestPart test_part(const Forecaster& model, const LoadedData& data, std::string_view protocol,
                   const WindowShape& shape) {
  TestPart part;
  part.protocol = parse_protocol(protocol);
  const bool own = part.protocol == Protocol::own;
  if (own) part.protocol = protocol_of(parse_split(model.data().split));
  part.name = own ? model.data().split : std::string(name_of(part.protocol));
  if (own || part.protocol == Protocol::source) {
    part.rows = own_rows(model, data.series.length());
  } else {
    part.rows = ltsf_borders(data.set ? data.set->name : "", data.series.length()).test();
  }
  require_admitted(model, data, part);
  part.windows = windows_of(model, data, part, shape);
  if (!part.windows.empty()) return part;
  throw Error(ErrorKind::data, table_name(data),
              fmt::format("the test rows [{}, {}) hold no window of {} rows of context and {} rows of horizon",
                          part.rows.begin, part.rows.end, shape.least() + shape.extra, shape.horizon),
              part.rows.size() < shape.horizon ? "give a table with newer rows, or fit with --split auto" : "");
}

void require_admitted(const Forecaster& model, const LoadedData& data, const TestPart& part) {
  if (part.protocol == Protocol::probts) require_probts_context(model, data);
  if (part.protocol == Protocol::source) {
    require_source_borders(model, data, part);
  } else {
    require_unseen(model, data, part);
  }
}

/// Rows are known by their times, so that a table that begins elsewhere is judged rightly; the named sets, whose times
/// may repeat, go by row number.
void require_unseen(const Forecaster& model, const LoadedData& data, const TestPart& part) {
  const DataRecord& record = model.data();
  const Range rows = part.rows;
  std::size_t seen = data.set ? seen_rows(parse_split(record.split), record.borders, model.horizon()) : 0;
  for (std::size_t row = data.set ? rows.end : rows.begin; row < rows.end; ++row) {
    if (data.series.times[row] <= record.seen_until) seen = row + 1;
  }
  if (rows.begin >= seen) return;
  const std::string_view split = part.protocol == Protocol::own ? "ltsf" : name_of(part.protocol);
  throw Error(ErrorKind::data, table_name(data),
              fmt::format("{} has seen {} of the {} test rows [{}, {}): it was fitted or validated on rows up to {}",
                          model.name(), std::min(seen, rows.end) - rows.begin, rows.size(), rows.begin, rows.end,
                          format_time(record.seen_until, record.step)),
              fmt::format("fit with --split {0} to score under protocol {0}, or score with --protocol auto", split));
}

}  // namespace vdn
