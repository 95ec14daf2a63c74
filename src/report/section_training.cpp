// How training went.

#include <fmt/format.h>

#include <utility>

#include <vdn/report/line_chart.hpp>

#include "report/run_sections.hpp"

namespace vdn::report {
namespace {

using Curve = std::pair<const char*, double EpochReport::*>;

ChartLine curve_of(const RunRecord& run, const Curve& curve, std::size_t style) {
  ChartLine line{curve.first, {}, {}, style, run.epochs.size() <= 40};
  for (const EpochReport& epoch : run.epochs) {
    line.x.push_back(static_cast<double>(epoch.epoch));
    line.y.push_back(epoch.*curve.second);
  }
  return line;
}

HtmlFigure curves(const RunRecord& run, const char* title, const char* unit, const std::vector<Curve>& shown,
                  const char* caption) {
  LineChart chart;
  chart.title = fmt::format("{} by epoch", title);
  chart.x_label = "epoch";
  chart.y_label = unit;
  chart.whole_x = true;
  chart.height = 170;
  HtmlFigure figure;
  // The first is what counts: validation in the model's colour, training beside it.
  const std::size_t styles[] = {0, 5};
  for (std::size_t i = 0; i < shown.size(); ++i) {
    chart.lines.push_back(curve_of(run, shown[i], styles[i]));
    if (shown.size() > 1) figure.legend.push_back({shown[i].first, styles[i]});
  }
  if (run.best_epoch > 0) {
    chart.mark_x = static_cast<double>(run.best_epoch);
    chart.mark_label = "kept";
  }
  figure.title = title;
  figure.svg = line_chart_svg(chart);
  figure.caption = caption;
  return figure;
}

std::string outcome(const RunRecord& run) {
  std::string text = fmt::format("{} epochs in {:.1f} s", run.epochs.size(), run.seconds);
  text += run.best_epoch > 0 ? fmt::format("; epoch {} is kept.", run.best_epoch) : "; none was validated.";
  if (run.interrupted) text += " Training was interrupted by its user.";
  if (!run.ended) text += " The record ends without an end: training was killed, or still goes on.";
  if (run.unreadable_lines > 0) {
    text +=
        fmt::format(" {} line{} of it could not be read.", run.unreadable_lines, run.unreadable_lines == 1 ? "" : "s");
  }
  return text;
}

HtmlTable epoch_table(const RunRecord& run) {
  constexpr std::size_t most = 200;
  HtmlTable table{"Losses in scaled units; the kept epoch in bold.",
                  {"epoch", "train loss", "train NLL", "validation NLL", "validation MSE", "KL a neuron", "information",
                   "alive", "seconds"},
                  {}};
  for (const EpochReport& e : run.epochs) {
    if (table.rows.size() == most) break;
    table.rows.push_back({std::to_string(e.epoch),
                          fmt::format("{:.4f}", e.train_loss),
                          fmt::format("{:.4f}", e.train_nll),
                          {fmt::format("{:.4f}", e.validation_nll), e.epoch == run.best_epoch},
                          fmt::format("{:.4f}", e.validation_mse),
                          fmt::format("{:.3f}", e.kl_mean),
                          fmt::format("{:.1f}", e.info_sum),
                          percent_text(e.alive),
                          fmt::format("{:.1f}", e.seconds)});
  }
  table.more = run.epochs.size() - table.rows.size();
  return table;
}

}  // namespace

void add_training(HtmlPage& page, const RunReport& report) {
  const RunRecord& run = report.run;
  if (run.epochs.empty()) return;
  page.section("Training").paragraph(outcome(run));
  page.figures(
      {curves(
           run, "Likelihood", "NLL a step, scaled",
           {{"validation (marginal)", &EpochReport::validation_nll}, {"training (objective)", &EpochReport::train_nll}},
           "The two are not the same score when the objective is joint or mixed; watch the shape."),
       curves(run, "Squared error", "MSE of the mean, scaled", {{"validation", &EpochReport::validation_mse}}, ""),
       curves(run, "Price", "nats, all neurons together", {{"KL in training", &EpochReport::train_kl}},
              "What the neurons pay for departing from their prior."),
       curves(run, "Gradient", "norm before clipping", {{"gradient norm", &EpochReport::gradient_norm}}, "")});
  page.folded_table("Figures of every epoch", epoch_table(run));
}

}  // namespace vdn::report
