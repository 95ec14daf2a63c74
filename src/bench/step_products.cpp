#include <vdn/bench/step_products.hpp>

#include <cblas.h>

#include <algorithm>

namespace vdn::bench {
namespace {

/// c[rows,cols] = op(a)[rows,inner] op(b)[inner,cols]; the strides are the distances between stored rows.
void multiply(CBLAS_TRANSPOSE op_a, CBLAS_TRANSPOSE op_b, std::size_t rows, std::size_t cols, std::size_t inner,
              const float* a, std::size_t a_stride, const float* b, std::size_t b_stride, float* c,
              std::size_t c_stride) {
  const auto narrow = [](std::size_t size) { return static_cast<blasint>(size); };
  if (rows == 0 || cols == 0) return;
  cblas_sgemm(CblasRowMajor, op_a, op_b, narrow(rows), narrow(cols), narrow(inner), 1.0f, a, narrow(a_stride), b,
              narrow(b_stride), 0.0f, c, narrow(c_stride));
}

}  // namespace

StepProducts::StepProducts(const Settings& s) {
  const std::size_t B = s.batch, R = B * s.draws, C = s.encoder_width, P = sees_pair(s) ? 2 : 1;
  const std::size_t latents = s.neurons * s.dims, outputs = s.components * s.horizon;
  add(B * P, s.lookback, C, false);  // seasonal
  add(B * P, s.lookback, C, false);  // trend
  add(B, C, C);                      // persist
  if (P == 2) {
    add(B, C, C);      // innovation
    add(B, 3 * C, C);  // gate
  }
  add(B, C, latents);  // mu
  if (s.sigma == neuron::SigmaMode::per_unit_input) add(B, C, latents);
  add(R, s.neurons, outputs);       // base
  add(R, s.neurons, s.head_width);  // hidden
  add(R, s.head_width, outputs);    // gate
  add(R, s.head_width, outputs);    // delta
  if (s.scale == nn::ScaleMode::per_input) add(R, s.head_width, outputs);
  add(R, s.head_width, s.components);  // score
  if (s.line == LineMode::tuned) add(B * P, s.lookback, s.horizon, false);
  std::size_t in = 0, out = 0, weight = 0;
  for (const Product& p : products_) {
    in = std::max(in, p.rows * p.inputs);
    out = std::max(out, p.rows * p.outputs);
    weight = std::max(weight, p.inputs * p.outputs);
  }
  rows_in_.assign(in, 0.5f);
  rows_back_.assign(in, 0.0f);
  rows_out_.assign(out, 0.25f);
  weights_.assign(weight, 0.125f);
  gradient_.assign(weight, 0.0f);
}

void StepProducts::add(std::size_t rows, std::size_t inputs, std::size_t outputs, bool backward_input) {
  products_.push_back({rows, inputs, outputs, backward_input});
  gflop_ += (backward_input ? 3 : 2) * 2e-9 * static_cast<double>(rows * inputs * outputs);
}

void StepProducts::run_share(const Product& p, std::size_t share, std::size_t shares) const {
  const auto part = [&](std::size_t count) { return Range{count * share / shares, count * (share + 1) / shares}; };
  const Range rows = part(p.rows), outputs = part(p.outputs);
  const std::size_t R = p.rows, I = p.inputs, O = p.outputs;
  const float *x = rows_in_.data(), *w = weights_.data();
  float *y = rows_out_.data(), *dx = rows_back_.data(), *dw = gradient_.data();
  multiply(CblasNoTrans, CblasTrans, rows.size(), O, I, x + rows.begin * I, I, w, I, y + rows.begin * O, O);
  if (p.backward_input) {
    multiply(CblasNoTrans, CblasNoTrans, rows.size(), I, O, y + rows.begin * O, O, w, I, dx + rows.begin * I, I);
  }
  multiply(CblasTrans, CblasNoTrans, outputs.size(), I, R, y + outputs.begin, O, x, I, dw + outputs.begin * I, I);
}

void StepProducts::run(Scheduler& scheduler) const {
  const std::size_t shares = scheduler.threads();
  scheduler.run(shares, [&](std::size_t share) {
    for (const Product& product : products_) run_share(product, share, shares);
  });
}

}  // namespace vdn::bench
