#pragma once
// Published figures of the benchmarks, to stand beside our own.

#include <cstddef>
#include <optional>
#include <string>

namespace vdn {

struct PublishedError {
  std::string model;
  double mse = 0.0, mae = 0.0;
};
/// The smallest published MSE of a data set and horizon under the LTSF protocol, with the model that has it, of DUET,
/// PDF, SparseTSF, FITS, PatchTST, xPatch, DLinear and iTransformer (result tables of their repositories); nothing
/// where none is known.
std::optional<PublishedError> best_published(const std::string& data, std::size_t horizon);

struct PublishedCrps {
  std::string model;
  double crps = 0.0;
};
/// The smallest published CRPS of a data set and horizon under the ProbTS protocol, of iTransformer, PatchTST, DLinear,
/// CSDI, TimeGrad, GRU NVP (the long-term table of Zhang et al., ProbTS, 2024) and, at 720, K2VAE; nothing where none
/// is known.
std::optional<PublishedCrps> best_published_crps(const std::string& data, std::size_t horizon);

}  // namespace vdn
