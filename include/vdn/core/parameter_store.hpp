#pragma once
// Trainable parameters: one flat buffer with named views. A layer keeps slots, not memory, so that values, gradients,
// moments and the best weights so far are flat buffers of one layout.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <vdn/core/matrix.hpp>

namespace vdn {

/// How a parameter starts.
struct Initial {
  enum class Kind { constant, uniform } kind = Kind::constant;
  double value = 0.0;  ///< the constant, or the bound a of uniform(-a, a)
  static Initial constant(double value) { return {Kind::constant, value}; }
  static Initial uniform(double bound) { return {Kind::uniform, bound}; }
  /// PyTorch's default for nn.Linear, weight and bias alike: uniform(-1/sqrt(inputs), 1/sqrt(inputs)).
  static Initial linear(std::size_t inputs);
};

/// Where a parameter lives in a flat buffer.
struct Slot {
  std::size_t offset = 0;
  std::size_t rows = 0;
  std::size_t cols = 0;
  static constexpr std::size_t unpacked = ~std::size_t{0};
  std::size_t panels = unpacked;      ///< where the weight of a product lives in a buffer of panels
  std::size_t transposed = unpacked;  ///< where its transpose does, in a buffer of its own
  double rate = 1.0;                  ///< its learning rate, as a multiple of the trainer's
  std::size_t size() const { return rows * cols; }
};

/// Rows of a weight that are packed together: a whole number of every CPU's panels (kernels/packed_linear.hpp).
inline constexpr std::size_t panel_rows = 32;

/// Room for the panels of w[O,I]: O rounded up to panel_rows. Those of its transpose need packed_size(I, O).
constexpr std::size_t packed_size(std::size_t outputs, std::size_t inputs) {
  return (outputs + panel_rows - 1) / panel_rows * panel_rows * inputs;
}

/// The list of parameters in order of declaration.
class ParameterLayout {
 public:
  struct Entry {
    std::string name;
    Slot slot;
    Initial initial;
  };

  /// Declares a parameter. Throws (software) when the name is taken.
  Slot add(std::string name, std::size_t rows, std::size_t cols, Initial initial);
  /// The same for the weight w[O,I] of a product, which has places in the two buffers of panels too.
  Slot add_weight(std::string name, std::size_t outputs, std::size_t inputs, Initial initial);
  /// The parameters declared so far that lie at offset `first` or behind learn at `rate` times the trainer's rate.
  void set_rate(std::size_t first, double rate);
  const std::vector<Entry>& entries() const { return entries_; }
  /// Parameters: the numbers of all slots, without the padding between them.
  std::size_t count() const;
  /// Length of a flat buffer. Slots start at multiples of 16 numbers; the padding stays zero.
  std::size_t size() const { return size_; }
  /// Length of a buffer of panels, of the weights and of their transposes.
  std::size_t panels_size() const { return panels_size_; }
  std::size_t transposed_size() const { return transposed_size_; }
  /// Throws (software) when there is none of that name.
  const Entry& find(const std::string& name) const;

 private:
  std::vector<Entry> entries_;
  std::size_t size_ = 0, panels_size_ = 0, transposed_size_ = 0;
};

/// A flat buffer seen through a layout's slots, and beside it the panels that its weights were packed into for forward
/// products, and their transposes for products back to inputs, if they were.
template <class Real>
struct Parameters {
  std::span<Real> flat;
  std::span<const std::remove_const_t<Real>> panels = {}, transposed = {};
  Matrix<Real> matrix(Slot slot) const { return {flat.data() + slot.offset, slot.rows, slot.cols}; }
  std::span<Real> vector(Slot slot) const { return flat.subspan(slot.offset, slot.size()); }
};
template <class Real>
using ConstParameters = Parameters<const Real>;

/// Fills `values` (layout.size() numbers) with the initial values: a pure function of seed, parameter name and index.
template <class Real>
void initialise(const ParameterLayout& layout, std::uint64_t seed, std::span<Real> values);

}  // namespace vdn
