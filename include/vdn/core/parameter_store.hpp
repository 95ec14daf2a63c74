#pragma once
// Trainable parameters: one flat buffer with named views. A layer keeps slots, not memory, so that values, gradients,
// moments and the best weights so far are flat buffers of one layout.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
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
  std::size_t size() const { return rows * cols; }
};

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
  const std::vector<Entry>& entries() const { return entries_; }
  /// Length of a flat buffer. Slots start at multiples of 16 numbers; the padding stays zero.
  std::size_t size() const { return size_; }
  /// Throws (software) when there is none of that name.
  const Entry& find(const std::string& name) const;

 private:
  std::vector<Entry> entries_;
  std::size_t size_ = 0;
};

/// A flat buffer seen through a layout's slots.
template <class Real>
struct Parameters {
  std::span<Real> flat;
  Matrix<Real> matrix(Slot slot) const { return {flat.data() + slot.offset, slot.rows, slot.cols}; }
  std::span<Real> vector(Slot slot) const { return flat.subspan(slot.offset, slot.size()); }
};
template <class Real>
using ConstParameters = Parameters<const Real>;

/// Fills `values` (layout.size() numbers) with the initial values: a pure function of seed, parameter name and index.
template <class Real>
void initialise(const ParameterLayout& layout, std::uint64_t seed, std::span<Real> values);

}  // namespace vdn
