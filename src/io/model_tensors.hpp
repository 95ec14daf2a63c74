#pragma once
// The tensors of a model file: which there are, where they lie. Private to io.

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <vdn/model/forecaster.hpp>

namespace vdn {

/// What is wrong inside a model file, in words that follow "is corrupt".
struct Malformed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One tensor, row-major. Offsets are bytes from the first tensor and multiples of 64.
struct TensorEntry {
  std::string name;
  std::string type;  ///< "f32" or "f64"
  std::size_t rows = 0, cols = 0, offset = 0;
  std::size_t bytes() const { return rows * cols * (type == "f64" ? 8 : 4); }
  bool operator==(const TensorEntry&) const = default;
};

/// The next multiple of 64.
constexpr std::size_t align_tensor(std::size_t bytes) {
  return (bytes + 63) / 64 * 64;
}

/// Bytes from the first tensor to the checksum.
std::size_t tensor_bytes(const std::vector<TensorEntry>& tensors);

/// The tensors every file of such a network has: the parameters in order of declaration, then the linear path where
/// there is one, with the corrections of `series` series where it has a rank. Allocates nothing but the list: safe for
/// settings of any size.
std::vector<TensorEntry> required_tensors(const Network& network, std::size_t series);

/// The shape an optional tensor must have. `cols` may be `any`: as many as there are.
struct TensorShape {
  static constexpr std::size_t any = 0;
  std::size_t rows, cols;
};

/// Every tensor a model may have besides: visit(name, shape, numbers), numbers a std::vector of float or double of the
/// forecaster, empty when the model has none. To store another one add a line here, and one to docs/file_format.md; a
/// file without it leaves the vector empty.
template <class Model, class Visit>
void for_each_optional_tensor(Model& forecaster, Visit&& visit) {
  const TensorShape per_neuron{1, forecaster.network().neurons().neurons()};
  auto& regime = forecaster.regime();
  visit("regime.mu2", per_neuron, regime.mu2);
  visit("regime.sigma", per_neuron, regime.sigma);
  visit("regime.kl", per_neuron, regime.kl);
  visit("regime.info", per_neuron, regime.info);
  visit("regime.beta", per_neuron, regime.beta);
  visit("regime.band_low", per_neuron, regime.band_low);
  visit("regime.band_high", per_neuron, regime.band_high);
  visit("regime.variance", per_neuron, regime.variance);
  visit("regime.autocorrelation", per_neuron, regime.autocorrelation);
  const TensorShape per_step{1, forecaster.horizon()};
  visit("calibration.factor", per_step, forecaster.calibration().factor);
  visit("calibration.shift", per_step, forecaster.calibration().shift);
  const TensorShape every_step{forecaster.data().series_names.size(), forecaster.horizon()};
  visit("naive.last", every_step, forecaster.naive().last.scale);
  visit("naive.season", every_step, forecaster.naive().season.scale);
  visit("paths.autocorrelation", per_step, forecaster.dependence().autocorrelation);
  const std::size_t series = forecaster.data().series_names.size();
  visit("paths.series", TensorShape{series, series}, forecaster.series_dependence().factor);
  auto& drift = forecaster.drift();
  const std::size_t columns = forecaster.network().neurons().posterior().columns();
  visit("drift.mean", TensorShape{1, columns}, drift.level.mean);
  visit("drift.basis", TensorShape{columns, TensorShape::any}, drift.level.basis);
  visit("drift.variance", TensorShape{1, TensorShape::any}, drift.level.variance);
  visit("drift.move_mean", TensorShape{1, columns}, drift.move.mean);
  visit("drift.move_basis", TensorShape{columns, TensorShape::any}, drift.move.basis);
  visit("drift.move_variance", TensorShape{1, TensorShape::any}, drift.move.variance);
  const TensorShape per_series{drift_kinds, forecaster.data().series_names.size()};
  visit("drift.activity", per_neuron, drift.activity);
  visit("drift.distance_mean", per_series, drift.location);
  visit("drift.distance_deviation", per_series, drift.spread);
  visit("drift.levels", TensorShape{1, TensorShape::any}, drift.levels);
}

/// required_tensors and the optional ones the forecaster has. Throws Malformed when one of these has another shape.
std::vector<TensorEntry> list_tensors(const Forecaster& forecaster);

/// Throws Malformed unless `tensors`, read from a header, begin with `required` and go on with others of sound name,
/// type and place. Their sizes may be anything below 2^62 bytes in all.
void check_tensors(const std::vector<TensorEntry>& tensors, const std::vector<TensorEntry>& required);

/// Writes the numbers of list_tensors(forecaster) to their offsets.
void copy_numbers(const Forecaster& forecaster, const std::vector<TensorEntry>& tensors, std::span<char> bytes);

/// Fills parameters and optional tensors from a file's. Tensors of an unknown name are passed over. Throws Malformed
/// when a known one has another type or shape.
void take_numbers(std::span<const char> bytes, const std::vector<TensorEntry>& tensors, Forecaster& forecaster);

/// The numbers of one tensor.
template <class Number>
std::vector<Number> numbers_of(std::span<const char> bytes, const TensorEntry& tensor);

}  // namespace vdn
