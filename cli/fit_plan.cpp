#include "fit_plan.hpp"

#include <unistd.h>

#include <algorithm>

#include <vdn/data/windows.hpp>

#include "common.hpp"

namespace vdn::cli {
namespace {

std::size_t trainable(const Network& network) {
  std::size_t count = 0;
  for (const auto& entry : network.layout().entries()) count += entry.slot.size();
  return count;
}

/// Bytes of everything that grows: the values in double and float, the step's buffers, the validation's buffers.
std::size_t memory_needed(const LoadedData& data, const Network& network, std::size_t batch) {
  const Settings& s = network.settings();
  ArenaCursor cursor;
  network.bind<float>(cursor, batch, s.draws, true);
  for (int flat = 0; flat < 6; ++flat) cursor.array<float>(network.layout().size());
  network.bind<float>(cursor, Forecaster::scan_slots() * s.row_block, s.score_draws, false);
  return cursor.bytes() + data.series.values.size() * (sizeof(double) + sizeof(float));
}

std::string bytes_text(std::size_t bytes) {
  const double mega = static_cast<double>(bytes) / 1e6;
  return mega < 1000 ? fmt::format("{:.0f} MB", std::max(1.0, mega)) : fmt::format("{:.1f} GB", mega / 1000);
}

std::string part_text(const char* name, Range rows, const SeriesSet& set) {
  if (rows.size() == 0) return fmt::format("no {}", name);
  return fmt::format("{} {} rows from {}", name, grouped(rows.size()), format_time(set.times[rows.begin], set.step));
}

std::string name_some(const std::vector<std::size_t>& which, const SeriesSet& set) {
  constexpr std::size_t most = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, which.size()); ++i) text += (i ? ", " : "") + set.names[which[i]];
  return which.size() > most ? text + fmt::format(" and {} more", which.size() - most) : text;
}

}  // namespace

Split choose_split(const std::string& text, const LoadedData& data) {
  if (!text.empty()) return parse_split(text);
  return data.set && !data.set->bundled ? Split::ltsf : Split::automatic;
}

FitPlan plan_fit(const LoadedData& data, const FitJob& job) {
  const Settings& s = job.settings;
  const SeriesSet& set = data.series;
  FitPlan plan;
  plan.borders = make_borders(job.split, data.set ? data.set->name : "", set.length());
  check_borders(plan.borders, window_shape(s), set.source);
  plan.scaler = fit_scaler(set, plan.borders.train());
  plan.windows = fit_windows(set, plan.borders, s);
  const std::size_t windows = plan.windows.training.count();
  const std::size_t batch = std::max<std::size_t>(1, std::min<std::size_t>(s.batch, windows));
  plan.steps_per_epoch = std::max<std::size_t>(1, std::min<std::size_t>(s.windows_per_epoch, windows) / batch);
  const Network network(s);
  plan.parameters = trainable(network);
  plan.memory = memory_needed(data, network, batch);
  const auto available =
      static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  if (plan.memory > available) {
    throw Error(
        ErrorKind::config, "settings",
        fmt::format("the fit needs {} of memory, this machine has {}", bytes_text(plan.memory), bytes_text(available)),
        "lower train.batch, train.draws, score.draws, neuron.count or head.components");
  }
  return plan;
}

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
  text +=
      fmt::format("split  {}: {}; {}; {}\n", split_name(job.split), part_text("training", plan.borders.train(), set),
                  part_text("validation", plan.borders.validation(), set), part_text("test", plan.borders.test(), set));
  text += fmt::format("model  {}{}: look-back {}, horizon {}, {} of {}, {}; {} parameters\n", job.preset,
                      s.twin == Twin::none ? "" : fmt::format(" ({} twin)", twin_name(s.twin)), s.lookback, s.horizon,
                      counted(s.neurons, "neuron"), counted(s.dims, "dimension"), counted(s.draws, "draw"),
                      grouped(plan.parameters));
  text +=
      fmt::format("train  up to {} of {}, {}, seed {}, about {} of memory", counted(s.epochs, "epoch"),
                  counted(plan.steps_per_epoch, "step"), counted(threads, "thread"), s.seed, bytes_text(plan.memory));
  return text;
}

}  // namespace vdn::cli
