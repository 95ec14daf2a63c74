#pragma once
// What a user may set of the control of neurons (docs/control.md). The parameter table of the model declares each one.

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace vdn::control {

/// The constraints, one file each. A control mode is a set of them; they always act in this order.
enum class Constraint { penalty, projection, homeostat, thermostat, guard, share, calibration, budget };
inline constexpr std::size_t constraint_kinds = 8;

/// A control mode.
class Mode {
 public:
  constexpr Mode() = default;
  constexpr Mode(std::initializer_list<Constraint> constraints) {
    for (const Constraint c : constraints) bits_ |= bit(c);
  }
  constexpr bool has(Constraint c) const { return (bits_ & bit(c)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr void add(Constraint c) { bits_ |= bit(c); }
  /// In the order in which they act.
  std::vector<Constraint> list() const;
  bool operator==(const Mode&) const = default;

 private:
  static constexpr unsigned bit(Constraint c) { return 1u << static_cast<unsigned>(c); }
  unsigned bits_ = 0;
};

const char* constraint_name(Constraint constraint);
/// A named mode (none, penalty, projection, homeostasis, budget) or constraints joined by "+", such as
/// "penalty+homeostat" ("penalty+" is the constraint alone). Throws std::invalid_argument naming the word that is
/// neither, and the nearest one.
Mode parse_mode(const std::string& text);
/// The name of a named mode, else its constraints joined by "+".
std::string print_mode(const Mode& mode);
/// True when a constraint of the mode holds neurons in their band: penalty, projection or homeostat is in it.
bool holds_band(const Mode& mode);
/// What parse_mode takes, for help texts.
std::string mode_range();

/// How a neuron's activity is measured when it has K dimensions: mean over them of mu^2 (ours), or the square of the
/// pooled mu (the source's band and homeostat).
enum class Activity { mean_square, pooled };
/// Targets t_i: all alike, spread over the neurons in order, or that spread shuffled by the seed.
enum class Spread { homogeneous, heterogeneous, shuffled };
enum class PenaltyForm { absolute, relative };
/// Where the homeostat takes a neuron that is inside its band: nowhere, to sqrt(lo*hi), or to (lo+hi)/2.
enum class Goal { stay, geometric, arithmetic };

struct ControlSettings {
  Mode mode = {};
  Activity activity = Activity::mean_square;
  double warmup = 0.05;
  double ramp = 0.1;
  std::uint64_t every = 5;

  double band_target = 0.12;
  double band_lower = 0.8;
  double band_upper = 1.6;
  Spread band_spread = Spread::homogeneous;
  double band_ratio = 8.0;

  PenaltyForm penalty_form = PenaltyForm::relative;
  double penalty_weight = 20.0;
  double penalty_low = 1.0;
  double penalty_high = 1.0;
  double penalty_focus = 0.35;

  Goal homeostat_goal = Goal::geometric;
  double homeostat_rate = 0.15;
  double homeostat_cap = 2.0;

  double thermostat_low = 0.05;
  double thermostat_high = 0.30;
  double beta_lowest = 1e-4;
  double beta_highest = 1e-2;

  double guard_lowest = 0.15;
  double guard_highest = 5.0;

  double share_target = 0.20;
  double share_most = 0.30;

  std::uint64_t calibration_every = 64;
  double calibration_high = 0.12;

  double budget = 16.0;
  double budget_tolerance = 0.1;
  double budget_beta_highest = 0.1;

  bool operator==(const ControlSettings&) const = default;
};

}  // namespace vdn::control
