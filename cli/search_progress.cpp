#include "search_progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include <vdn/search/objectives.hpp>

#include "interrupt.hpp"

namespace vdn::cli {
namespace {

using search::EpochRecord;
using search::PortionEnd;
using search::TrialRecord;

constexpr std::size_t best_shown = 8, usual_width = 100;
constexpr std::chrono::milliseconds table_redraw_after{200};

std::string stage_text(const TrialRecord& t) {
  return t.final_stage ? fmt::format("final {} seed {}", t.number, t.seed) : fmt::format("trial {}", t.number);
}

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : usual_width;
}

/// Lines that wrap would count twice when the table is taken off again.
std::string cut_lines(const std::string& text, std::size_t width) {
  std::string cut;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = text.find('\n', from);
    cut += text.substr(from, std::min(end - from, width - 1)) + "\n";
    from = end + 1;
  }
  return cut;
}

std::string end_text(const TrialRecord& t, PortionEnd end) {
  switch (end) {
    case PortionEnd::reached:
      return t.state == search::TrialState::finished ? "finished" : fmt::format("at epoch {}", t.epochs);
    case PortionEnd::ended:
      return fmt::format("{}: {}", search::state_name(t.state), t.reason);
    case PortionEnd::stopped:
      return "stopped, goes on from its last epoch";
    case PortionEnd::lost:
      return "taken over by another worker";
  }
  return "";
}

}  // namespace

std::string figure_text(double value, int digits) {
  return std::isfinite(value) ? fmt::format("{:.{}f}", value, digits) : "-";
}

std::string share_text(double value) {
  return std::isfinite(value) ? fmt::format("{:.0f}%", 100 * value) : "-";
}

SearchProgress::SearchProgress(const Shared& shared)
    : shared_(shared), live_(!shared.quiet && isatty(STDERR_FILENO) == 1) {}

void SearchProgress::on_begin(const TrialRecord& trial, std::size_t epochs) {
  running_[{trial.number, trial.seed}] = {trial, epochs};
}

void SearchProgress::on_epoch(const TrialRecord& trial, const EpochRecord& epoch) {
  Running& r = running_[{trial.number, trial.seed}];
  r.trial = trial;
  r.last = epoch;
  if (live_ && Clock::now() - drawn_ > table_redraw_after) redraw();
}

void SearchProgress::on_portion(const TrialRecord& trial, PortionEnd end) {
  const Name name{trial.number, trial.seed};
  const Running last = running_[name];
  running_.erase(name);
  known_[name] = trial;
  clear();
  const std::string regime =
      last.last.epoch == 0
          ? ""
          : fmt::format("  alive {}{}", share_text(last.last.alive),
                        std::isnan(last.last.inside) ? "" : "  inside " + share_text(last.last.inside));
  note(shared_, "{}  score {}{}  {:.1f} s  {}", stage_text(trial), figure_text(trial.score, 4), regime, trial.seconds,
       end_text(trial, end));
  if (live_) redraw();
}

bool SearchProgress::stop_requested() {
  return noted_signal() != 0;
}

std::vector<std::vector<std::string>> SearchProgress::rows() const {
  std::vector<std::vector<std::string>> rows{{"NOW", "EPOCH", "SCORE", "ALIVE", "INSIDE", "SETTINGS"}};
  for (const auto& [name, r] : running_) {
    const std::string epoch =
        r.epochs == 0 ? std::to_string(r.trial.epochs) : fmt::format("{}/{}", r.trial.epochs, r.epochs);
    rows.push_back({stage_text(r.trial), epoch, figure_text(r.last.epoch ? r.last.score : NAN, 4),
                    share_text(r.last.epoch ? r.last.alive : NAN), share_text(r.last.epoch ? r.last.inside : NAN),
                    configuration_text(r.trial.configuration)});
  }
  std::vector<TrialRecord> best;
  for (const auto& [name, t] : known_) best.push_back(t);
  std::sort(best.begin(), best.end(), [](const TrialRecord& a, const TrialRecord& b) {
    return a.final_stage != b.final_stage ? a.final_stage : search::better_trial(a, b);
  });
  if (best.size() > best_shown) best.resize(best_shown);
  rows.push_back({"BEST", "", "", "", "", ""});
  for (const TrialRecord& t : best) {
    rows.push_back({stage_text(t), std::to_string(t.epochs), figure_text(t.score, 4), search::state_name(t.state), "",
                    configuration_text(t.configuration)});
  }
  return rows;
}

void SearchProgress::redraw() {
  drawn_ = Clock::now();
  clear();
  const std::string text = cut_lines(columns(rows(), {false, true, true}), terminal_width());
  shown_ = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  say(text);
}

void SearchProgress::clear() {
  if (shown_ > 0) say(fmt::format("\033[{}A\033[J", shown_));
  shown_ = 0;
}

std::string configuration_text(const search::Configuration& configuration) {
  if (configuration.empty()) return "settings as they are";
  std::string text;
  for (const auto& [key, value] : configuration) text += (text.empty() ? "" : " ") + key + "=" + value;
  return text;
}

}  // namespace vdn::cli
