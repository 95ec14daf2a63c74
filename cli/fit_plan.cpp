#include "fit_plan.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "common.hpp"

namespace vdn::cli {
namespace {

std::string part_text(const char* name, Range rows, const SeriesSet& set) {
  if (rows.size() == 0) return fmt::format("no {}", name);
  return fmt::format("{} {} rows from {}", name, grouped(rows.size()), format_time(set.times[rows.begin], set.step));
}

std::string split_text(const FitPlan& plan, const FitJob& job, const SeriesSet& set) {
  if (job.split == Split::source) {
    return fmt::format(
        "split  source: {} to train and {} to validate, drawn at random; their parts touch, so no claims\n",
        counted(plan.windows.training.count(), "window"), counted(plan.windows.validation.count(), "window"));
  }
  const Borders& borders = plan.borders;
  return fmt::format("split  {}: {}; {}; {}\n", split_name(job.split), part_text("training", borders.train(), set),
                     part_text("validation", borders.validation(), set), part_text("test", borders.test(), set));
}

std::string name_some(const std::vector<std::size_t>& which, const SeriesSet& set) {
  constexpr std::size_t most = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, which.size()); ++i) text += (i ? ", " : "") + set.names[which[i]];
  return which.size() > most ? text + fmt::format(" and {} more", which.size() - most) : text;
}

/// What `rows` ignored.
std::string ignored_text(const ReadingReport& r) {
  std::string text;
  const auto add = [&](std::size_t count, const char* noun, const char* rest = "") {
    if (count > 0) text += (text.empty() ? "" : ", ") + counted(count, noun) + rest;
  };
  add(r.ignored_gaps, "gap");
  add(r.duplicates, "duplicate time");
  add(r.unsorted, "step", " back in time");
  add(r.irregular, "short step");
  return text;
}

/// How many values are missing, and by which marks; those of filled holes have none.
std::string missing_note(const SeriesSet& set) {
  const auto [missing, rows] = missing_values(set);
  if (missing == 0) return "";
  std::string marks;
  for (const MarkCount& mark : set.reading.marks) {
    marks += fmt::format("{}{} {}", marks.empty() ? "; in the file " : ", ", grouped(mark.count),
                         mark.mark.empty() ? "empty" : mark.mark);
  }
  return fmt::format("{} ({:.2g}%{})", counted(missing, "missing value"),
                     100 * static_cast<double>(missing) / static_cast<double>(rows), marks);
}

/// Numbers that look like marks: those masked, or those that are not, with the way to do it.
std::string suspected_text(const SeriesSet& set, bool masked) {
  constexpr std::size_t most = 3;
  std::string text;
  std::size_t count = 0;
  for (const SuspectedMark& mark : set.reading.suspected) {
    if (mark.masked != masked || ++count > most) continue;
    text += fmt::format("{}{} in {} ({})", count > 1 ? ", " : "", mark.value, set.names[mark.series],
                        counted(mark.count, "time"));
  }
  if (count == 0) return "";
  if (count > most) text += fmt::format(" and {} more", count - most);
  if (masked) return "masked as missing: " + text;
  const double first = std::find_if(set.reading.suspected.begin(), set.reading.suspected.end(), [](const auto& mark) {
                         return !mark.masked;
                       })->value;
  return fmt::format("looks like a missing value: {}; mask it with --missing {} or --missing auto", text, first);
}

std::string gaps_text(const SeriesSet& set) {
  constexpr std::size_t most = 3;
  const auto& gaps = set.reading.gaps;
  std::string text = counted(gaps.size(), "gap") + " no window crosses: ";
  for (std::size_t i = 0; i < std::min(most, gaps.size()); ++i) {
    const Gap& gap = gaps[i];
    text += fmt::format("{}{} to {}{}", i > 0 ? ", " : "", format_time(gap.before, set.step),
                        format_time(gap.after, set.step),
                        gap.rows > 0 ? fmt::format(" ({} absent)", counted(gap.rows, "row")) : "");
  }
  return gaps.size() > most ? text + fmt::format(" and {} more", gaps.size() - most) : text;
}

}  // namespace

std::string shortened_lookback(std::size_t preset, std::size_t taken) {
  return fmt::format("look-back {} in place of {}: few training rows; --lookback says otherwise", taken, preset);
}

std::string offsets_note(const SeriesSet& set) {
  if (set.reading.offsets == 0) return "";
  return fmt::format("all times are UTC: {} in the file {} an offset, which is taken off",
                     counted(set.reading.offsets, "time"), set.reading.offsets == 1 ? "has" : "have");
}

