#pragma once
// The ways a layer of neurons dies, each with a number that decides (docs/control.md).

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <vdn/diagnostics/regime.hpp>

namespace vdn::diagnostics {

/// Thresholds, declared in the parameter table of the model under collapse.*.
struct CollapseSettings {
  double collapse_share = 0.5;
  double collapse_information = 0.01;
  double collapse_prior_sigma = 0.1;
  double collapse_floor = 2.0;
  double collapse_explosion = 25.0;
  double collapse_lock = 0.995;

  bool operator==(const CollapseSettings&) const = default;
};

/// Posterior: neurons say nothing and fall back to their prior. Mean: activity below the band. Deterministic: no noise
/// left. Explosion: activity above the band, or above any reason. Temporal lock: activity that no longer moves.
enum class CollapseMode { posterior, mean, deterministic, explosion, temporal_lock };
inline constexpr std::array<CollapseMode, 5> collapse_modes{CollapseMode::posterior, CollapseMode::mean,
                                                            CollapseMode::deterministic, CollapseMode::explosion,
                                                            CollapseMode::temporal_lock};

/// "posterior", "mean", "deterministic", "explosion", "temporal lock".
const char* collapse_name(CollapseMode mode);
/// The mode of that name in `mode`; false when there is none.
bool parse_collapse(const std::string& name, CollapseMode& mode);
/// What neurons in that mode do, for those who read the name: "tell nothing of their input".
const char* collapse_meaning(CollapseMode mode);

/// What the figures are held against.
struct CollapseContext {
  bool band = false;                           ///< a constraint holds neurons in their band
  double sigma_lowest = neuron::sigma_lowest;  ///< lowest posterior deviation allowed
  std::vector<double> prior_sigma{};           ///< [N] deviation of the prior; empty: 1
};

struct Collapse {
  CollapseMode mode = CollapseMode::posterior;
  double share = 0.0;  ///< of the neurons that show it
  bool operator==(const Collapse&) const = default;
};

/// The share of neurons that show each mode, in the order of collapse_modes. A neuron shows
///   posterior      when info_i < collapse.information and |sigma_i - s_i| <= collapse.prior_sigma s_i, s_i the prior's
///   mean           when m_i < lo_i, under a band
///   deterministic  when sigma_i <= collapse.floor times the lowest sigma allowed
///   explosion      when m_i > hi_i under a band, m_i > collapse.explosion without one
///   temporal lock  when the autocorrelation of mu_i exceeds collapse.lock
/// What is not known (empty) or no number counts as not shown, but for an activity without bound, which explodes.
std::array<Collapse, 5> collapse_shares(const NeuronFigures& figures, const CollapseContext& context,
                                        const CollapseSettings& settings);
/// Those of more than collapse.share.
std::vector<Collapse> collapsed(const NeuronFigures& figures, const CollapseContext& context,
                                const CollapseSettings& settings);

/// A mode that began or ended.
struct CollapseChange {
  std::size_t epoch = 0;
  Collapse collapse{};  ///< share 0 is possible at an end
  bool begins = true;
  bool operator==(const CollapseChange&) const = default;
};

/// Follows a run: tells what changed since the epoch before.
class CollapseWatch {
 public:
  /// Beginnings and ends, in the order of collapse_modes.
  std::vector<CollapseChange> update(std::size_t epoch, const std::array<Collapse, 5>& shares,
                                     const CollapseSettings& settings);

  void remember(StateArchive& archive) { archive.value(present_); }

 private:
  std::array<bool, 5> present_{};
};

}  // namespace vdn::diagnostics
