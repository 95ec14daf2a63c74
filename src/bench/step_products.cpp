#include <vdn/bench/step_products.hpp>

#include <algorithm>

#include <vdn/kernels/linear.hpp>

namespace vdn::bench {

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
  const Matrix<float> x(rows_in_.data(), p.rows, p.inputs), y(rows_out_.data(), p.rows, p.outputs);
  const Matrix<float> w(weights_.data(), p.outputs, p.inputs), dx(rows_back_.data(), p.rows, p.inputs);
  kernels::linear_forward<float>(x.slice(rows), w, {}, y.slice(rows));
  if (p.backward_input) kernels::linear_backward_input<float>(y.slice(rows), w, dx.slice(rows), false);
  kernels::linear_backward_weight<float>(x, y, outputs, {gradient_.data(), p.outputs, p.inputs});
}

void StepProducts::run(Scheduler& scheduler) const {
  const std::size_t shares = scheduler.threads();
  scheduler.run(shares, [&](std::size_t share) {
    for (const Product& product : products_) run_share(product, share, shares);
  });
}

}  // namespace vdn::bench
