#include <vdn/diagnostics/collapse.hpp>

#include <cmath>
#include <limits>

namespace vdn::diagnostics {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

/// Value i of a figure; NaN, which no comparison holds for, when it is not known.
double at(const std::vector<float>& values, std::size_t i) {
  return i < values.size() ? static_cast<double>(values[i]) : nothing;
}

bool shows(CollapseMode mode, const NeuronFigures& f, std::size_t i, const CollapseContext& c,
           const CollapseSettings& s) {
  const double activity = at(f.mu2, i), sigma = at(f.sigma, i);
  switch (mode) {
    case CollapseMode::posterior: {
      const double prior = c.prior_sigma.empty() ? 1.0 : c.prior_sigma[i];
      return at(f.info, i) < s.collapse_information && std::abs(sigma - prior) <= s.collapse_prior_sigma * prior;
    }
    case CollapseMode::mean:
      return c.band && activity < at(f.band_low, i);
    case CollapseMode::deterministic:
      return sigma <= s.collapse_floor * c.sigma_lowest;
    case CollapseMode::explosion:
      return (i < f.mu2.size() && !std::isfinite(activity)) ||
             activity > (c.band ? at(f.band_high, i) : s.collapse_explosion);
    case CollapseMode::temporal_lock:
      return at(f.autocorrelation, i) > s.collapse_lock;
  }
  return false;
}

}  // namespace

const char* collapse_name(CollapseMode mode) {
  constexpr std::array<const char*, 5> names{"posterior", "mean", "deterministic", "explosion", "temporal lock"};
  return names[static_cast<std::size_t>(mode)];
}

bool parse_collapse(const std::string& name, CollapseMode& mode) {
  for (const CollapseMode known : collapse_modes) {
    if (name != collapse_name(known)) continue;
    mode = known;
    return true;
  }
  return false;
}

const char* collapse_meaning(CollapseMode mode) {
  constexpr std::array<const char*, 5> meanings{"tell nothing of their input", "work below their band",
                                                "have no noise left", "work too high", "do not move in time"};
  return meanings[static_cast<std::size_t>(mode)];
}

std::array<Collapse, 5> collapse_shares(const NeuronFigures& figures, const CollapseContext& context,
                                        const CollapseSettings& settings) {
  std::array<Collapse, 5> shares;
  const std::size_t N = figures.sigma.size();
  for (std::size_t m = 0; m < shares.size(); ++m) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < N; ++i) count += shows(collapse_modes[m], figures, i, context, settings) ? 1 : 0;
    shares[m] = {collapse_modes[m], N > 0 ? static_cast<double>(count) / static_cast<double>(N) : 0.0};
  }
  return shares;
}

std::vector<Collapse> collapsed(const NeuronFigures& figures, const CollapseContext& context,
                                const CollapseSettings& settings) {
  std::vector<Collapse> list;
  for (const Collapse& c : collapse_shares(figures, context, settings)) {
    if (c.share > settings.collapse_share) list.push_back(c);
  }
  return list;
}

std::vector<CollapseChange> CollapseWatch::update(std::size_t epoch, const std::array<Collapse, 5>& shares,
                                                  const CollapseSettings& settings) {
  std::vector<CollapseChange> changes;
  for (std::size_t m = 0; m < shares.size(); ++m) {
    const bool now = shares[m].share > settings.collapse_share;
    if (now != present_[m]) changes.push_back({epoch, shares[m], now});
    present_[m] = now;
  }
  return changes;
}

}  // namespace vdn::diagnostics
