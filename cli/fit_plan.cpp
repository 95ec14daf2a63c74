#include "fit_plan.hpp"

#include <algorithm>

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

}  // namespace

std::string describe_oddities(const LoadedData& data, const Scaler& scaler) {
  const TimeAxisReport axis = time_axis_report(data.series);
  std::string text;
  const auto add = [&](std::size_t count, const char* noun) {
    if (count > 0) text += (text.empty() ? "" : ", ") + counted(count, noun);
  };
  add(axis.gaps, "gap");
  add(axis.duplicates, "duplicate time");
  add(axis.unsorted, "step back in time");
  add(axis.irregular, "short step");
  if (!text.empty()) text += ": rows are taken in order";
  if (axis.missing > 0) {
    const double share = static_cast<double>(axis.missing) / static_cast<double>(data.series.values.size());
    text +=
        fmt::format("{}{} ({:.2g}%)", text.empty() ? "" : "; ", counted(axis.missing, "missing value"), 100 * share);
  }
  if (!scaler.constant.empty()) {
    text += fmt::format("{}constant in the training part: {}", text.empty() ? "" : "; ",
                        name_some(scaler.constant, data.series));
  }
  return text;
}

std::string describe(const FitPlan& plan, const LoadedData& data, const FitJob& job, std::size_t threads) {
  const SeriesSet& set = data.series;
  const Settings& s = job.settings;
  std::string text = fmt::format("data   {}: {} rows of {} series, step {}, {} to {}\n",
                                 data.set ? std::string(data.set->name) : set.source, grouped(set.length()),
                                 set.count(), describe_step(set.step), format_time(set.times.front(), set.step),
                                 format_time(set.times.back(), set.step));
  if (const std::string odd = describe_oddities(data, plan.scaler); !odd.empty()) text += "note   " + odd + "\n";
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

}  // namespace vdn::cli
