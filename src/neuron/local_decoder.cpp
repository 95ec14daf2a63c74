#include <vdn/neuron/local_decoder.hpp>

#include <algorithm>
#include <numeric>

#include <vdn/core/scheduler.hpp>
#include <vdn/kernels/linear.hpp>

namespace vdn::neuron {
namespace {

constexpr std::size_t neuron_tile = 16;

template <class Real>
Real dot(std::span<const Real> a, std::span<const Real> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), Real(0));
}

}  // namespace

LocalDecoder::LocalDecoder(ParameterLayout& layout, const std::string& name, std::size_t context, std::size_t neurons,
                           std::size_t dims)
    : context_(context),
      neurons_(neurons),
      dims_(dims),
      weight_(layout.add(name + ".decoder.weight", neurons * dims, context, Initial::linear(dims))),
      bias_(layout.add(name + ".decoder.bias", neurons, context, Initial::constant(0.0))) {}

template <class Real>
LocalDecoder::Workspace<Real> LocalDecoder::bind(ArenaCursor& cursor, std::size_t rows, std::size_t draws) const {
  const std::size_t latents = neurons_ * dims_;
  Workspace<Real> w;
  w.draws = draws;
  w.gram = cursor.matrix<Real>(latents, dims_);
  w.inner = cursor.array<Real>(latents);
  w.bias_norm = cursor.array<Real>(neurons_);
  w.projection = cursor.matrix<Real>(rows, latents);
  w.bias_projection = cursor.matrix<Real>(rows, neurons_);
  w.error = cursor.matrix<Real>(rows, neurons_);
  w.z_sum = cursor.matrix<Real>(rows, latents);
  w.z_second = cursor.matrix<Real>(rows, latents * dims_);
  w.context_total = cursor.matrix<Real>(block_count(neurons_, neuron_tile), context_);
  w.z_total = cursor.array<Real>(latents);
  w.z_moment = cursor.array<Real>(latents * dims_);
  return w;
}

template <class Real>
void LocalDecoder::prepare(const ConstParameters<Real>& p, const Workspace<Real>& w) const {
  const ConstMatrix<Real> D = p.matrix(weight_), d = p.matrix(bias_);
  for (std::size_t i = 0; i < neurons_; ++i) {
    w.bias_norm[i] = dot<Real>(d.row(i), d.row(i));
    for (std::size_t k = 0; k < dims_; ++k) {
      const std::size_t row = i * dims_ + k;
      w.inner[row] = dot<Real>(D.row(row), d.row(i));
      for (std::size_t l = 0; l < dims_; ++l) w.gram(row, l) = dot<Real>(D.row(row), D.row(i * dims_ + l));
    }
  }
}

template <class Real>
void LocalDecoder::forward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const {
  kernels::linear_forward<Real>(w.context.slice(rows), p.matrix(weight_), {}, w.projection.slice(rows));
  kernels::linear_forward<Real>(w.context.slice(rows), p.matrix(bias_), {}, w.bias_projection.slice(rows));
  const Real mean = Real(1.0 / static_cast<double>(w.draws * context_));
  for (std::size_t b = rows.begin; b < rows.end; ++b) {
    const Real context_norm = dot<Real>(w.context.row(b), w.context.row(b));
    std::fill(w.z_sum.row(b).begin(), w.z_sum.row(b).end(), Real(0));
    std::fill(w.z_second.row(b).begin(), w.z_second.row(b).end(), Real(0));
    for (std::size_t i = 0; i < neurons_; ++i) {
      const Real fixed = context_norm - 2 * w.bias_projection(b, i) + w.bias_norm[i];
      Real total = Real(static_cast<double>(w.draws)) * fixed;
      for (std::size_t s = 0; s < w.draws; ++s) {
        const Real* z = w.z.row(b * w.draws + s).data() + i * dims_;
        for (std::size_t k = 0; k < dims_; ++k) {
          const std::size_t row = i * dims_ + k;
          Real quadratic = 0;
          for (std::size_t l = 0; l < dims_; ++l) {
            quadratic += w.gram(row, l) * z[l];
            w.z_second(b, row * dims_ + l) += z[k] * z[l];
          }
          total += z[k] * (2 * (w.inner[row] - w.projection(b, row)) + quadratic);
          w.z_sum(b, row) += z[k];
        }
      }
      w.error(b, i) = mean * total;
    }
  }
}

