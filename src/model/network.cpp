#include <vdn/model/network.hpp>

#include <algorithm>
#include <cmath>

#include <vdn/control/band.hpp>
#include <vdn/kernels/elementwise.hpp>
#include <vdn/kernels/packed_linear.hpp>

namespace vdn {
namespace {

nn::EncoderShape encoder_shape(const Settings& s, std::size_t series) {
  const bool told = s.tells_series && series > 1 && series <= Network::most_told_series;
  return {s.lookback, s.encoder_width, std::min(s.moving_average, s.lookback), sees_pair(s), told ? series : 0};
}

neuron::LayerShape layer_shape(const Settings& s) {
  neuron::LayerShape shape;
  shape.posterior = {s.encoder_width, s.neurons, s.dims, s.sigma, s.sigma_start};
  if (s.mode.has(control::Constraint::guard)) {
    shape.posterior.sigma_lowest = s.guard_lowest;
    shape.posterior.sigma_highest = s.guard_highest;
  }
  shape.pooling = s.pooling;
  shape.pooled_activity = s.activity == control::Activity::pooled;
  shape.deterministic = s.twin == Twin::deterministic || s.twin == Twin::mixture;
  shape.prior = s.prior;
  shape.macro_dims = s.macro_dims;
  if (s.prior == Prior::ar1) {
    const double tau = control::persistence_deviation(control::make_bands(s, s.neurons, s.seed), s.tau_factor);
    shape.ar1 = {s.ar_form, s.phi, s.learn_phi, tau};
  }
  shape.local_decoder = s.local_decoder;
  shape.local_decoder_weight = s.local_decoder_weight;
  return shape;
}

nn::HeadShape head_shape(const Settings& s) {
  nn::HeadShape shape;
  shape.neurons = s.neurons;
  shape.width = s.head_width;
  shape.horizon = s.horizon;
  shape.components = s.components;
  shape.scale = s.scale;
  shape.dropout = s.dropout;
  shape.start_at_zero = s.start_at_zero;
  return shape;
}

/// Outputs per task of folding and packing: whole panels.
constexpr std::size_t prepared_tile = 2 * panel_rows;

}  // namespace

Network::Network(const Settings& settings, std::size_t series)
    : settings_(settings),
      encoder_(layout_, encoder_shape(settings, series)),
      neurons_(layout_, "neuron", layer_shape(settings)),
      head_(layout_, head_shape(settings)),
      nodes_(nn::student_nodes(settings.tail)) {
  if (tunes_line()) {
    line_change_ = nn::Linear(layout_, "line.change", settings.lookback, settings.horizon, Initial::constant(0.0),
                              Initial::constant(0.0));
    layout_.set_rate(line_change_.weight.offset, settings.line_rate);
  }
  for (const auto& entry : layout_.entries()) {
    if (entry.slot.panels == Slot::unpacked) continue;
    for (std::size_t o = 0; o < entry.slot.rows; o += prepared_tile) {
      packed_tiles_.push_back({entry.slot, {o, std::min(o + prepared_tile, entry.slot.rows)}});
    }
  }
}

template <class Real>
Network::Workspace<Real> Network::bind(ArenaCursor& cursor, std::size_t rows, std::size_t draws, bool training) const {
  const std::size_t H = horizon(), J = draws * settings_.components;
  Workspace<Real> w;
  w.rows = rows;
  w.draws = draws;
  w.encoder = encoder_.bind<Real>(cursor, rows, training, neurons_.needs_earlier(training));
  w.neurons = neurons_.bind<Real>(cursor, rows, draws, training);
  w.head = head_.bind<Real>(cursor, rows * draws, training);
  w.head.activity = w.neurons.activity;
  neurons_.connect<Real>(w.neurons, w.encoder.context, w.head.dactivity, w.encoder.dcontext);
  w.panels = cursor.array<Real>(layout_.panels_size());
  if (training) w.transposed = cursor.array<Real>(layout_.transposed_size());
  w.offset = cursor.matrix<Real>(rows, H);
  w.factor = cursor.array<Real>(rows);
  w.line = cursor.matrix<Real>(rows * encoder_.windows(), H);
  if (tunes_line()) w.tuned = cursor.matrix<Real>(rows * encoder_.windows(), H);
  w.target = cursor.matrix<Real>(rows, H);
  w.observed = cursor.matrix<std::uint8_t>(rows, H);
  w.mean = cursor.matrix<Real>(rows * J, H);
  w.scale = cursor.matrix<Real>(rows * J, H);
  w.log_weight = cursor.matrix<Real>(rows, J);
  w.nodes = nodes_;
  w.nll = cursor.array<Real>(rows);
  if (!training) return w;
  w.dmean = cursor.matrix<Real>(rows * J, H);
  w.dscale = cursor.matrix<Real>(rows * J, H);
  w.dlog_weight = cursor.matrix<Real>(rows, J);
  if (tunes_line()) w.dchange = cursor.matrix<Real>(rows * encoder_.windows(), H);
  w.likelihood = cursor.matrix<Real>(rows, kernels::mixture_nll_workspace(J, H));
  return w;
}

template <class Real>
kernels::MixtureBatch<Real> Network::Workspace<Real>::mixture(Range rows_) const {
  const std::size_t J = log_weight.cols;
  const Range components{rows_.begin * J, rows_.end * J};
  return {target.slice(rows_),
          observed.slice(rows_),
          mean.slice(components),
          scale.slice(components),
          log_weight.slice(rows_),
          draws,
          nodes};
}

template <class Real>
void Network::prepare(const ConstParameters<Real>& p, const Workspace<Real>& w, Scheduler& scheduler) const {
  const std::size_t outputs = encoder_.shape().width, folded = block_count(outputs, prepared_tile);
  scheduler.run(folded + packed_tiles_.size(), [&](std::size_t task) {
    if (task < folded) {
      const std::size_t first = task * prepared_tile;
      encoder_.prepare<Real>(p, w.encoder, {first, std::min(first + prepared_tile, outputs)});
      return;
    }
    const auto& [weight, rows] = packed_tiles_[task - folded];
    kernels::pack_weight<Real>(p.matrix(weight), rows, w.panels.subspan(weight.panels));
    if (w.transposed.empty()) return;
    kernels::pack_transposed_weight<Real>(p.matrix(weight), rows, w.transposed.subspan(weight.transposed));
  });
  neurons_.prepare<Real>(p, w.neurons);
}

template <class Real>
void Network::forward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const {
  forward_neurons<Real>(p, w, rows);
  forward_head<Real>(p, w, rows);
}

template <class Real>
void Network::forward_neurons(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const {
  const ConstParameters<Real> q = packed<Real>(p, w);
  encoder_.forward<Real>(q, w.encoder, rows);
  neurons_.forward<Real>(q, w.neurons, rows);
}

template <class Real>
void Network::forward_head(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const {
  head_.forward<Real>(packed<Real>(p, w), w.head, {rows.begin * w.draws, rows.end * w.draws});
  if (tunes_line()) change_line<Real>(p, w, rows);
  read_out<Real>(w, rows);
}

template <class Real>
void Network::change_line(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const {
  const std::size_t P = encoder_.windows();
  const Range windows{rows.begin * P, rows.end * P};
  line_change_.forward<Real>(packed<Real>(p, w), w.encoder.x.slice(windows), w.tuned.slice(windows));
  for (std::size_t b = rows.begin; b < rows.end; ++b) {
    const auto offset = w.offset.row(b), tuned = w.tuned.row(b * P);
    for (std::size_t h = 0; h < tuned.size(); ++h) tuned[h] = offset[h] + w.factor[b] * tuned[h];
  }
}

/// The change is the same for all components of a row. Rows of earlier windows stay zero.
template <class Real>
void Network::change_line_backward(const Workspace<Real>& w, Range rows) const {
  const std::size_t P = encoder_.windows(), J = w.draws * settings_.components;
  const auto dout = w.head.dout.reshape(w.rows * J, horizon());
  for (std::size_t b = rows.begin; b < rows.end; ++b) {
    const auto sum = w.dchange.row(b * P);
    std::fill(sum.begin(), sum.end(), Real(0));
    for (std::size_t j = b * J; j < (b + 1) * J; ++j) {
      for (std::size_t h = 0; h < sum.size(); ++h) sum[h] += dout(j, h);
    }
  }
}

template <class Real>
void Network::read_out(const Workspace<Real>& w, Range rows) const {
  const std::size_t H = horizon(), J = w.draws * settings_.components;
  const Real floor = Real(settings_.scale_floor / nodes_.scale.front()), cap = Real(settings_.scale_cap);
  const auto out = w.head.out.reshape(w.rows * J, H), rho = w.head.rho.reshape(w.rows * J, H);
  for (std::size_t b = rows.begin; b < rows.end; ++b) {
    const Real factor = w.factor[b];
    const auto offset = tunes_line() ? w.tuned.row(b * encoder_.windows()) : w.offset.row(b);
    for (std::size_t j = b * J; j < (b + 1) * J; ++j) {
      kernels::softplus_scale_forward<Real>(rho.row(j), factor, floor, cap, w.scale.row(j));
      const auto mean = w.mean.row(j);
      for (std::size_t h = 0; h < H; ++h) mean[h] = offset[h] + factor * out(j, h);
    }
  }
  const auto log_weight = w.log_weight.slice(rows);
  if (settings_.weights == MixtureWeights::uniform) {
    std::fill(log_weight.flat().begin(), log_weight.flat().end(), Real(-std::log(static_cast<double>(J))));
  } else {
    const std::size_t group = settings_.weights == MixtureWeights::per_draw ? settings_.components : J;
    kernels::group_log_softmax_forward<Real>(w.head.score.reshape(w.rows, J).slice(rows), group, log_weight);
  }
}

template <class Real>
void Network::backward(const ConstParameters<Real>& p, const Workspace<Real>& w, std::span<const Real> kl_weight,
                       Range rows) const {
  const std::size_t J = w.log_weight.cols;
  const Range components{rows.begin * J, rows.end * J};
  kernels::mixture_nll_gradient<Real>(
      settings_.objective, w.mixture(rows), Real(1.0 / static_cast<double>(w.rows)), w.likelihood.row(rows.begin),
      w.nll.subspan(rows.begin, rows.size()),
      {w.dmean.slice(components), w.dscale.slice(components), w.dlog_weight.slice(rows)});
  read_out_backward<Real>(w, rows);
  if (tunes_line()) change_line_backward<Real>(w, rows);
  const ConstParameters<Real> q = packed<Real>(p, w);
  head_.backward<Real>(q, w.head, {rows.begin * w.draws, rows.end * w.draws});
  neurons_.backward<Real>(q, w.neurons, kl_weight, rows);
  encoder_.backward<Real>(q, w.encoder, rows);
}

template <class Real>
void Network::read_out_backward(const Workspace<Real>& w, Range rows) const {
  const std::size_t H = horizon(), J = w.draws * settings_.components;
  const Real floor = Real(settings_.scale_floor / nodes_.scale.front()), cap = Real(settings_.scale_cap);
  const auto rho = w.head.rho.reshape(w.rows * J, H), drho = w.head.drho.reshape(w.rows * J, H);
  const auto dout = w.head.dout.reshape(w.rows * J, H);
  for (std::size_t b = rows.begin; b < rows.end; ++b) {
    const Real factor = w.factor[b];
    for (std::size_t j = b * J; j < (b + 1) * J; ++j) {
      kernels::softplus_scale_backward<Real>(rho.row(j), factor, floor, cap, w.dscale.row(j), drho.row(j));
      const auto dmean = w.dmean.row(j);
      std::transform(dmean.begin(), dmean.end(), dout.row(j).begin(), [factor](Real d) { return factor * d; });
    }
  }
  const auto dscore = w.head.dscore.reshape(w.rows, J).slice(rows);
  if (settings_.weights == MixtureWeights::uniform) {
    std::fill(dscore.flat().begin(), dscore.flat().end(), Real(0));
    return;
  }
  const std::size_t group = settings_.weights == MixtureWeights::per_draw ? settings_.components : J;
  kernels::group_log_softmax_backward<Real>(w.log_weight.slice(rows), group, w.dlog_weight.slice(rows), dscore);
}

template <class Real>
void Network::add_weight_tasks(TaskList& tasks, const ConstParameters<Real>& p, const Workspace<Real>& w,
                               const Parameters<Real>& gradient) const {
  if (tunes_line()) line_change_.add_weight_tasks<Real>(tasks, w.encoder.x, w.dchange, gradient);
  head_.add_weight_tasks<Real>(tasks, w.head, gradient);
  neurons_.add_weight_tasks<Real>(tasks, p, w.neurons, gradient);
  encoder_.add_weight_tasks<Real>(tasks, w.encoder, gradient);
}

#define VDN_INSTANTIATE(Real)                                                                                        \
  template struct Network::Workspace<Real>;                                                                          \
  template Network::Workspace<Real> Network::bind<Real>(ArenaCursor&, std::size_t, std::size_t, bool) const;         \
  template void Network::prepare<Real>(const ConstParameters<Real>&, const Workspace<Real>&, Scheduler&) const;      \
  template void Network::forward<Real>(const ConstParameters<Real>&, const Workspace<Real>&, Range) const;           \
  template void Network::forward_neurons<Real>(const ConstParameters<Real>&, const Workspace<Real>&, Range) const;   \
  template void Network::forward_head<Real>(const ConstParameters<Real>&, const Workspace<Real>&, Range) const;      \
  template void Network::backward<Real>(const ConstParameters<Real>&, const Workspace<Real>&, std::span<const Real>, \
                                        Range) const;                                                                \
  template void Network::add_weight_tasks<Real>(TaskList&, const ConstParameters<Real>&, const Workspace<Real>&,     \
                                                const Parameters<Real>&) const;
VDN_INSTANTIATE(float)
VDN_INSTANTIATE(double)
#undef VDN_INSTANTIATE

}  // namespace vdn
