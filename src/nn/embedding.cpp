#include <vdn/nn/embedding.hpp>

#include <algorithm>

#include "nn/weight_tiles.hpp"

namespace vdn::nn {
namespace {

template <class Real>
void add_row(std::span<const Real> from, std::span<Real> to) {
  std::transform(from.begin(), from.end(), to.begin(), to.begin(), [](Real a, Real b) { return a + b; });
}

}  // namespace

Embedding::Embedding(ParameterLayout& layout, const std::string& name, std::size_t count, std::size_t width) {
  if (count > 0) table = layout.add(name, count, width, Initial::constant(0.0));
}

template <class Real>
void Embedding::add_to(const ConstParameters<Real>& p, std::span<const std::uint32_t> index, Matrix<Real> y) const {
  if (count() == 0) return;
  const auto vectors = p.matrix(table);
  for (std::size_t r = 0; r < y.rows; ++r) add_row<Real>(vectors.row(index[r]), y.row(r));
}

template <class Real>
void Embedding::add_weight_tasks(TaskList& tasks, std::span<const std::uint32_t> index, ConstMatrix<Real> dy,
                                 const Parameters<Real>& gradient) const {
  if (count() == 0) return;
  const auto dtable = gradient.matrix(table);
  for_tiles(table.cols, column_tile, [&](Range columns) {
    tasks.add([=] {
      const auto part = [&](auto row) { return row.subspan(columns.begin, columns.size()); };
      for (std::size_t i = 0; i < dtable.rows; ++i) {
        const auto row = part(dtable.row(i));
        std::fill(row.begin(), row.end(), Real(0));
      }
      for (std::size_t r = 0; r < dy.rows; ++r) add_row<Real>(part(dy.row(r)), part(dtable.row(index[r])));
    });
  });
}

#define VDN_INSTANTIATE(Real)                                                                                       \
  template void Embedding::add_to<Real>(const ConstParameters<Real>&, std::span<const std::uint32_t>, Matrix<Real>) \
      const;                                                                                                        \
  template void Embedding::add_weight_tasks<Real>(TaskList&, std::span<const std::uint32_t>, ConstMatrix<Real>,     \
                                                  const Parameters<Real>&) const;
VDN_INSTANTIATE(float)
VDN_INSTANTIATE(double)
#undef VDN_INSTANTIATE

}  // namespace vdn::nn
