// Rows of the table: matrix products.
#include <kernels/op_case.hpp>

#include <algorithm>

#include <vdn/kernels/linear.hpp>
#include <vdn/kernels/packed_linear.hpp>

namespace vdn::test {
namespace {

using namespace vdn::kernels;

struct Shape {
  std::size_t rows, inputs, outputs;
  bool large = false;
};

std::string text(const Shape& s) {
  return "R=" + std::to_string(s.rows) + " I=" + std::to_string(s.inputs) + " O=" + std::to_string(s.outputs);
}

OpCase finish(OpCase row, const Shape& s) {
  row.flops = 2.0 * static_cast<double>(s.rows * s.inputs * s.outputs);
  row.large = s.large;
  return row;
}

OpCase linear(const Shape& s, bool with_bias) {
  std::vector<Input> inputs{{"x", normal_values(s.rows * s.inputs, 1)}, {"w", normal_values(s.outputs * s.inputs, 2)}};
  if (with_bias) inputs.push_back({"bias", normal_values(s.outputs, 3)});
  const auto forward = [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
    const std::span<const Real> bias = with_bias ? std::span<const Real>(in[2]) : std::span<const Real>();
    linear_forward<Real>({in[0].data(), s.rows, s.inputs}, {in[1].data(), s.outputs, s.inputs}, bias,
                         {out[0].data(), s.rows, s.outputs});
  };
  const auto gradient = [=]<class Real>(const Tensors<Real>& in, const Tensors<Real>& cotangent, Tensors<Real>& g) {
    const ConstMatrix<Real> x(in[0].data(), s.rows, s.inputs), dy(cotangent[0].data(), s.rows, s.outputs);
    linear_backward_input<Real>(dy, {in[1].data(), s.outputs, s.inputs}, {g[0].data(), s.rows, s.inputs}, false);
    const std::size_t cut = s.outputs / 3;  // two tiles, as two threads would
    for (const Range tile : {Range{0, cut}, Range{cut, s.outputs}}) {
      linear_backward_weight<Real>(x, dy, tile, {g[1].data(), s.outputs, s.inputs});
      if (with_bias) column_sum<Real>(dy, tile, g[2]);
    }
  };
  return finish(op_case(with_bias ? "linear_forward" : "linear_forward no bias", text(s), inputs, {s.rows * s.outputs},
                        forward, gradient),
                s);
}

/// The same product with the weight packed, in two pieces where it has more than one.
OpCase packed(const Shape& s) {
  return finish(op_case("packed_linear_forward", text(s),
                        {{"x", normal_values(s.rows * s.inputs, 1)},
                         {"w", normal_values(s.outputs * s.inputs, 2)},
                         {"bias", normal_values(s.outputs, 3)}},
                        {s.rows * s.outputs},
                        [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
                          const ConstMatrix<Real> w(in[1].data(), s.outputs, s.inputs);
                          std::vector<Real> panels(packed_size(s.outputs, s.inputs));
                          const std::size_t cut = s.outputs / panel_rows * panel_rows;
                          for (const Range part : {Range{0, cut}, Range{cut, s.outputs}}) {
                            if (part.size() > 0) pack_weight<Real>(w, part, panels);
                          }
                          packed_linear_forward<Real>({in[0].data(), s.rows, s.inputs},
                                                      {panels.data(), s.outputs, s.inputs}, in[2],
                                                      {out[0].data(), s.rows, s.outputs});
                        }),
                s);
}

/// dx = start + dy w.
OpCase accumulated_input(const Shape& s) {
  return finish(op_case("linear_backward_input accumulate", text(s),
                        {{"start", normal_values(s.rows * s.inputs, 4)},
                         {"dy", normal_values(s.rows * s.outputs, 5)},
                         {"w", normal_values(s.outputs * s.inputs, 6)}},
                        {s.rows * s.inputs},
                        [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
                          std::copy(in[0].begin(), in[0].end(), out[0].begin());
                          linear_backward_input<Real>({in[1].data(), s.rows, s.outputs},
                                                      {in[2].data(), s.outputs, s.inputs},
                                                      {out[0].data(), s.rows, s.inputs}, true);
                        }),
                s);
}

/// The same with the weight packed by inputs, in two pieces that meet within a panel.
OpCase packed_input(const Shape& s, bool accumulate) {
  return finish(
      op_case(accumulate ? "packed_linear_backward_input accumulate" : "packed_linear_backward_input", text(s),
              {{"start", normal_values(s.rows * s.inputs, 4)},
               {"dy", normal_values(s.rows * s.outputs, 5)},
               {"w", normal_values(s.outputs * s.inputs, 6)}},
              {s.rows * s.inputs},
              [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
                const ConstMatrix<Real> w(in[2].data(), s.outputs, s.inputs);
                std::vector<Real> panels(packed_size(s.inputs, s.outputs));
                const std::size_t cut = s.outputs / 3;
                for (const Range part : {Range{0, cut}, Range{cut, s.outputs}}) {
                  pack_transposed_weight<Real>(w, part, panels);
                }
                std::copy(in[0].begin(), in[0].end(), out[0].begin());
                packed_linear_backward_input<Real>({in[1].data(), s.rows, s.outputs},
                                                   {panels.data(), s.outputs, s.inputs},
                                                   {out[0].data(), s.rows, s.inputs}, accumulate);
              }),
      s);
}

OpCase weight(const Shape& s) {
  return finish(op_case("linear_backward_weight", text(s),
                        {{"x", normal_values(s.rows * s.inputs, 7)}, {"dy", normal_values(s.rows * s.outputs, 8)}},
                        {s.outputs * s.inputs},
                        [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
                          linear_backward_weight<Real>({in[0].data(), s.rows, s.inputs},
                                                       {in[1].data(), s.rows, s.outputs}, {0, s.outputs},
                                                       {out[0].data(), s.outputs, s.inputs});
                        }),
                s);
}

OpCase columns(std::size_t rows, std::size_t cols, bool large) {
  OpCase row = op_case("column_sum", "R=" + std::to_string(rows) + " C=" + std::to_string(cols),
                       {{"x", normal_values(rows * cols, 9)}}, {cols},
                       [=]<class Real>(const Tensors<Real>& in, Tensors<Real>& out) {
                         const ConstMatrix<Real> x(in[0].data(), rows, cols);
                         column_sum<Real>(x, {0, cols / 2}, out[0]);
                         column_sum<Real>(x, {cols / 2, cols}, out[0]);
                       });
  row.bytes = 4.0 * static_cast<double>(rows * cols);
  row.large = large;
  return row;
}

}  // namespace

void add_linear_cases(std::vector<OpCase>& table) {
  const Shape shapes[] = {{1, 1, 1},   {3, 5, 7},     {1, 17, 16},     {15, 31, 33},
                          {64, 13, 1}, {5, 300, 270}, {270, 140, 100}, {128, 336, 256, true}};
  for (const Shape& s : shapes) {
    table.push_back(linear(s, true));
    table.push_back(linear(s, false));
    table.push_back(packed(s));
    table.push_back(accumulated_input(s));
    table.push_back(packed_input(s, false));
    table.push_back(packed_input(s, true));
    table.push_back(weight(s));
  }
  for (const std::size_t rows : {1u, 4u, 7u}) {
    for (const std::size_t cols : {1u, 15u, 33u}) table.push_back(columns(rows, cols, false));
  }
  table.push_back(columns(1024, 512, true));
}

}  // namespace vdn::test
