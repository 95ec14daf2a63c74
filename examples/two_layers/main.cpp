// Two layers of variational neurons stacked in a small regression network, through the public API alone.
//
//   x [B, 4] -> linear -> GELU -> neurons (S draws a row) -> neurons (one draw of each of the B*S rows) -> linear
//     -> mean and scale of every draw -> mixture of S Gaussians
//
// The second layer takes the B*S draws of the first as its rows and draws once from each: S draws stay S, not S^2, and
// its KL is averaged over all B*S of them. The data: y = sin(3 x_1) + x_2 x_3 + noise whose deviation is .1 + .4 |x_4|.

#include <cmath>
#include <cstdio>
#include <numeric>
#include <vector>

#include <vdn/core/arena.hpp>
#include <vdn/core/random.hpp>
#include <vdn/kernels/adamw.hpp>
#include <vdn/kernels/elementwise.hpp>
#include <vdn/kernels/mixture.hpp>
#include <vdn/kernels/random_fill.hpp>
#include <vdn/neuron/layer.hpp>

namespace {

constexpr std::size_t B = 256, inputs = 4, C = 64, N1 = 32, N2 = 16, S = 8;
constexpr double beta = 0.003;

vdn::neuron::LayerShape layer_shape(std::size_t context, std::size_t neurons, std::uint32_t index) {
  vdn::neuron::LayerShape shape;
  shape.posterior = {.context = context,
                     .neurons = neurons,
                     .dims = 1,
                     .sigma = vdn::neuron::SigmaMode::per_unit_input,
                     .sigma_start = 0.3};
  shape.index = index;
  return shape;
}

/// The network, its buffers and its gradients.
struct Network {
  vdn::ParameterLayout layout;
  vdn::nn::Linear input{layout, "input", inputs, C};
  vdn::neuron::NeuronLayer first{layout, "first", layer_shape(C, N1, 0)};
  vdn::neuron::NeuronLayer second{layout, "second", layer_shape(N1, N2, 1)};
  vdn::nn::Linear mean{layout, "mean", N2, 1};
  vdn::nn::Linear rho{layout, "rho", N2, 1};

  vdn::Matrix<float> x, pre, hidden, dhidden, y, yhat, raw, scale, log_weight, dyhat, dscale, draw, dlog_weight;
  vdn::Matrix<std::uint8_t> observed;
  vdn::Matrix<float> dfirst, dsecond;
  vdn::neuron::NeuronLayer::Workspace<float> w1, w2;
  std::span<float> nll, scratch, values, gradients, moment1, moment2;
  vdn::Arena arena;
  vdn::TaskList weight_tasks;

  Network() {
    arena = vdn::Arena::lay_out([this](vdn::ArenaCursor& cursor) {
      x = cursor.matrix<float>(B, inputs);
      for (auto* m : {&pre, &hidden, &dhidden}) *m = cursor.matrix<float>(B, C);
      y = cursor.matrix<float>(B, 1);
      observed = cursor.matrix<std::uint8_t>(B, 1);
      for (auto* m : {&yhat, &raw, &scale, &dyhat, &dscale, &draw}) *m = cursor.matrix<float>(B * S, 1);
      for (auto* m : {&log_weight, &dlog_weight}) *m = cursor.matrix<float>(B, S);
      dfirst = cursor.matrix<float>(B * S, N1);
      dsecond = cursor.matrix<float>(B * S, N2);
      w1 = first.bind<float>(cursor, B, S, true);
      w2 = second.bind<float>(cursor, B * S, 1, true);
      first.connect<float>(w1, hidden, dfirst, dhidden);
      second.connect<float>(w2, w1.activity, dsecond, dfirst);
      nll = cursor.array<float>(B);
      scratch = cursor.array<float>(vdn::kernels::mixture_nll_workspace(S, 1));
      for (auto* flat : {&values, &gradients, &moment1, &moment2}) *flat = cursor.array<float>(layout.size());
    });
    vdn::initialise<float>(layout, 1, values);
    std::fill(log_weight.flat().begin(), log_weight.flat().end(), -std::log(static_cast<float>(S)));
    std::fill(observed.flat().begin(), observed.flat().end(), std::uint8_t{1});
    const vdn::ConstParameters<float> p{values};
    const vdn::Parameters<float> g{gradients};
    input.add_weight_tasks<float>(weight_tasks, x, pre, g);  // backward leaves d loss / d pre in pre
    first.add_weight_tasks<float>(weight_tasks, p, w1, g);
    second.add_weight_tasks<float>(weight_tasks, p, w2, g);
    mean.add_weight_tasks<float>(weight_tasks, w2.activity, dyhat, g);
    rho.add_weight_tasks<float>(weight_tasks, w2.activity, draw, g);
  }

