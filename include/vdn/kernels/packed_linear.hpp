#pragma once
// The weight of a linear map packed once for many products: after a step's update, or when a model is loaded.
// Letters: R rows, I inputs, O outputs.

#include <span>

#include <vdn/core/matrix.hpp>
#include <vdn/core/parameter_store.hpp>

namespace vdn::kernels {

/// w[O,I] in panels as wide as two vectors, so that a product reads it from front to back. In double precision both
/// forms are w itself.
/// By outputs, for forward products: packed_size(O, I) numbers, panels[(o / width * I + i) * width + o % width] =
/// w[o,i]. By inputs, for products back to them: packed_size(I, O) numbers, panels[(i / width * O + o) * width + i %
/// width] = w[o,i].
template <class Real>
struct PackedWeight {
  const Real* panels = nullptr;
  std::size_t outputs = 0, inputs = 0;
};

/// Packs rows `outputs` of w, which start at a multiple of panel_rows, into their place among the panels of all of w.
template <class Real>
void pack_weight(ConstMatrix<Real> w, Range outputs, std::span<Real> panels);

/// The same for the panels by inputs; `outputs` may start anywhere.
template <class Real>
void pack_transposed_weight(ConstMatrix<Real> w, Range outputs, std::span<Real> panels);

/// linear_forward (linear.hpp) with a weight packed by outputs: the same bits.
template <class Real>
void packed_linear_forward(ConstMatrix<Real> x, PackedWeight<Real> w, std::span<const Real> bias, Matrix<Real> y);

/// linear_backward_input (linear.hpp) with a weight packed by inputs: the same bits.
template <class Real>
void packed_linear_backward_input(ConstMatrix<Real> dy, PackedWeight<Real> w, Matrix<Real> dx, bool accumulate);

}  // namespace vdn::kernels
