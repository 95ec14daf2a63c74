#include <vdn/train/epoch_size.hpp>

#include <algorithm>

namespace vdn {
namespace {

std::size_t automatic_windows(std::size_t horizon, std::size_t count) {
  constexpr std::size_t epochs_of_all = 40, most = 16384, most_horizon = 192;
  const std::size_t affordable = most * most_horizon / std::max(most_horizon, horizon);
  return std::max(fewest_epoch_windows, std::min(count / epochs_of_all, affordable));
}

}  // namespace

std::size_t step_windows(const Settings& settings, std::size_t count) {
  return std::clamp<std::size_t>(count, 1, settings.batch);
}

std::size_t epoch_windows(const Settings& settings, std::size_t count) {
  const std::size_t wanted =
      settings.windows_per_epoch > 0 ? settings.windows_per_epoch : automatic_windows(settings.horizon, count);
  return std::min(wanted, count);
}

std::size_t epoch_steps(const Settings& settings, std::size_t count) {
  return std::max<std::size_t>(1, epoch_windows(settings, count) / step_windows(settings, count));
}

}  // namespace vdn
