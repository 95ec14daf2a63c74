#include "study/quality_cells.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace vdn::studies {
namespace {

/// A data set at one horizon.
struct Cell {
  double horizon;
  std::string data;
  TrialResults results;
};

std::vector<Cell> cells_of(const TrialResults& results) {
  std::vector<Cell> cells;
  for (const double horizon : horizons_of(results)) {
    const TrialResults some = of_horizon(results, horizon);
    for (const std::string& data : data_of(some)) {
      Cell cell{horizon, data, {}};
      std::copy_if(some.begin(), some.end(), std::back_inserter(cell.results),
                   [&](const TrialResult& r) { return r.data == data; });
      cells.push_back(std::move(cell));
    }
  }
  return cells;
}

double mean_figure(const Cell& cell, const std::string& arm, const std::string& figure) {
  return summarise(figures(select(cell.results, cell.data, arm), figure)).mean;
}

/// Mean over seeds and origins of a score of those fits of `arm` that have it.
double mean_score(const Cell& cell, const std::string& arm, const std::string& score) {
  double sum = 0;
  std::size_t count = 0;
  for (const TrialResult& r : select(cell.results, cell.data, arm)) {
    const auto found = r.traces.find("origin." + score);
    if (found == r.traces.end()) continue;
    for (const double value : found->second) sum += value;
    count += found->second.size();
  }
  return sum / static_cast<double>(count);
}

struct Count {
  std::size_t cells = 0, better = 0, level = 0, close = 0;
};

/// Over the cells where both arms have the score. Close: no more than 1% worse, which says nothing of a logarithm.
Count compare(const std::vector<Cell>& cells, const std::string& arm, const std::string& rival,
              const std::string& score) {
  Count count;
  for (const Cell& cell : cells) {
    const PairedDifference d = paired_difference(cell.results, cell.data, arm, rival, score);
    if (d.seeds == 0) continue;
    ++count.cells;
    count.better += d.mean < 0 ? 1 : 0;
    count.level += d.mean >= 0 && d.interval.low <= 0 ? 1 : 0;
    count.close += d.mean <= .01 * mean_score(cell, rival, score) ? 1 : 0;
  }
  return count;
}

std::string sentence(const std::string& what, const std::string& rival, const Count& count, bool logarithm) {
  std::string text = fmt::format("{}, against {}: better in {} of {} cells, level within the interval in {} more", what,
                                 rival, count.better, count.cells, count.level);
  if (!logarithm) text += fmt::format("; at most 1% worse in {}", count.close);
  return text;
}

void add_twins(const std::vector<Cell>& cells, std::vector<std::string>& verdicts) {
  for (const char* score : {"energy", "joint_nll", "crps", "mse"}) {
    for (const char* twin : twins) {
      const Count count = compare(cells, own, twin, score);
      if (count.cells == 0) continue;
      verdicts.push_back(
          sentence(score, fmt::format("the {} twin", twin), count, std::string_view(score) == "joint_nll"));
    }
  }
}

void add_together(const std::vector<Cell>& cells, std::vector<std::string>& verdicts) {
  for (const char* rival : together_rivals) {
    for (const char* score : {"series_sum_crps", "joint_energy"}) {
      const Count count = compare(cells, std::string(own) + " shared", rival, score);
      if (count.cells > 0) {
        verdicts.push_back(sentence(fmt::format("{} of all series, shared draws", score), rival, count, false));
      }
    }
  }
}

/// Mean distance of the default's coverage from 80 and 90%.
double off_nominal(const Cell& cell) {
  return (std::abs(mean_figure(cell, own, "all.coverage_80") - .8) +
          std::abs(mean_figure(cell, own, "all.coverage_90") - .9)) /
         2;
}

/// Calibration has a part of its own where validation has 3 H rows; the other cells are named.
void add_coverage(const std::vector<Cell>& cells, std::vector<std::string>& verdicts) {
  double sum = 0;
  std::size_t count = 0;
  std::string others;
  for (const Cell& cell : cells) {
    const double off = off_nominal(cell), rows = mean_figure(cell, own, "validation_rows");
    if (!std::isfinite(off) || !std::isfinite(rows)) continue;
    if (rows >= 3 * cell.horizon) {
      sum += off;
      ++count;
    } else {
      others += fmt::format("{} {} at {:.0f} {:.1f}", others.empty() ? "; with less" : ",", cell.data, cell.horizon,
                            100 * off);
    }
  }
  if (count == 0 && others.empty()) return;
  const std::string mean =
      count == 0 ? "no" : fmt::format("{:.1f} on average over the", 100 * sum / static_cast<double>(count));
  verdicts.push_back(
      fmt::format("points by which intervals of 80 and 90% are off: {} {} cells with validation rows for "
                  "three horizons{}",
                  mean, count, others));
}

void add_sum_coverage(const std::vector<Cell>& cells, std::vector<std::string>& verdicts) {
  std::size_t count = 0, near = 0;
  for (const Cell& cell : cells) {
    const double off_80 = std::abs(mean_figure(cell, own, "sum_coverage_80") - .8);
    const double off_90 = std::abs(mean_figure(cell, own, "sum_coverage_90") - .9);
    if (!std::isfinite(off_80 + off_90)) continue;
    ++count;
    near += std::max(off_80, off_90) <= .05 ? 1 : 0;
  }
  if (count == 0) return;
  verdicts.push_back(
      fmt::format("intervals of 80 and 90% of the sum over the horizon are both within 5 points in {} of "
                  "{} cells",
                  near, count));
}

}  // namespace

std::set<double> horizons_of(const TrialResults& results) {
  std::set<double> horizons;
  for (const TrialResult& r : results) horizons.insert(r.figure("horizon"));
  return horizons;
}

TrialResults of_horizon(const TrialResults& results, double horizon) {
  TrialResults some;
  std::copy_if(results.begin(), results.end(), std::back_inserter(some),
               [&](const TrialResult& r) { return r.figure("horizon") == horizon; });
  return some;
}

TrialResults with_shared_draws(const TrialResults& results) {
  TrialResults all = results;
  for (const TrialResult& r : results) {
    TrialResult shared{r.key, r.arm + " shared", r.data, r.seed, r.seconds, r.figures, r.traces};
    for (const char* score : {"series_sum_crps", "joint_energy"}) {
      const std::string trace = std::string("origin.") + score;
      shared.traces.erase(trace);
      if (const auto found = r.traces.find(trace + "_shared"); found != r.traces.end()) {
        shared.traces[trace] = found->second;
      }
    }
    all.push_back(std::move(shared));
  }
  return all;
}

std::vector<std::string> quality_verdicts(const TrialResults& results) {
  std::vector<std::string> verdicts;
  const std::vector<Cell> cells = cells_of(results);
  add_twins(cells, verdicts);
  add_together(cells_of(with_shared_draws(results)), verdicts);
  add_coverage(cells, verdicts);
  add_sum_coverage(cells, verdicts);
  return verdicts;
}

}  // namespace vdn::studies
