#include <vdn/report/table.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "report/table_columns.hpp"

namespace vdn {
namespace {

constexpr std::size_t widest = 100;  ///< columns of a terminal the text table fits into

using Column = report::TableColumn;

/// 3 decimals of scaled figures, at least 4 significant digits in original units; "-" where there is no figure.
std::string print_figure(double value, bool original) {
  if (std::isnan(value)) return "-";
  if (!original) return fmt::format("{:.3f}", value);
  const double size = std::abs(value);
  if (size == 0.0) return "0";
  if (size >= 1e7 || size < 1e-4) return fmt::format("{:.3e}", value);
  const int decimals = std::clamp(3 - static_cast<int>(std::floor(std::log10(size))), 0, 7);
  return fmt::format("{:.{}f}", value, decimals);
}

/// .80: two decimals without the zero before the point.
std::string print_share(double value) {
  if (std::isnan(value)) return "-";
  const std::string text = fmt::format("{:.2f}", value);
  return text.starts_with("0.") ? text.substr(1) : text;
}

std::string print_seconds(double seconds) {
  return fmt::format("{:.{}f} s", seconds, seconds < 0.995 ? 2 : seconds < 99.95 ? 1 : 0);
}

/// Marks the cells with the lowest distance to `ideal` (-infinity: the lowest figure). What prints alike ranks alike.
void mark_best(Column& column, double ideal) {
  std::vector<double> cost;
  for (const std::string& cell : column.cells) {
    const double value = cell == "-" ? std::numeric_limits<double>::infinity() : std::stod(cell);
    cost.push_back(std::isfinite(ideal) ? std::abs(value - ideal) : value);
  }
  const double lowest = cost.empty() ? 0.0 : *std::min_element(cost.begin(), cost.end());
  for (const double value : cost)
    column.best.push_back(std::isfinite(value) && value <= lowest + 1e-9 * std::abs(lowest) + 1e-12);
}

Column figures(const BacktestTable& table, bool original, const char* heading, double Metrics::*figure) {
  Column column{heading, {}, {}};
  for (const BacktestRow& row : table.rows_of_table) {
    column.cells.push_back(print_figure((original ? row.original : row.scaled).*figure, original));
  }
  mark_best(column, -std::numeric_limits<double>::infinity());
  return column;
}

Column coverage(const BacktestTable& table, const char* heading, double Metrics::*figure, double nominal) {
  Column column{heading, {}, {}};
  for (const BacktestRow& row : table.rows_of_table) column.cells.push_back(print_share(row.scaled.*figure));
  mark_best(column, nominal);
  return column;
}

/// Four decimals: the figures of this protocol are ratios, the same in all units.
Column ratio(const BacktestTable& table, const char* heading, double ProbtsScore::*figure) {
  Column column{heading, {}, {}};
  for (const BacktestRow& row : table.rows_of_table) {
    const double value = row.probts ? (*row.probts).*figure : std::numeric_limits<double>::quiet_NaN();
    column.cells.push_back(std::isnan(value) ? "-" : fmt::format("{:.4f}", value));
  }
  mark_best(column, -std::numeric_limits<double>::infinity());
  return column;
}

bool is_probts(const BacktestTable& table) {
  return !table.rows_of_table.empty() && table.rows_of_table.front().probts.has_value();
}

Column seconds(const BacktestTable& table, const char* heading, double BacktestRow::*figure) {
  Column column{heading, {}, {}};
  for (const BacktestRow& row : table.rows_of_table) column.cells.push_back(print_seconds(row.*figure));
  column.best.assign(column.cells.size(), false);
  return column;
}

std::vector<Column> columns_of(const BacktestTable& table, bool original) {
  if (is_probts(table)) {
    return {ratio(table, "CRPS", &ProbtsScore::crps),
            ratio(table, "NMAE", &ProbtsScore::nmae),
            ratio(table, "CRPS exact", &ProbtsScore::crps_exact),
            ratio(table, "NMAE exact", &ProbtsScore::nmae_exact),
            coverage(table, "cov 80", &Metrics::coverage_80, 0.8),
            coverage(table, "cov 90", &Metrics::coverage_90, 0.9),
            seconds(table, "fit", &BacktestRow::fit_seconds),
            seconds(table, "score", &BacktestRow::score_seconds)};
  }
  return {figures(table, original, "MSE", &Metrics::mse),         figures(table, original, "MAE", &Metrics::mae),
          figures(table, original, "CRPS", &Metrics::crps),       figures(table, original, "NLL", &Metrics::nll),
          coverage(table, "cov 80", &Metrics::coverage_80, 0.8),  coverage(table, "cov 90", &Metrics::coverage_90, 0.9),
          figures(table, original, "pinball", &Metrics::pinball), seconds(table, "fit", &BacktestRow::fit_seconds),
          seconds(table, "score", &BacktestRow::score_seconds)};
}

/// What the figures are of, in two lines.
std::string caption(const BacktestTable& table, bool original) {
  if (is_probts(table)) {
    return fmt::format(
        "{}, protocol {}, {} test rows [{}, {}), horizon {}\n{} windows of all series, {} rows apart; original units, "
        "{} paths\n",
        table.source, table.protocol, table.rows.size(), table.rows.begin, table.rows.end, table.horizon,
        table.rows_of_table.front().probts->windows, probts_stride, ProbtsOptions().paths);
  }
  const std::string grid =
      table.origins == 0 ? "" : fmt::format(" ({} origins x {} series)", table.origins, table.windows / table.origins);
  return fmt::format("{}, protocol {}, {} test rows [{}, {}), horizon {}\n{} windows{}, each once; {}\n", table.source,
                     table.protocol, table.rows.size(), table.rows.begin, table.rows.end, table.horizon, table.windows,
                     grid, original ? "original units" : "scaled by the training part");
}

std::size_t width_of(const Column& column) {
  std::size_t width = column.heading.size();
  for (const std::string& cell : column.cells) width = std::max(width, cell.size());
  return width;
}

/// One row a forecaster, columns to the right.
std::string aligned(const BacktestTable& table, std::vector<Column> columns) {
  std::size_t names = std::string("forecaster").size();
  for (const BacktestRow& row : table.rows_of_table) names = std::max(names, row.name.size());
  const auto total = [&] {
    std::size_t width = names;
    for (const Column& column : columns) width += width_of(column) + 3;  // two blanks before, one for the mark
    return width;
  };
  // The times are the first to go where figures are long.
  if (total() > widest && columns.back().heading == "score") columns.resize(columns.size() - 2);

  std::string text = fmt::format("\n{:<{}}", "forecaster", names);
  for (const Column& column : columns) text += fmt::format("  {:>{}} ", column.heading, width_of(column));
  text.pop_back();
  text += "\n" + std::string(total(), '-') + "\n";
  for (std::size_t r = 0; r < table.rows_of_table.size(); ++r) {
    text += fmt::format("{:<{}}", table.rows_of_table[r].name, names);
    for (const Column& column : columns) {
      text += fmt::format("  {:>{}}{}", column.cells[r], width_of(column), column.best[r] ? '*' : ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

}  // namespace

std::vector<report::TableColumn> report::table_columns(const BacktestTable& table, bool original) {
  return columns_of(table, original);
}

std::string text_table(const BacktestTable& table, bool original) {
  const std::string text = caption(table, original) + aligned(table, columns_of(table, original)) +
                           "* best of its column; coverage: nearest to nominal\n";
  return is_probts(table) ? text + "exact: quantiles of the predictive distribution in place of those of its paths\n"
                          : text;
}

std::string markdown_table(const BacktestTable& table, bool original) {
  const auto columns = report::table_columns(table, original);
  std::string text = caption(table, original) + "\n| forecaster |", rule = "| --- |";
  for (const Column& column : columns) {
    text += " " + column.heading + " |";
    rule += " ---: |";
  }
  text += "\n" + rule + "\n";
  for (std::size_t r = 0; r < table.rows_of_table.size(); ++r) {
    text += "| " + table.rows_of_table[r].name + " |";
    for (const Column& column : columns) text += " " + column.cells[r] + " |";
    text += "\n";
  }
  return text;
}

std::string path_table(const BacktestTable& table) {
  BacktestTable scored = table;
  std::erase_if(scored.rows_of_table, [](const BacktestRow& row) { return !row.paths; });
  if (scored.rows_of_table.empty()) return "";
  const auto figure = [&](const char* heading, double PathScores::*score) {
    Column column{heading, {}, {}};
    for (const BacktestRow& row : scored.rows_of_table)
      column.cells.push_back(print_figure((*row.paths).*score, false));
    mark_best(column, -std::numeric_limits<double>::infinity());
    return column;
  };
  Column reference = figure("of independent steps", &PathScores::energy_independent);
  reference.best.assign(reference.cells.size(), false);  // what energy is held against, not a rank of forecasters
  const auto share = [&](const char* heading, double PathScores::*score, double nominal) {
    Column column{heading, {}, {}};
    for (const BacktestRow& row : scored.rows_of_table) column.cells.push_back(print_share((*row.paths).*score));
    mark_best(column, nominal);
    return column;
  };
  const PathScores& first = *scored.rows_of_table.front().paths;
  return fmt::format("whole futures: {} paths of {} windows; scaled by the training part\n", first.paths,
                     first.windows) +
         aligned(scored, {figure("energy", &PathScores::energy), reference,
                          share("sum cov 80", &PathScores::sum_coverage_80, 0.8),
                          share("sum cov 90", &PathScores::sum_coverage_90, 0.9),
                          figure("sum CRPS", &PathScores::sum_crps), figure("joint NLL", &PathScores::joint_nll)}) +
         "* best of its column; coverage: nearest to nominal\n"
         "of independent steps: energy of the same distributions, every step drawn by itself; paths should be lower\n";
}

}  // namespace vdn