std::vector<std::string> reading_notes(const LoadedData& data) {
  const ReadingReport& r = data.series.reading;
  std::vector<std::string> notes;
  if (!r.unused_columns.empty()) {
    notes.push_back(fmt::format("columns not used: {}", fmt::join(r.unused_columns, ", ")));
  }
  if (!r.left_out.empty()) notes.push_back(fmt::format("left out: {}", fmt::join(r.left_out, ", ")));
  if (r.reversed) notes.push_back("the newest row stands first: the rows are turned round");
  if (const std::string text = offsets_note(data.series); !text.empty()) notes.push_back(text);
  if (r.repaired_names > 0) notes.push_back(counted(r.repaired_names, "name") + " with bytes that are not UTF-8");
  if (const std::string text = ignored_text(r); !text.empty()) notes.push_back(text + ": rows are taken in order");
  if (const std::string text = missing_note(data.series); !text.empty()) notes.push_back(text);
  for (const bool masked : {true, false}) {
    if (const std::string text = suspected_text(data.series, masked); !text.empty()) notes.push_back(text);
  }
  if (r.holes > 0) {
    notes.push_back(
        fmt::format("{} filled with {} of missing values", counted(r.holes, "hole"), counted(r.inserted_rows, "row")));
  }
  if (!r.gaps.empty()) notes.push_back(gaps_text(data.series));
  if (r.late_series > 0) {
    notes.push_back(fmt::format("{} of {} series begin after the first row or end before the last", r.late_series,
                                data.series.count()));
  }
  return notes;
}

namespace {

std::vector<std::string> plan_notes(const FitPlan& plan, const LoadedData& data, const FitJob& job) {
  std::vector<std::string> notes = reading_notes(data);
  if (!plan.scaler.constant.empty()) {
    notes.push_back("constant in the training part: " + name_some(plan.scaler.constant, data.series));
  }
  if (const std::string text = idle_constraints(job.settings); !text.empty()) notes.push_back(text);
  const WindowShape shape = window_shape(job.settings);
  const std::size_t padded = plan.windows.training.padded(shape.lookback, shape.extra);
  if (padded > 0) {
    notes.push_back(fmt::format(
        "{} of {} are padded on the left: fewer than {} rows before the forecast; a shorter "
        "--lookback pads fewer",
        grouped(padded), counted(plan.windows.training.count(), "training window"), shape.lookback + shape.extra));
  }
  return notes;
}

}  // namespace

std::string describe(const FitPlan& plan, const LoadedData& data, const FitJob& job, std::size_t threads) {
  const SeriesSet& set = data.series;
  const Settings& s = job.settings;
  std::string text = fmt::format("data   {}: {} rows of {} series, step {}, {} to {}\n",
                                 data.set ? std::string(data.set->name) : set.source, grouped(set.length()),
                                 set.count(), describe_step(set.step), format_time(set.times.front(), set.step),
                                 format_time(set.times.back(), set.step));
  for (const std::string& one : plan_notes(plan, data, job)) text += "note   " + one + "\n";
  text += split_text(plan, job, set);
  text += fmt::format("model  {}{}: look-back {}, horizon {}, {} of {}, {}; {} parameters\n", job.preset,
                      s.twin == Twin::none ? "" : fmt::format(" ({} twin)", twin_name(s.twin)), s.lookback, s.horizon,
                      counted(s.neurons, "neuron"), counted(s.dims, "dimension"), counted(s.draws, "draw"),
                      grouped(plan.parameters));
  text += fmt::format("train  up to {} of {}, {}, seed {}, about {} of memory", counted(s.epochs, "epoch"),
                      counted(plan.steps_per_epoch, "step"), counted(threads, "thread"), s.seed,
                      describe_bytes(plan.memory));
  return text;
}

std::string describe(const LineChoice& choice) {
  const LineOptions& line = choice.options;
  std::string text = fmt::format("line   chosen by {}, MSE {:.4f}: look-back {}, penalty {:g}, level {}, {}",
                                 counted(choice.folds, "part") + " of the past", choice.error, choice.lookback,
                                 line.penalty, line.free_level ? "free" : "carried", line.drift ? "drift" : "no drift");
  if (line.robust) text += ", robust";
  if (line.cycle > 0) text += fmt::format(", a cycle of {} rows", line.cycle);
  if (line.rank == 0) return text + ", one map for all series";
  return text + fmt::format(", corrections of rank {} by series, penalty {:g}", line.rank, line.series_penalty);
}

}  // namespace vdn::cli
