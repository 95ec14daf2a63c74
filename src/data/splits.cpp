#include <vdn/data/splits.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

constexpr std::array<std::string_view, 5> split_names = {"auto", "ltsf", "probts", "source", "all"};

}  // namespace

Split parse_split(std::string_view text) {
  for (std::size_t i = 0; i < split_names.size(); ++i) {
    if (split_names[i] == text) return static_cast<Split>(i);
  }
  const std::string near = nearest_word(std::string(text), split_names);
  throw Error(ErrorKind::config, "split", fmt::format("unknown value '{}'", text),
              near.empty() ? "known are auto, ltsf, probts, source and all" : fmt::format("did you mean '{}'?", near));
}

const char* split_name(Split split) {
  return split_names[static_cast<std::size_t>(split)].data();
}

Borders auto_borders(std::size_t rows) {
  // The products in double precision, cut, are what every published implementation computes.
  const auto train = static_cast<std::size_t>(static_cast<double>(rows) * 0.7);
  const auto test = static_cast<std::size_t>(static_cast<double>(rows) * 0.2);
  return {train, rows - test, rows};
}

Borders all_borders(std::size_t rows) {
  return {rows - rows / 10, rows, rows};
}

Borders ltsf_borders(std::string_view name, std::size_t rows) {
  const bool hours = name == "etth1" || name == "etth2", quarters = name == "ettm1" || name == "ettm2";
  if (!hours && !quarters) return auto_borders(rows);
  const std::size_t month = 30 * std::size_t{24} * (quarters ? 4 : 1);  // rows
  const Borders borders{12 * month, 16 * month, 20 * month};
  if (rows < borders.test_end) {
    throw Error(ErrorKind::data, std::string(name),
                fmt::format("has {} rows, the benchmark's borders need {}", rows, borders.test_end),
                "get the whole set");
  }
  return borders;
}

Borders make_borders(Split split, std::string_view name, std::size_t rows) {
  if (split == Split::source) throw Error(ErrorKind::software, "make_borders", "those of source depend on the windows");
  if (split == Split::ltsf || split == Split::probts) return ltsf_borders(name, rows);
  return split == Split::all ? all_borders(rows) : auto_borders(rows);
}

Range selection_rows(Range validation, std::size_t horizon) {
  if (validation.size() < 3 * horizon) return validation;
  return {validation.begin, validation.begin + (validation.size() - horizon) / 2};
}

Range calibration_rows(Range validation, std::size_t horizon) {
  if (validation.size() < 3 * horizon) return validation;
  return {validation.end - (validation.size() - horizon) / 2, validation.end};
}

Borders source_borders(std::string_view name, std::size_t rows, std::size_t lookback, std::size_t horizon,
                       std::size_t shift, std::string_view source) {
  const std::size_t used = ltsf_borders(name, rows).test_end, first = lookback + shift;
  const std::size_t origins = used > first + horizon ? used - first - horizon : 0;
  const auto n = static_cast<double>(origins);
  // As the source computes them: .7 + .1 is a little less than .8 in double precision.
  const Borders borders{first + static_cast<std::size_t>(0.7 * n), first + static_cast<std::size_t>((0.7 + 0.1) * n),
                        origins > 0 ? used - 1 : used};
  if (borders.train_end > first && borders.val_end > borders.train_end &&
      borders.test_end >= borders.val_end + horizon) {
    return borders;
  }
  throw Error(
      ErrorKind::data, std::string(source),
      fmt::format("series of {} rows are too short for split source: {} origins with {} rows before and {} after "
                  "them cannot be divided in three",
                  rows, origins, first, horizon),
      "use a smaller --lookback or --horizon, or another --split");
}

std::size_t seen_rows(Split split, const Borders& borders, std::size_t horizon) {
  return split == Split::source ? borders.val_end + horizon - 1 : borders.val_end;
}

std::size_t probts_context(std::string_view name) {
  return name == "ili" ? 36 : 96;
}

void check_split_context(Split split, std::string_view name, std::size_t context_rows, std::size_t shift,
                         std::string_view place) {
  const std::size_t given = probts_context(name);
  if (split != Split::probts || context_rows == given) return;
  const std::string pair = shift > 0 ? fmt::format(": its second context lies {} rows earlier", shift) : "";
  throw Error(ErrorKind::config, std::string(place),
              fmt::format("reads {} rows before a forecast, protocol probts gives {}{}", context_rows, given, pair),
              fmt::format("fit with --lookback {}", given - std::min(given - 1, shift)));
}

void check_borders(const Borders& borders, const WindowShape& shape, std::string_view source) {
  if (borders.train_end > borders.val_end || borders.val_end > borders.test_end) {
    throw Error(ErrorKind::software, "check_borders", "the borders do not ascend");
  }
  const auto require = [&](const char* part, std::size_t rows, std::size_t needed, const std::string& why) {
    if (rows >= needed) return;
    throw Error(ErrorKind::data, std::string(source),
                fmt::format("series of {} rows are too short for lookback {} + horizon {}: the {} part has {} rows and "
                            "needs {} ({})",
                            borders.test_end, shape.lookback, shape.horizon, part, rows, needed, why),
                "use a smaller --lookback or --horizon, or another --split");
  };
  const std::string context = fmt::format("least context {}{} + horizon", shape.least(),
                                          shape.extra > 0 ? fmt::format(" + shift {}", shape.extra) : "");
  require("training", borders.train_end, shape.least() + shape.extra + shape.horizon, context);
  require("validation", borders.validation().size(), shape.horizon, "horizon");
  if (borders.test().size() > 0) require("test", borders.test().size(), shape.horizon, "horizon");
}

}  // namespace vdn
