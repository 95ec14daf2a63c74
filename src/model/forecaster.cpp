#include <vdn/model/forecaster.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include <vdn/core/error.hpp>
#include <vdn/model/mean_correction.hpp>
#include <vdn/predictive/spread_nodes.hpp>

namespace vdn {

WindowShape window_shape(const Settings& settings) {
  return {settings.lookback, settings.horizon, sees_pair(settings) ? settings.stride_ar : 0, settings.least_context};
}

/// Buffers for forecasting up to `rows` windows at a time, and the weights as they were folded and packed for them.
struct Forecaster::Plan {
  Plan(const Network& network, std::size_t rows, std::size_t draws)
      : arena(
            Arena::lay_out([&](ArenaCursor& cursor) { workspace = network.bind<float>(cursor, rows, draws, false); })) {
  }
  Network::Workspace<float> workspace;
  Arena arena;
  std::uint64_t prepared = 0;  ///< the edit of the parameters that `prepare` saw; 0 before the first
};

Forecaster::Forecaster(const Settings& settings, std::string preset, Scaler scaler, DataRecord data, LinearPath line)
    : network_(settings, data.series_names.size()),
      preset_(std::move(preset)),
      scaler_(std::move(scaler)),
      data_(std::move(data)),
      line_(std::move(line)),
      parameters_(network_.layout().size()),
      draw_sharing_(settings.share_draws) {
  initialise<float>(network_.layout(), settings.seed, parameters_);
  if (settings.line != LineMode::none) packed_line_ = PackedLine(line_);
}

Forecaster::~Forecaster() = default;
Forecaster::Forecaster(Forecaster&&) noexcept = default;
Forecaster& Forecaster::operator=(Forecaster&&) noexcept = default;

void Forecaster::use_plug_in(bool plug_in) {
  plug_in_ = plug_in;
}

std::string Forecaster::name() const {
  if (settings().twin != Twin::none) return std::string("twin: ") + twin_name(settings().twin);
  return "vdn " + preset_;
}

std::size_t Forecaster::context_rows() const {
  return settings().lookback + (sees_pair(settings()) ? settings().stride_ar : 0);
}

/// Mean and deviation of the observed ones of `rows`, the rows of the context as read: padding and filled gaps carry no
/// weight. `last` is the context's last value. Returns what to divide by.
float Forecaster::normalise(std::span<const float> rows, float last, float& centre) const {
  const WindowNorm norm = settings().window_norm.value_or(WindowNorm::mean_deviation);
  centre = norm == WindowNorm::none ? 0.0f : last;
  if (norm == WindowNorm::none || norm == WindowNorm::last) return 1.0f;
  double sum = 0.0, squares = 0.0, count = 0.0;
  for (const float value : rows) {
    if (std::isnan(value)) continue;
    sum += value;
    count += 1.0;
  }
  const double mean = count > 0.0 ? sum / count : 0.0;
  if (norm == WindowNorm::mean_deviation) centre = static_cast<float>(mean);
  for (const float value : rows) {
    if (!std::isnan(value)) squares += (value - mean) * (value - mean);
  }
  const double floor = settings().window_floor;
  return static_cast<float>(std::sqrt(squares / std::max(count, 1.0) + floor * floor));
}

/// `rest` holds the context of a periodic line until the next call.
Forecaster::Source Forecaster::source_of(ConstMatrix<float> scaled, Window window, std::vector<float>& rest) const {
  if (line_.profile.empty()) return {scaled, window};
  const std::size_t reach = std::min<std::size_t>(window.origin, context_rows());
  const std::size_t first = std::max<std::size_t>(window.begin, window.origin - reach), rows = window.origin - first;
  const auto context = scaled.row(window.series).subspan(first, rows);
  const auto phases = std::span(phases_).subspan(first, rows);
  const auto profile = line_.profile.of(window.series);
  const std::size_t seen = std::min(rows, settings().lookback);  // not the earlier window's rows of a pair
  const float amplitude = profile_amplitude(context.last(seen), phases.last(seen), profile);
  rest.resize(rows);
  for (std::size_t k = 0; k < rows; ++k) rest[k] = context[k] - amplitude * profile[phases[k]];
  return {{rest.data(), 1, rows}, {0, static_cast<std::uint32_t>(rows), 0}, amplitude};
}

namespace {

/// A window outside the table would read what is not there, one of a series beyond the `told` ones (0: none are) what
/// was never learned.
void check_window(const Window& window, ConstMatrix<float> scaled, std::size_t target_rows, std::size_t told) {
  if (told > 0 && window.series >= told) {
    throw Error(ErrorKind::software, "forecast",
                fmt::format("a window of series {} for a model of {} series", window.series, told));
  }
  if (window.series < scaled.rows && window.origin + target_rows <= scaled.cols) return;
  throw Error(ErrorKind::software, "forecast",
              fmt::format("a window of series {} at row {} lies outside the table of {} series and {} rows",
                          window.series, window.origin, scaled.rows, scaled.cols));
}

}  // namespace

void Forecaster::fill(ConstMatrix<float> scaled, std::span<const Window> windows, const Network::Workspace<float>& w,
                      Range rows, bool targets) const {
  const std::size_t P = network_.encoder().windows(), cycle = line_.profile.cycle;
  if (cycle > 0 && phases_.size() != scaled.cols) {
    throw Error(ErrorKind::software, "forecast", "the rows of the table have no place in the cycle", "call place_rows");
  }
  std::vector<float> rest, amplitude(cycle > 0 ? rows.size() : 0);
  for (std::size_t b = rows.begin; b < rows.end; ++b) {
    const Window window = windows[b];
    check_window(window, scaled, targets ? horizon() : 0, network_.encoder().shape().series);
    const Source source = source_of(scaled, window, rest);
    if (cycle > 0) amplitude[b - rows.begin] = source.amplitude;
    const auto context = w.encoder.x.row(b * P);
    gather_context(source.values, source.window, context);
    float centre = 0.0f;
    const Range read = vdn::context_rows(source.window, context.size());
    const float factor =
        normalise(source.values.row(source.window.series).subspan(read.begin, read.size()), context.back(), centre);
    if (P == 2) gather_context(source.values, source.window, w.encoder.x.row(b * P + 1), settings().stride_ar);
    for (float& value : w.encoder.x.slice({b * P, (b + 1) * P}).flat()) value = (value - centre) / factor;
    w.factor[b] = factor;
    std::fill_n(w.encoder.series.begin() + static_cast<std::ptrdiff_t>(b * P), P, window.series);
    if (targets) gather_target(scaled, window, w.target.row(b), w.observed.row(b));
    std::fill(w.offset.row(b).begin(), w.offset.row(b).end(), centre);
  }
  if (packed_line_.empty()) return;
  const Range encoded{rows.begin * P, rows.end * P};
  packed_line_.forecast(w.encoder.x.slice(encoded), P, windows.subspan(rows.begin, rows.size()),
                        w.factor.subspan(rows.begin, rows.size()), w.line.slice(encoded), w.offset.slice(rows));
  for (std::size_t b = rows.begin; cycle > 0 && b < rows.end; ++b) {
    const auto profile = line_.profile.of(windows[b].series);
    const auto offset = w.offset.row(b);
    const std::size_t next = windows[b].origin == 0 ? phases_[0] : phases_[windows[b].origin - 1] + 1;
    for (std::size_t h = 0; h < offset.size(); ++h)
      offset[h] += amplitude[b - rows.begin] * profile[(next + h) % cycle];
  }
}

void Forecaster::draw(std::span<const Window> windows, std::uint64_t step, const Network::Workspace<float>& w,
                      Range rows, bool training, std::size_t first_draw) const {
  const StreamKey latent = stream_key(settings().seed, Purpose::latent, step);
  const StreamKey dropout = stream_key(settings().seed, Purpose::dropout, step);
  const StreamKey macro = stream_key(settings().seed, Purpose::macro, step);
  const bool shared = !training && draw_sharing_ == DrawSharing::series;
  for (std::size_t b = rows.begin; b < rows.end; ++b) {
    const std::uint32_t series = shared ? 0 : windows[b].series, origin = windows[b].origin;
    const std::uint32_t earlier = origin - std::min(origin, static_cast<std::uint32_t>(settings().stride_ar));
    network_.neurons().fill_macro_noise<float>(w.neurons, b, {macro, series, origin, 0}, !training);
    for (std::size_t s = 0; s < w.draws; ++s) {
      const std::size_t row = b * w.draws + s;
      const auto draw_number = static_cast<std::uint32_t>(first_draw + s);
      network_.neurons().fill_noise<float>(w.neurons, row, {latent, series, origin, draw_number},
                                           plug_in_ && !training);
      network_.neurons().fill_earlier_noise<float>(w.neurons, row, {latent, series, earlier, draw_number});
      network_.head().fill_mask<float>(w.head, row, {dropout, series, origin, draw_number}, training);
    }
  }
}

void Forecaster::scan(ConstMatrix<float> scaled, std::span<const Window> windows, bool targets, Scheduler& scheduler,
                      const Visit& visit) {
  scan_draws(scaled, windows, score_draws(), targets, scheduler, visit);
}

void Forecaster::scan_plug_in(ConstMatrix<float> scaled, std::span<const Window> windows, bool targets,
                              Scheduler& scheduler, const Visit& visit) {
  const bool before = std::exchange(plug_in_, true);
  try {
    scan_draws(scaled, windows, score_draws(), targets, scheduler, visit);
  } catch (...) {
    plug_in_ = before;
    throw;
  }
  plug_in_ = before;
}

void Forecaster::scan_neurons(ConstMatrix<float> scaled, std::span<const Window> windows, Scheduler& scheduler,
                              const Visit& visit) {
  scan_blocks(
      windows, score_draws().size(), scheduler,
      [&](const ConstParameters<float>& p, const auto& w, std::span<const Window> batch, Range rows) {
        fill(scaled, batch, w, rows, false);
        network_.forward_neurons<float>(p, w, rows);
      },
      visit);
}

void Forecaster::scan_draws(ConstMatrix<float> scaled, std::span<const Window> windows, Range draws, bool targets,
                            Scheduler& scheduler, const Visit& visit) {
  const auto work = [&](const ConstParameters<float>& p, const Network::Workspace<float>& w,
                        std::span<const Window> batch, Range rows) {
    fill(scaled, batch, w, rows, targets);
    draw(batch, scoring_step, w, rows, false, draws.begin);
    network_.forward<float>(p, w, rows);
  };
  scan_blocks(windows, draws.size(), scheduler, std::ref(work), visit);
}

Forecaster::Plan& Forecaster::plan_for(std::size_t draws) {
  constexpr std::size_t most = 3;  // a forecast, the last part of many paths, the plug-in
  const auto found =
      std::find_if(plans_.begin(), plans_.end(), [&](const auto& plan) { return plan->workspace.draws == draws; });
  if (found != plans_.end()) {
    std::rotate(plans_.begin(), found, found + 1);
  } else {
    if (plans_.size() == most) plans_.pop_back();  // before the next one is made
    plans_.insert(plans_.begin(),
                  std::make_unique<Plan>(network_, scan_slots() * scan_block(settings(), draws), draws));
  }
  return *plans_.front();
}

void Forecaster::scan_blocks(std::span<const Window> windows, std::size_t draws, Scheduler& scheduler, const Work& work,
                             const Visit& visit) {
  const std::size_t block = scan_block(settings(), draws);
  Plan& plan = plan_for(draws);
  const auto& w = plan.workspace;
  const ConstParameters<float> p{parameters_};
  if (std::exchange(plan.prepared, edits_) != edits_) network_.prepare<float>(p, w, scheduler);
  for (std::size_t first = 0; first < windows.size(); first += w.rows) {
    const std::span<const Window> batch = windows.subspan(first, std::min(w.rows, windows.size() - first));
    const auto run_block = [&](std::size_t slot) {
      const Range rows{slot * block, std::min((slot + 1) * block, batch.size())};
      work(p, w, batch, rows);
      visit(w, rows, first, slot);
    };
    scheduler.run(block_count(batch.size(), block), std::ref(run_block));
  }
}

void Forecaster::forecast(ConstMatrix<float> scaled, std::span<const Window> windows, ForecastBatch& out,
                          Scheduler& scheduler) {
  forecast(scaled, windows, score_draws(), out, scheduler);
}

void Forecaster::forecast(ConstMatrix<float> scaled, std::span<const Window> windows, Range draws, ForecastBatch& out,
                          Scheduler& scheduler) {
  out.resize(windows.size(), draws.size(), network_.normals(), horizon(), naive_.components());
  const std::size_t J = out.components(), drawn = J - naive_.components(), H = horizon();
  const bool shifted = correction_share_ < 1.0;
  const bool scored = draws == score_draws();
  if (shifted) shifts_.resize(windows.size() * H);
  if (shifted && !scored) find_shifts(scaled, windows, scheduler);
  const auto visit = [&](const Network::Workspace<float>& w, Range rows, std::size_t first, std::size_t) {
    for (std::size_t b = rows.begin; b < rows.end; ++b) {
      const std::size_t window = first + b;
      const Range parts{window * J, window * J + drawn};
      const auto mean = out.mean().slice(parts);
      const Matrix<float> log_weight(out.log_weight().row(window).data(), 1, drawn);
      spread_nodes(w.mixture({b, b + 1}), mean, out.scale().slice(parts), log_weight);
      if (!shifted) continue;
      const std::span<float> shift = std::span(shifts_).subspan(window * H, H);
      if (scored) correction_shift(w, b, correction_share_, shift);
      move_means(mean, shift);
    }
    const Range own{first + rows.begin, first + rows.end}, parts{own.begin * J, own.end * J};
    add_naive(naive_, data_.season, settings().lookback, scaled, windows.subspan(own.begin, rows.size()), out,
              own.begin);
    if (calibrated()) {
      calibration_.apply(out.log_weight().slice(own), out.mean().slice(parts), out.scale().slice(parts));
    }
  };
  scan_draws(scaled, windows, draws, false, scheduler, std::ref(visit));
}

void Forecaster::find_shifts(ConstMatrix<float> scaled, std::span<const Window> windows, Scheduler& scheduler) {
  scan(scaled, windows, false, scheduler,
       [&](const Network::Workspace<float>& w, Range rows, std::size_t first, std::size_t) {
         for (std::size_t b = rows.begin; b < rows.end; ++b) {
           correction_shift(w, b, correction_share_, std::span(shifts_).subspan((first + b) * horizon(), horizon()));
         }
       });
}

std::vector<double> Forecaster::contribution(ConstMatrix<float> scaled, std::span<const Window> windows,
                                             Scheduler& scheduler) {
  return contribution(scaled, windows, score_draws().size(), scheduler);
}

std::vector<double> Forecaster::contribution(ConstMatrix<float> scaled, std::span<const Window> windows,
                                             std::size_t draws, Scheduler& scheduler) {
  const neuron::NeuronLayer& layer = network_.neurons();
  const std::size_t N = layer.neurons();
  const ConstParameters<float> p{parameters_};
  std::vector<double> sums(scan_slots() * N);
  const Matrix<double> lost(sums.data(), scan_slots(), N);
  scan_draws(scaled, windows, {0, draws}, true, scheduler,
             [&](const Network::Workspace<float>& w, Range rows, std::size_t, std::size_t slot) {
               const Range draw_rows{rows.begin * w.draws, rows.end * w.draws};
               const auto activity = w.neurons.activity.slice(draw_rows);
               const auto nll = w.nll.subspan(rows.begin, rows.size());
               const auto total = [&] {
                 kernels::mixture_nll<float>(kernels::Objective::marginal, w.mixture(rows), nll);
                 return std::accumulate(nll.begin(), nll.end(), 0.0);
               };
               const double whole = total();
               std::vector<float> kept(activity.rows);
               for (std::size_t i = 0; i < N; ++i) {
                 for (std::size_t r = 0; r < activity.rows; ++r) {
                   const float silent = layer.prior_activity<float>(w.neurons, rows.begin + r / w.draws, i);
                   kept[r] = std::exchange(activity(r, i), silent);
                 }
                 network_.forward_head<float>(p, w, rows);
                 lost(slot, i) += total() - whole;
                 for (std::size_t r = 0; r < activity.rows; ++r) activity(r, i) = kept[r];
               }
             });
  std::vector<double> contribution(N);
  for (std::size_t i = 0; i < N; ++i) {
    for (std::size_t slot = 0; slot < scan_slots(); ++slot) contribution[i] += lost(slot, i);
    contribution[i] /= static_cast<double>(windows.size());
  }
  return contribution;
}

}  // namespace vdn
