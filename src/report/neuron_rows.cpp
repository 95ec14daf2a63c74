#include "report/neuron_rows.hpp"

#include <cmath>

#include <fmt/format.h>

namespace vdn::report {
namespace {

std::string cell(const std::vector<float>& values, std::size_t i) {
  return i < values.size() && std::isfinite(values[i]) ? fmt::format("{:.3g}", values[i]) : "-";
}

const char* band_word(const RegimeRecord& r, std::size_t i) {
  if (r.band_low.empty()) return "-";
  return r.mu2[i] < r.band_low[i] ? "below" : r.mu2[i] > r.band_high[i] ? "above" : "inside";
}

}  // namespace

std::vector<std::string> neuron_headings(const NeuronReport& report) {
  std::vector<std::string> headings{"neuron"};
  if (!report.contribution.empty()) headings.emplace_back("worth");
  for (const char* name : {"info", "KL", "activity", "band", "sigma", "beta", "autocorr"}) headings.emplace_back(name);
  return headings;
}

std::vector<std::string> neuron_cells(const NeuronReport& report, std::size_t i) {
  const RegimeRecord& r = report.regime;
  std::vector<std::string> cells{std::to_string(i)};
  if (!report.contribution.empty()) cells.push_back(fmt::format("{:.3g}", 1e3 * report.contribution[i]));
  for (const auto* values : {&r.info, &r.kl, &r.mu2}) cells.push_back(cell(*values, i));
  cells.emplace_back(band_word(r, i));
  for (const auto* values : {&r.sigma, &r.beta, &r.autocorrelation}) cells.push_back(cell(*values, i));
  return cells;
}

}  // namespace vdn::report