template <class Real>
void LocalDecoder::backward(const Workspace<Real>& w, Range rows, Real weight, Matrix<Real> dz) const {
  const double terms = static_cast<double>(w.context.rows * w.draws * neurons_ * context_);
  const Real factor = Real(2.0 * static_cast<double>(weight) / terms);
  for (std::size_t b = rows.begin; b < rows.end; ++b) {
    for (std::size_t r = b * w.draws; r < (b + 1) * w.draws; ++r) {
      for (std::size_t row = 0; row < neurons_ * dims_; ++row) {
        const Real* z = w.z.row(r).data() + row / dims_ * dims_;
        Real slope = w.inner[row] - w.projection(b, row);
        for (std::size_t l = 0; l < dims_; ++l) slope += w.gram(row, l) * z[l];
        dz(r, row) += factor * slope;
      }
    }
  }
}

template <class Real>
void LocalDecoder::add_weight_tasks(TaskList& tasks, const ConstParameters<Real>& p, const Workspace<Real>& w,
                                    Real weight, const Parameters<Real>& gradient) const {
  const double terms = static_cast<double>(w.context.rows * w.draws * neurons_ * context_);
  const Real factor = Real(2.0 * static_cast<double>(weight) / terms);
  const Real draw_rows = Real(static_cast<double>(w.context.rows * w.draws));
  const Real draws = Real(static_cast<double>(w.draws));
  const auto dweight = gradient.matrix(weight_), dbias = gradient.matrix(bias_);
  const ConstMatrix<Real> D = p.matrix(weight_), d = p.matrix(bias_);
  for (std::size_t first = 0; first < neurons_; first += neuron_tile) {
    const Range tile{first, std::min(first + neuron_tile, neurons_)};
    tasks.add([=, this] {
      const Range rows{tile.begin * dims_, tile.end * dims_};
      kernels::column_sum<Real>(w.z_sum, rows, w.z_total);
      kernels::column_sum<Real>(w.z_second, {rows.begin * dims_, rows.end * dims_}, w.z_moment);
      kernels::linear_backward_weight<Real>(w.context, w.z_sum, rows, dweight);  // sum_bs z h
      const auto context_total = w.context_total.row(tile.begin / neuron_tile);
      kernels::column_sum<Real>(w.context, {0, context_}, context_total);
      for (std::size_t i = tile.begin; i < tile.end; ++i) {
        for (std::size_t c = 0; c < context_; ++c) {
          Real bias_slope = draw_rows * d(i, c) - draws * context_total[c];
          for (std::size_t k = 0; k < dims_; ++k) {
            const std::size_t row = i * dims_ + k;
            Real slope = d(i, c) * w.z_total[row] - dweight(row, c);
            for (std::size_t l = 0; l < dims_; ++l) slope += D(i * dims_ + l, c) * w.z_moment[row * dims_ + l];
            dweight(row, c) = factor * slope;
            bias_slope += D(row, c) * w.z_total[row];
          }
          dbias(i, c) = factor * bias_slope;
        }
      }
    });
  }
}

#define VDN_INSTANTIATE(Real)                                                                                         \
  template LocalDecoder::Workspace<Real> LocalDecoder::bind<Real>(ArenaCursor&, std::size_t, std::size_t) const;      \
  template void LocalDecoder::prepare<Real>(const ConstParameters<Real>&, const Workspace<Real>&) const;              \
  template void LocalDecoder::forward<Real>(const ConstParameters<Real>&, const Workspace<Real>&, Range) const;       \
  template void LocalDecoder::backward<Real>(const Workspace<Real>&, Range, Real, Matrix<Real>) const;                \
  template void LocalDecoder::add_weight_tasks<Real>(TaskList&, const ConstParameters<Real>&, const Workspace<Real>&, \
                                                     Real, const Parameters<Real>&) const;
VDN_INSTANTIATE(float)
VDN_INSTANTIATE(double)
#undef VDN_INSTANTIATE

}  // namespace vdn::neuron
