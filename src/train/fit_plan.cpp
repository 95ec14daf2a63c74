#include <vdn/train/fit_plan.hpp>

#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

#include <vdn/data/windows.hpp>
#include <vdn/train/epoch_size.hpp>

namespace vdn {
namespace {

std::size_t memory_of_this_machine() {
  return static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
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
  plan.borders = fit_borders(data, job.split, s);
  plan.scaler = fit_scaler(set, scaler_rows(data, job.split, plan.borders));
  plan.windows = fit_windows(set, job.split, plan.borders, s);
  const std::size_t windows = plan.windows.training.count();
  plan.steps_per_epoch = epoch_steps(s, windows);
  const Network network(s, set.count());
  plan.parameters = network.layout().count();
  plan.memory = fit_memory(network, set.values.size(), step_windows(s, windows));
  if (const std::size_t available = memory_of_this_machine(); plan.memory > available) {
    throw Error(ErrorKind::config, "settings",
                fmt::format("the fit needs {} of memory, this machine has {}", describe_bytes(plan.memory),
                            describe_bytes(available)),
                "lower train.batch, train.draws, score.draws, neuron.count or head.components");
  }
  return plan;
}

std::size_t fit_memory(const Network& network, std::size_t values, std::size_t batch) {
  const Settings& s = network.settings();
  ArenaCursor cursor;
  network.bind<float>(cursor, batch, s.draws, true);
  for (int flat = 0; flat < 6; ++flat) cursor.array<float>(network.layout().size());
  network.bind<float>(cursor, Forecaster::scan_slots() * Forecaster::scan_block(s, s.score_draws), s.score_draws,
                      false);
  return cursor.bytes() + values * (sizeof(double) + (judges_correction(s) ? 2 : 1) * sizeof(float));
}

std::string describe_bytes(std::size_t bytes) {
  const double mega = static_cast<double>(bytes) / 1e6;
  return mega < 1000 ? fmt::format("{:.0f} MB", std::max(1.0, mega)) : fmt::format("{:.1f} GB", mega / 1000);
}

}  // namespace vdn
