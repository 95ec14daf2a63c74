#pragma once
// What the neurons did over the validation windows.

#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <vdn/control/band.hpp>
#include <vdn/core/matrix.hpp>
#include <vdn/core/state_archive.hpp>
#include <vdn/neuron/layer.hpp>

namespace vdn {

/// A neuron is alive when it tells more than this about its input, nats (docs/control.md).
inline constexpr double alive_information = 0.01;
/// The source's rule: alive where KL exceeds this, nats.
inline constexpr double alive_price = neuron::awake_kl;

/// By neuron, [N] each; empty when not known.
struct NeuronFigures {
  std::vector<float> mu2{};              ///< m_i: mean mu_i^2, or of the pooled mu's square (control.activity)
  std::vector<float> sigma{};            ///< mean posterior deviation
  std::vector<float> kl{};               ///< mean KL, nats
  std::vector<float> info{};             ///< info_i = 0.5 ln(1 + v_i / mean sigma_i^2), nats
  std::vector<float> variance{};         ///< v_i: variance of mu_i over windows, summed over K
  std::vector<float> ratio{};            ///< mean mu_i^2/sigma_i^2
  std::vector<float> alive_kl{};         ///< share of windows with KL > alive_price
  std::vector<float> beta{};             ///< price of a nat
  std::vector<float> band_low{};         ///< lo_i, units of m_i
  std::vector<float> band_high{};        ///< hi_i
  std::vector<float> phi{};              ///< persistence of the ar1 prior; NaN under other priors
  std::vector<float> autocorrelation{};  ///< of mu_i at lag encoder.stride (diagnostics/persistence.hpp)
};

/// A figure of every neuron and the name it is recorded under.
struct NeuronFigure {
  const char* name;
  std::vector<float> NeuronFigures::*values;
};
/// All of them, in the order of the record.
inline constexpr std::array<NeuronFigure, 12> neuron_figures{{{"mu2", &NeuronFigures::mu2},
                                                              {"variance", &NeuronFigures::variance},
                                                              {"info", &NeuronFigures::info},
                                                              {"sigma", &NeuronFigures::sigma},
                                                              {"kl", &NeuronFigures::kl},
                                                              {"beta", &NeuronFigures::beta},
                                                              {"ratio", &NeuronFigures::ratio},
                                                              {"band_low", &NeuronFigures::band_low},
                                                              {"band_high", &NeuronFigures::band_high},
                                                              {"phi", &NeuronFigures::phi},
                                                              {"autocorrelation", &NeuronFigures::autocorrelation},
                                                              {"alive_kl", &NeuronFigures::alive_kl}}};

/// docs/control.md, docs/metrics.md: moments over all the windows, never averages of batches. Shares are of neurons.
struct RegimeRecord : NeuronFigures {
  static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  double mu2_mean = 0.0;                  ///< mean over neurons of m_i
  double sigma_mean = 0.0;                ///< mean posterior deviation
  double kl_mean = 0.0;                   ///< mean KL per neuron, nats
  double info_sum = 0.0;                  ///< sum over neurons of info_i
  double alive = 0.0;                     ///< share with info_i > alive_information
  double macro_kl = 0.0;                  ///< mean KL of the hierarchical prior's latent, nats; 0 without
  double frac_low = unknown;              ///< share with m_i < lo_i
  double frac_high = unknown;             ///< share with m_i > hi_i
  double inside = unknown;                ///< the others
  double active_units = unknown;          ///< share with v_i > .01 t_i, t_i the target of its band
  double alive_kl_mean = unknown;         ///< mean over neurons of alive_kl
  double autocorrelation_mean = unknown;  ///< mean over the neurons that have one
  void remember(StateArchive& archive);
  bool known() const { return !mu2.empty() && !sigma.empty() && !kl.empty() && !info.empty(); }
};

/// info_i = 0.5 ln(1 + v_i / mean sigma_i^2), nats: what mu, of variance `variance` over inputs, tells beside noise of
/// mean square `noise`. A variance that rounding made negative counts as 0.
double neuron_information(double variance, double noise);

/// Running sums over windows, of one block after the other; sums of several may be added in a fixed order.
class RegimeSums {
 public:
  RegimeSums(const neuron::NeuronLayer& layer, control::Activity activity);
  /// Rows of mu and sigma [B, N*K] and kl [B, N].
  void add(ConstMatrix<float> mu, ConstMatrix<float> sigma, ConstMatrix<float> kl, Range rows);
  void add(const RegimeSums& other);
  std::size_t rows() const { return rows_; }

  /// The figures that windows give, and the means over neurons; the rest is left empty or unknown.
  RegimeRecord record() const;

 private:
  void add_row(std::span<const float> mu, std::span<const float> sigma, std::span<const float> kl);

  std::size_t dims_;
  double pool_factor_;
  bool pooled_;
  std::size_t rows_ = 0;
  std::vector<double> mu_, mu2_, sigma_, sigma2_;     // [N*K]
  std::vector<double> kl_, ratio_, activity_, paid_;  // [N]
};

/// Adds bands [N] and shares that follow from them. `targets` [N] are those of the bands as set, for active_units.
void add_bands(RegimeRecord& regime, const control::Bands& bands, std::span<const double> targets);
/// Adds autocorrelations [N] and their mean; NaN where a neuron has none.
void add_autocorrelation(RegimeRecord& regime, std::vector<float> autocorrelation);

/// The bands of a record; empty when not known.
control::Bands bands_of(const NeuronFigures& figures);

}  // namespace vdn
