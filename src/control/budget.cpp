#include <vdn/control/budget.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vdn::control {
namespace {

/// ln(a/b) cut to [-1, 1]; a may be 0.
double distance(double a, double b) {
  return std::clamp(std::log(std::max(a, 1e-12) / b), -1.0, 1.0);
}

}  // namespace

Budget::Budget(const ControlSettings& settings, std::size_t neurons)
    : settings_(settings), shares_(neurons, settings.budget / static_cast<double>(neurons)) {}

void Budget::after_step(ControlContext& context) {
  if (!context.warm()) return;
  const auto kl = context.averages.kl.values();
  const double total = std::accumulate(kl.begin(), kl.end(), 0.0);
  factor_ = std::clamp(factor_ * std::exp(-0.02 * distance(total, settings_.budget)), 1.0 / 16.0, 16.0);
  for (std::size_t i = 0; i < kl.size(); ++i) {
    const double ascent = 0.05 * distance(kl[i], factor_ * shares_[i]);
    const double damping = last_kl_.empty() ? 0.0 : distance(kl[i], std::max(last_kl_[i], 1e-12));
    const double price = std::max(context.beta[i], 1e-12) * std::exp(ascent + damping);
    context.beta[i] = std::clamp(price, settings_.beta_lowest, settings_.budget_beta_highest);
  }
  last_kl_.assign(kl.begin(), kl.end());
}

void Budget::remember(StateArchive& archive) {
  archive.values(std::span(shares_));
  archive.list(last_kl_);
  archive.value(factor_);
}

void Budget::after_epoch(ControlContext& context) {
  if (!context.warm()) return;
  const std::vector<double> contribution = context.contribution();
  const double total = std::accumulate(contribution.begin(), contribution.end(), 0.0,
                                       [](double sum, double c) { return sum + std::max(0.0, c); });
  const double equal = 1.0 / static_cast<double>(shares_.size());
  for (std::size_t i = 0; i < shares_.size(); ++i) {
    const double earned = total > 0.0 ? std::max(0.0, contribution[i]) / total : equal;
    shares_[i] = 0.5 * shares_[i] + 0.5 * settings_.budget * (0.1 * equal + 0.9 * earned);
  }
}

}  // namespace vdn::control
