#include "progress.hpp"

#include <unistd.h>

#include <cmath>
#include <memory>
#include <utility>

#include "interrupt.hpp"

namespace vdn::cli {
namespace {

constexpr std::size_t epoch_bar_width = 30;
constexpr std::chrono::milliseconds epoch_redraw_after{100};

}  // namespace

Progress::Progress(const Shared& shared, std::string label)
    : shared_(shared),
      label_(label.empty() ? "" : std::move(label) + "  "),
      bar_(!shared.quiet && isatty(STDERR_FILENO) == 1) {}

void Progress::on_start(const Settings& settings) {
  if (also_start) also_start(settings);
}

void Progress::on_step(std::size_t epoch, std::size_t step, std::size_t steps, double loss) {
  if (!bar_ || Clock::now() - drawn_ < epoch_redraw_after) return;
  drawn_ = Clock::now();
  bar_shown_ = true;
  const std::size_t full = epoch_bar_width * step / steps;
  say(fmt::format("\r\033[K{}epoch {:>3}  [{}{}] {}/{}  loss {:.4f}", label_, epoch, std::string(full, '='),
                  std::string(epoch_bar_width - full, ' '), step, steps, loss));
}

void Progress::on_epoch(const EpochReport& r) {
  clear_bar();
  if (r.best) best_ = r;
  const std::string inside = !r.band_held ? "" : fmt::format("  inside {:.0f}%", 100.0 * r.inside);
  note(
      shared_,
      "{}epoch {:>3}/{}  train {:.4f}  val nll {:.4f}  val mse {:.4f}  kl/neuron {:.3f}  alive {:.0f}%{}  {:.1f} s{}{}",
      label_, r.epoch, r.epochs, r.train_loss, r.validation_nll, r.validation_mse, r.kl_mean, 100.0 * r.alive, inside,
      r.seconds, r.best ? "  *" : "", r.valid ? "" : "  not valid");
  if (also) also(r);
}

void Progress::on_collapse(const diagnostics::CollapseChange& change) {
  const auto& [mode, share] = change.collapse;
  if (change.begins) {
    note(shared_, "{}collapse, {}: {:.0f}% of the neurons {}", label_, diagnostics::collapse_name(mode), 100.0 * share,
         diagnostics::collapse_meaning(mode));
  } else {
    note(shared_, "{}collapse, {}: over, {:.0f}% of the neurons left", label_, diagnostics::collapse_name(mode),
         100.0 * share);
  }
  if (also_collapse) also_collapse(change);
}

void Progress::on_norms(std::span<const NormTrial> trials) {
  std::string text;
  for (const NormTrial& trial : trials) {
    text += fmt::format("{}{} {:.4f}", text.empty() ? "" : ", ", window_norm_name(trial.norm), trial.nll);
  }
  note(shared_, "{}norm   by validation NLL of short fits: {}", label_, text);
}

void Progress::on_rehearsal(Range training) {
  clear_bar();
  note(shared_, "{}again  on the first {} rows, to see what of the network's mean holds on later ones", label_,
       grouped(training.size()));
}

bool Progress::stop_requested() {
  if (noted_signal() == 0) return false;
  clear_bar();
  return true;
}

void Progress::clear_bar() {
  if (bar_shown_) say("\r\033[K");
  bar_shown_ = false;
}

TwinObserver twin_progress(const Shared& shared) {
  return [&shared](Twin twin) { return std::make_unique<Progress>(shared, std::string("twin ") + twin_name(twin)); };
}

}  // namespace vdn::cli
