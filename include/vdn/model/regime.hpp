#pragma once
// What the neurons did over the validation windows.

#include <limits>
#include <vector>

namespace vdn {

/// By neuron, [N] each; empty when not known.
struct NeuronFigures {
  std::vector<float> mu2 = {};    ///< activity m_i = mean mu_i^2 (as control.activity measures it)
  std::vector<float> sigma = {};  ///< mean posterior deviation
  std::vector<float> kl = {};     ///< mean KL, nats
  std::vector<float> info = {};   ///< info_i = 0.5 ln(1 + v_i / mean sigma_i^2), v_i = variance of mu_i; nats
  std::vector<float> beta = {};   ///< price of a nat of KL
  std::vector<float> band_low = {}, band_high = {};  ///< the band of m_i; empty under a control mode without one
};

/// METHOD sections 3 and 7: moments over all the windows, never averages of batches.
struct RegimeRecord : NeuronFigures {
  double mu2_mean = 0.0;    ///< mean over neurons of m_i
  double sigma_mean = 0.0;  ///< mean posterior deviation
  double kl_mean = 0.0;     ///< mean KL per neuron, nats
  double info_sum = 0.0;    ///< sum over neurons of info_i
  double alive = 0.0;       ///< share of neurons with info_i > alive_information
  double macro_kl = 0.0;    ///< mean KL of the hierarchical prior's latent, nats; 0 without
  // Shares of neurons with m_i below, above and in their band; NaN when there is none.
  double frac_low = std::numeric_limits<double>::quiet_NaN();
  double frac_high = std::numeric_limits<double>::quiet_NaN();
  double inside = std::numeric_limits<double>::quiet_NaN();
  bool has_band() const { return !band_low.empty(); }
  bool known() const { return !mu2.empty() && !sigma.empty() && !kl.empty() && !info.empty(); }
};

}  // namespace vdn
