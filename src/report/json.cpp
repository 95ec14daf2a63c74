#include <vdn/report/json.hpp>

#include <nlohmann/json.hpp>
#include <utility>

namespace vdn {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::pair<const char*, double Metrics::*> figures[] = {
    {"mse", &Metrics::mse},
    {"mae", &Metrics::mae},
    {"nll", &Metrics::nll},
    {"crps", &Metrics::crps},
    {"coverage_80", &Metrics::coverage_80},
    {"coverage_90", &Metrics::coverage_90},
    {"pinball", &Metrics::pinball},
};

Json figures_of(const Metrics& metrics) {
  Json json;
  for (const auto& [name, figure] : figures) json[name] = metrics.*figure;
  json["windows"] = metrics.windows;
  json["points"] = metrics.points;
  return json;
}

Json metrics_of(const Metrics& scaled, const Metrics& original) {
  Json json = figures_of(scaled);
  json["original"] = figures_of(original);
  return json;
}

/// A list of every figure.
Json lists_of(const std::vector<Metrics>& list) {
  Json json;
  for (const auto& [name, figure] : figures) {
    json[name] = Json::array();
    for (const Metrics& metrics : list) json[name].push_back(metrics.*figure);
  }
  return json;
}

Json probts_of(const ProbtsScore& score) {
  return {{"crps", score.crps},
          {"nmae", score.nmae},
          {"crps_exact", score.crps_exact},
          {"nmae_exact", score.nmae_exact},
          {"windows", score.windows},
          {"points", score.points},
          {"paths", ProbtsOptions().paths},
          {"units", "original"}};
}

Json row_of(const BacktestRow& row) {
  Json json{{"name", row.name}};
  json.update(metrics_of(row.scaled, row.original));
  if (row.probts) json["probts"] = probts_of(*row.probts);
  json["seconds_fit"] = row.fit_seconds;
  json["seconds_score"] = row.score_seconds;
  json["by_step"] = lists_of(row.scaled_by_step);
  json["by_series"] = lists_of(row.scaled_by_series);
  return json;
}

/// The library writes null for what is not finite; names that are not UTF-8 keep what is.
std::string write(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string metrics_json(const Metrics& scaled, const Metrics& original) {
  return write(metrics_of(scaled, original));
}

std::string backtest_json(const BacktestTable& table) {
  Json json{{"source", table.source},
            {"protocol", table.protocol},
            {"rows", {{"begin", table.rows.begin}, {"end", table.rows.end}}},
            {"horizon", table.horizon},
            {"origins", table.origins},
            {"windows", table.windows},
            {"models", Json::array()}};
  for (const BacktestRow& row : table.rows_of_table) json["models"].push_back(row_of(row));
  return write(json) + "\n";
}

}  // namespace vdn
