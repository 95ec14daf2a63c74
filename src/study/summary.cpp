// Tables of means and comparisons by seed.

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <vdn/study/statistics.hpp>
#include <vdn/study/study.hpp>

namespace vdn {
namespace {

std::vector<std::string> distinct(const TrialResults& results, std::string TrialResult::*member) {
  std::vector<std::string> names;
  for (const TrialResult& r : results) {
    if (std::find(names.begin(), names.end(), r.*member) == names.end()) names.push_back(r.*member);
  }
  return names;
}

}  // namespace

TrialResults select(const TrialResults& results, const std::string& data, const std::string& arm) {
  TrialResults some;
  std::copy_if(results.begin(), results.end(), std::back_inserter(some),
               [&](const TrialResult& r) { return r.data == data && r.arm == arm; });
  return some;
}

std::vector<double> figures(const TrialResults& results, const std::string& name) {
  std::vector<double> values;
  for (const TrialResult& r : results) values.push_back(r.figure(name));
  return values;
}

std::vector<std::string> data_of(const TrialResults& results) {
  return distinct(results, &TrialResult::data);
}

std::vector<std::string> arms_of(const TrialResults& results) {
  return distinct(results, &TrialResult::arm);
}

StudyTable mean_table(const std::string& title, const TrialResults& results, const std::vector<FigureColumn>& columns) {
  StudyTable table{title, {"data", "arm", "seeds"}};
  for (const FigureColumn& column : columns) table.columns.push_back(column.heading);
  for (const std::string& data : data_of(results)) {
    for (const std::string& arm : arms_of(results)) {
      const TrialResults some = select(results, data, arm);
      if (some.empty()) continue;
      std::vector<std::string> row{data, arm, std::to_string(some.size())};
      for (const FigureColumn& column : columns) {
        row.push_back(print_summary(summarise(figures(some, column.figure)), column.digits));
      }
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

std::string compare_arms(const TrialResults& results, const std::string& data, const std::string& arm,
                         const std::string& reference, const std::string& figure, int digits) {
  std::vector<double> differences;
  for (const TrialResult& one : select(results, data, arm)) {
    for (const TrialResult& other : select(results, data, reference)) {
      if (one.seed == other.seed) differences.push_back(one.figure(figure) - other.figure(figure));
    }
  }
  const Summary s = summarise(differences);
  if (s.count < 2) return "";
  const Interval interval = mean_interval(differences);
  return fmt::format("{}: {} of {} less that of {} is {:+.{}f} [{:+.{}f}, {:+.{}f}] over {} seeds", data, figure, arm,
                     reference, s.mean, digits, interval.low, digits, interval.high, digits, s.count);
}

std::vector<std::string> compare_all(const TrialResults& results, const std::vector<Comparison>& comparisons) {
  std::vector<std::string> sentences;
  for (const std::string& data : data_of(results)) {
    for (const Comparison& c : comparisons) {
      std::string text = compare_arms(results, data, c.arm, c.reference, c.figure, 4);
      if (!text.empty()) sentences.push_back(std::move(text));
    }
  }
  return sentences;
}

PairedDifference paired_difference(const TrialResults& results, const std::string& data, const std::string& arm,
                                   const std::string& other, const std::string& score) {
  const std::string trace = "origin." + score;
  std::vector<double> sum, origins;
  PairedDifference difference;
  double horizon = 1;
  for (const TrialResult& a : select(results, data, arm)) {
    for (const TrialResult& b : select(results, data, other)) {
      if (a.seed != b.seed || !a.traces.contains(trace) || !b.traces.contains(trace)) continue;
      const auto &own = a.traces.at(trace), &against = b.traces.at(trace);
      if (sum.empty()) sum.assign(own.size(), 0.0);
      if (own.size() != sum.size() || against.size() != sum.size()) continue;
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += own[i] - against[i];
      origins = a.traces.at("origin");
      horizon = a.figure("horizon");
      ++difference.seeds;
    }
  }
  if (difference.seeds == 0) return difference;
  for (double& value : sum) value /= static_cast<double>(difference.seeds);
  const double stride = origins.size() > 1 ? origins[1] - origins[0] : 1.0;
  difference.mean = summarise(sum).mean;
  difference.interval = block_bootstrap(sum, static_cast<std::size_t>(std::ceil(horizon / stride)), 2000, 0);
  return difference;
}

std::string print_paired(const PairedDifference& d) {
  if (d.seeds == 0) return "-";
  return fmt::format("{:+.4f} [{:+.4f}, {:+.4f}]", d.mean, d.interval.low, d.interval.high);
}

}  // namespace vdn
