#include <vdn/search/regime_rules.hpp>

#include <cmath>

#include <fmt/format.h>

namespace vdn::search {
namespace {

constexpr std::size_t first_epoch = 2;
constexpr double least_alive = 0.02;  // share of the neurons

bool draws(const Settings& settings) {
  return settings.twin != Twin::deterministic && settings.twin != Twin::mixture;
}

}  // namespace

std::string regime_verdict(const Settings& settings, const EpochRecord& epoch) {
  if (epoch.epoch < first_epoch) return "";
  if (!std::isfinite(epoch.score) || !std::isfinite(epoch.validation_nll)) {
    return fmt::format("divergence: the validation score of epoch {} is no number", epoch.epoch);
  }
  if (!draws(settings)) return "";
  if (!epoch.collapse.empty()) return fmt::format("collapse in epoch {}: {}", epoch.epoch, epoch.collapse);
  if (epoch.alive < least_alive) {
    return fmt::format("information: {:.0f}% of the neurons tell anything in epoch {}, {:.2f} nats in all",
                       100 * epoch.alive, epoch.epoch, epoch.info);
  }
  return "";
}

}  // namespace vdn::search
