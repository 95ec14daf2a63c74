// Rows of the table: layer normalisation and the decomposition of a window.
#include <kernels/op_case.hpp>

#include <algorithm>

#include <vdn/kernels/layer_norm.hpp>
#include <vdn/kernels/moving_average.hpp>

namespace vdn::test {
namespace {

using namespace vdn::kernels;

OpCase layer_norm(std::size_t rows, std::size_t cols, double offset, bool large = false) {
  std::vector<double> x = normal_values(rows * cols, 20);
  for (double& value : x) value = static_cast<double>(static_cast<float>(value + offset));
  OpCase row = op_case(
      offset == 0 ? "layer_norm" : "layer_norm offset", "R=" + std::to_string(rows) + " C=" + std::to_string(cols),
      {{"x", x}, {"gain", uniform_values(cols, 0.5, 1.5, 21)}, {"bias", normal_values(cols, 22)}},
      {rows * cols, rows, rows},
      [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
        layer_norm_forward<Real>({in[0].data(), rows, cols}, in[1], in[2], {out[0].data(), rows, cols}, out[1], out[2]);
      },
      [=]<class Real>(const Tensors<Real>& in, const Tensors<Real>& cotangent, Tensors<Real>& g) {
        thread_local Tensors<Real> kept;
        kept = {std::vector<Real>(rows * cols), std::vector<Real>(rows), std::vector<Real>(rows)};
        const ConstMatrix<Real> x_view(in[0].data(), rows, cols), dy(cotangent[0].data(), rows, cols);
        layer_norm_forward<Real>(x_view, in[1], in[2], {kept[0].data(), rows, cols}, kept[1], kept[2]);
        layer_norm_backward_input<Real>(x_view, kept[1], kept[2], in[1], dy, {g[0].data(), rows, cols});
        for (const Range part : {Range{0, cols / 2}, Range{cols / 2, cols}}) {
          layer_norm_backward_weight<Real>(x_view, kept[1], kept[2], dy, part, g[1], g[2]);
        }
      });
  row.bytes = 8.0 * static_cast<double>(rows * cols);
  row.large = large;
  return row;
}

/// As above, but only y is an output: the gradients of mean and deviation are no part of the kernel.
OpCase layer_norm_gradient(std::size_t rows, std::size_t cols) {
  OpCase row = layer_norm(rows, cols, 0);
  row.output_sizes = {rows * cols};
  const auto forward = [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
    std::vector<Real> mean(rows), inverse(rows);
    layer_norm_forward<Real>({in[0].data(), rows, cols}, in[1], in[2], {out[0].data(), rows, cols}, mean, inverse);
  };
  row.name = "layer_norm y alone";
  row.plain.forward = forward;
  row.fast.forward = forward;
  return row;
}

OpCase decompose(std::size_t rows, std::size_t length, std::size_t width, bool in_place, bool large = false) {
  OpCase row = op_case(
      in_place ? "decompose in place" : "decompose",
      "R=" + std::to_string(rows) + " L=" + std::to_string(length) + " width=" + std::to_string(width),
      {{"x", normal_values(rows * length, 23)}}, {rows * length, rows * length},
      [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
        if (in_place) std::copy(in[0].begin(), in[0].end(), out[0].begin());
        decompose_forward<Real>({in_place ? out[0].data() : in[0].data(), rows, length}, width,
                                {out[0].data(), rows, length}, {out[1].data(), rows, length});
      },
      [=]<class Real>(const Tensors<Real>&, const Tensors<Real>& cotangent, Tensors<Real>& g) {
        decompose_backward<Real>({cotangent[0].data(), rows, length}, {cotangent[1].data(), rows, length}, width,
                                 {g[0].data(), rows, length});
      });
  row.bytes = 12.0 * static_cast<double>(rows * length);
  row.large = large;
  return row;
}

}  // namespace

void add_layer_norm_cases(std::vector<OpCase>& table) {
  for (const std::size_t cols : {3u, 7u, 16u, 17u, 31u, 64u, 131u}) {
    table.push_back(layer_norm_gradient(3, cols));
  }
  for (const std::size_t cols : {1u, 5u, 33u, 100u}) {
    // The statistics alone: their gradient stands in the rows above.
    OpCase row = layer_norm(2, cols, 0);
    row.plain.gradient = nullptr;
    row.fast.gradient = nullptr;
    table.push_back(row);
  }
  OpCase far = layer_norm(4, 67, 100);  // a mean a hundred deviations off costs digits, not sense
  far.tolerance = 1e-4;
  far.plain.gradient = nullptr;
  far.fast.gradient = nullptr;
  table.push_back(far);
  table.push_back(layer_norm(1024, 256, 0, true));

  for (const auto& [length, width] : {std::pair<std::size_t, std::size_t>{1, 1},
                                      {2, 1},
                                      {2, 2},
                                      {3, 2},
                                      {3, 3},
                                      {4, 4},
                                      {17, 5},
                                      {31, 25},
                                      {25, 25},
                                      {26, 25},
                                      {48, 25},
                                      {97, 24},
                                      {97, 97}}) {
    table.push_back(decompose(2, length, width, false));
  }
  table.push_back(decompose(3, 53, 25, true));
  table.push_back(decompose(256, 336, 25, false, true));
}

}  // namespace vdn::test
