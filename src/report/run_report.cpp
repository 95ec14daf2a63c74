#include <vdn/report/run_report.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <vdn/data/calendar.hpp>

#include "report/run_sections.hpp"

namespace vdn {
namespace report {

bool is_twin(const BacktestRow& row) {
  return row.name.starts_with("twin");
}

namespace {

/// Another variant of the model: its name goes on where the model's ends ("vdn default, calibrated").
bool is_variant(const BacktestTable& table, std::size_t row) {
  return row > 0 && table.rows_of_table[row].name.starts_with(table.rows_of_table[0].name);
}

}  // namespace

bool is_baseline(const BacktestTable& table, std::size_t row) {
  return row > 0 && !is_twin(table.rows_of_table[row]) && !is_variant(table, row);
}

std::vector<std::size_t> row_styles(const BacktestTable& table) {
  std::vector<std::size_t> styles;
  std::size_t related = 0, other = 0;
  for (std::size_t r = 0; r < table.rows_of_table.size(); ++r) {
    if (r == 0) {
      styles.push_back(0);
    } else if (is_baseline(table, r)) {
      styles.push_back(4 + other++ % 5);
    } else {
      styles.push_back(1 + related++ % 3);
    }
  }
  return styles;
}

std::string grouped(std::size_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string figure_text(double value) {
  return std::isfinite(value) ? fmt::format("{:.3f}", value) : "-";
}

std::string percent_text(double share) {
  return std::isfinite(share) ? fmt::format("{:.1f}%", 100 * share) : "-";
}

}  // namespace report

namespace {

using report::grouped;

std::string rows_text(Range rows) {
  return rows.size() == 0 ? "none" : fmt::format("{} to {} ({} rows)", rows.begin, rows.end - 1, grouped(rows.size()));
}

}  // namespace

std::vector<std::size_t> telling_series(const BacktestTable& table, std::size_t series, std::size_t most) {
  std::vector<std::size_t> order(series);
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (!table.rows_of_table.empty() && table.rows_of_table[0].scaled_by_series.size() == series) {
    const auto& by_series = table.rows_of_table[0].scaled_by_series;
    std::erase_if(order, [&](std::size_t d) { return !std::isfinite(by_series[d].crps); });
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return by_series[a].crps < by_series[b].crps; });
  } else {
    order.resize(std::min(series, most));
  }
  if (order.size() <= most || most < 2) {
    order.resize(std::min(order.size(), most));
    return order;
  }
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < most; ++i) chosen.push_back(order[i * (order.size() - 1) / (most - 1)]);
  return chosen;
}

void describe_model(const Forecaster& model, RunReport& report) {
  const DataRecord& data = model.data();
  const Settings& s = model.settings();
  const std::size_t D = data.series_names.size();
  const std::string source = data.source == "-" ? "standard input" : data.source;
  report.title = fmt::format("{}: {} rows ahead", source, model.horizon());
  report.subtitle =
      fmt::format("{}; {} series of {} rows, step {}", model.name(), D, grouped(data.rows), describe_step(data.step));
  report.series = data.series_names;
  const TrainingRecord& t = model.training();
  report.setup.headings = {"", "value"};
  report.setup.text_columns = 2;
  auto& rows = report.setup.rows;
  rows = {{"data", source},
          {"series", std::to_string(D)},
          {"rows", grouped(data.rows)},
          {"time step", describe_step(data.step)},
          {"split", data.split},
          {"training rows", rows_text(data.borders.train())},
          {"validation rows", rows_text(data.borders.validation())},
          {"test rows", rows_text(data.borders.test())},
          {"season", data.season > 1 ? fmt::format("{} rows", data.season) : "not known"},
          {"preset", model.preset()},
          {"twin", twin_name(s.twin)},
          {"horizon", std::to_string(s.horizon)},
          {"parameters", grouped(model.network().layout().count())},
          {"epochs", t.best_epoch > 0 ? fmt::format("{}, number {} kept", t.epochs, t.best_epoch)
                                      : fmt::format("{}, none validated", t.epochs)},
          {"training time", fmt::format("{:.1f} s", t.seconds)}};
  for (const auto& parameter : settings_table().parameters()) rows.push_back({parameter.name, parameter.print(s)});
}

std::string run_report_html(const RunReport& r, const std::string& footer) {
  HtmlPage page(r.title, r.subtitle);
  report::add_overview(page, r);
  report::add_forecasts(page, r);
  report::add_comparison(page, r);
  report::add_calibration(page, r);
  report::add_errors(page, r);
  report::add_training(page, r);
  report::add_neurons(page, r);
  report::add_setup(page, r);
  return page.html(footer);
}

}  // namespace vdn
