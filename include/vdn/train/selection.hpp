#pragma once
// What decides which epoch is kept (docs/control.md, Constraints).

#include <limits>

#include <vdn/model/settings.hpp>
#include <vdn/train/observer.hpp>
#include <vdn/train/validation.hpp>

namespace vdn {

/// Lower is better, but any valid epoch is better than one that is not.
struct EpochScore {
  double value = std::numeric_limits<double>::infinity();
  bool valid = false;
};

/// False for a value that is not finite.
bool better(const EpochScore& a, const EpochScore& b);

/// Shares of neurons.
struct BandShares {
  double low = 0.0, high = 0.0, inside = 0.0;
};
/// What `constrained` adds to the NLL, of neurons with the bands they are held in.
double constraint_penalty(const Settings& settings, const NeuronFigures& neurons, const BandShares& shares);

/// By train.selection, of the validation windows:
///   nll, mse      those figures;
///   elbo          NLL + sum_i KL_i / H (and the KL of the macro latent): the NLL is a mean over the H steps, the KL a
///                 sum, so 1/H is the price at which both are the negative ELBO of the whole future per step;
///   constrained   NLL + 6 relu(low - .20)^2 + 12 relu(high - .10)^2 + 10 relu(.58 - inside)^2 + .25 relu(d - 1.5)^2,
///                 d the distance from the band; from select.gate_epoch on invalid with high > .12, inside < .50,
///                 (low > .48 and inside < .58) or d > 9.
/// Numbers are those of the defaults of select.*. Under the constraint `budget` an epoch is invalid, whatever the
/// selection, whose KL in training is further than budget.tolerance * R from R: prices have not settled.
/// `epoch` holds the epoch's number and its figures in training.
EpochScore score_epoch(const Settings& settings, const EpochReport& epoch, const ValidationReport& validation);

}  // namespace vdn