  /// Fresh rows of data; batch `number` is always the same.
  void fill_batch(std::uint64_t number) {
    std::vector<float> noise(inputs + 1);
    for (std::size_t b = 0; b < B; ++b) {
      const auto row = static_cast<std::uint32_t>(b);
      vdn::kernels::fill_normal<float>({vdn::stream_key(7, vdn::Purpose::bootstrap, number), 0, row, 0}, noise);
      std::copy_n(noise.begin(), inputs, x.row(b).begin());
      const auto v = x.row(b);
      y(b, 0) = std::sin(3 * v[0]) + v[1] * v[2] + (.1f + .4f * std::abs(v[3])) * noise[inputs];
      for (std::uint32_t s = 0; s < S; ++s) {
        const vdn::kernels::DrawKey key{vdn::stream_key(1, vdn::Purpose::latent, number), 0, row, s};
        first.fill_noise<float>(w1, b * S + s, key);
        second.fill_noise<float>(w2, b * S + s, key);
      }
    }
  }

  void forward() {
    const vdn::ConstParameters<float> p{values};
    input.forward<float>(p, x, pre);
    vdn::kernels::gelu_forward<float>(pre.flat(), hidden.flat());
    first.forward<float>(p, w1, {0, B});
    second.forward<float>(p, w2, {0, B * S});
    mean.forward<float>(p, w2.activity, yhat);
    rho.forward<float>(p, w2.activity, raw);
    vdn::kernels::softplus_scale_forward<float>(raw.flat(), 1.f, .01f, 50.f, scale.flat());
  }

  vdn::kernels::MixtureBatch<float> mixture() const { return {y, observed, yhat, scale, log_weight, S}; }

  void backward() {
    const vdn::ConstParameters<float> p{values};
    vdn::kernels::mixture_nll_gradient<float>(vdn::kernels::Objective::marginal, mixture(), 1.f / B, scratch, nll,
                                              {dyhat, dscale, dlog_weight});
    vdn::kernels::softplus_scale_backward<float>(raw.flat(), 1.f, .01f, 50.f, dscale.flat(), draw.flat());
    mean.backward_input<float>(p, dyhat, dsecond);
    rho.backward_input<float>(p, draw, dsecond, true);
    second.backward<float>(p, w2, std::vector<float>(N2, float(beta / (B * S))), {0, B * S});  // mean over B*S draws
    first.backward<float>(p, w1, std::vector<float>(N1, float(beta / B)), {0, B});
    vdn::kernels::gelu_backward<float>(pre.flat(), dhidden.flat(), pre.flat());
  }

  static double mean_of(std::span<const float> v, std::size_t rows) {
    return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(rows);
  }
};

}  // namespace

int main() {
  Network net;
  vdn::Scheduler cores;
  const auto held_out = [&] {
    double nll = 0;
    for (std::uint64_t batch = 0; batch < 16; ++batch) {
      net.fill_batch(1'000'000 + batch);
      net.forward();
      vdn::kernels::mixture_nll<float>(vdn::kernels::Objective::marginal, net.mixture(), net.nll);
      nll += Network::mean_of(net.nll, B) / 16;
    }
    return nll;
  };
  std::printf("held-out NLL before training %.2f nats\n", held_out());
  for (std::uint64_t step = 1; step <= 3000; ++step) {
    net.fill_batch(step);
    net.forward();
    net.backward();
    net.weight_tasks.run(cores);
    vdn::kernels::adamw<float>({.learning_rate = 2e-3}, step, 1.f, net.gradients, net.values, net.moment1, net.moment2);
  }
  const double after = held_out();
  std::printf("held-out NLL after training  %.2f nats\n", after);
  std::printf("KL per row: first layer %.1f nats, second layer %.1f nats\n", Network::mean_of(net.w1.kl.flat(), B),
              Network::mean_of(net.w2.kl.flat(), B * S));
  return after < 0.6 ? 0 : 1;
}
