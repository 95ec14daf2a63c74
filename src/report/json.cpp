#include <vdn/report/json.hpp>

#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include <vdn/core/error.hpp>

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

constexpr std::pair<const char*, double PathScores::*> path_figures[] = {
    {"energy", &PathScores::energy},
    {"energy_independent", &PathScores::energy_independent},
    {"sum_coverage_80", &PathScores::sum_coverage_80},
    {"sum_coverage_90", &PathScores::sum_coverage_90},
    {"sum_crps", &PathScores::sum_crps},
    {"joint_nll", &PathScores::joint_nll},
};

Json paths_of(const PathScores& score) {
  Json json{{"paths", score.paths}, {"windows", score.windows}};
  for (const auto& [name, figure] : path_figures) json[name] = score.*figure;
  return json;
}

Json row_of(const BacktestRow& row) {
  Json json{{"name", row.name}};
  json.update(metrics_of(row.scaled, row.original));
  if (row.probts) json["probts"] = probts_of(*row.probts);
  if (row.paths) json["paths"] = paths_of(*row.paths);
  json["seconds_fit"] = row.fit_seconds;
  json["seconds_score"] = row.score_seconds;
  json["pit"] = row.pit;
  json["by_step"] = lists_of(row.scaled_by_step);
  json["by_series"] = lists_of(row.scaled_by_series);
  return json;
}

/// The library writes null for what is not finite; names that are not UTF-8 keep what is.
std::string write(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

double figure_from(const Json& json) {
  return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

Metrics figures_from(const Json& json) {
  Metrics metrics;
  for (const auto& [name, figure] : figures) metrics.*figure = figure_from(json.at(name));
  metrics.windows = json.at("windows");
  metrics.points = json.at("points");
  return metrics;
}

/// The inverse of lists_of; lists of unequal length are refused.
std::vector<Metrics> lists_from(const Json& json) {
  std::vector<Metrics> list(json.at(figures[0].first).size());
  for (const auto& [name, figure] : figures) {
    const Json& values = json.at(name);
    if (values.size() != list.size()) throw Error(ErrorKind::data, "", "lists of unequal length");
    for (std::size_t i = 0; i < list.size(); ++i) list[i].*figure = figure_from(values.at(i));
  }
  return list;
}

BacktestRow metrics_from(const Json& json) {
  BacktestRow row;
  row.scaled = figures_from(json);
  row.original = figures_from(json.at("original"));
  return row;
}

PathScores paths_from(const Json& json) {
  PathScores score{.paths = json.at("paths"), .windows = json.at("windows")};
  for (const auto& [name, figure] : path_figures) {
    const bool later = figure == &PathScores::joint_nll && !json.contains(name);  // documents from before it was scored
    score.*figure = later ? std::numeric_limits<double>::quiet_NaN() : figure_from(json.at(name));
  }
  return score;
}

BacktestRow row_from(const Json& json) {
  BacktestRow row = metrics_from(json);
  row.name = json.at("name");
  row.fit_seconds = figure_from(json.at("seconds_fit"));
  row.score_seconds = figure_from(json.at("seconds_score"));
  row.scaled_by_step = lists_from(json.at("by_step"));
  row.scaled_by_series = lists_from(json.at("by_series"));
  if (const auto paths = json.find("paths"); paths != json.end()) row.paths = paths_from(*paths);
  if (const auto pit = json.find("pit"); pit != json.end() && pit->size() == pit_bins) row.pit = *pit;
  return row;
}

/// Reads with `read`; what the library says of a document it does not like becomes an Error.
template <class Read>
auto read_document(std::string_view text, const char* what, Read&& read) {
  try {
    return read(Json::parse(text));
  } catch (const Json::exception& problem) {
    std::string words = problem.what();
    if (const auto end = words.find("] "); end != std::string::npos) words.erase(0, end + 2);
    throw Error(ErrorKind::data, what, "is not what it should be: " + words);
  }
}

}  // namespace

BacktestRow parse_metrics_json(std::string_view text) {
  return read_document(text, "metrics", [](const Json& json) { return metrics_from(json); });
}

BacktestTable parse_backtest_json(std::string_view text) {
  return read_document(text, "backtest", [](const Json& json) {
    BacktestTable table;
    table.source = json.at("source");
    table.protocol = json.at("protocol");
    table.rows = {json.at("rows").at("begin"), json.at("rows").at("end")};
    table.horizon = json.at("horizon");
    table.origins = json.at("origins");
    table.windows = json.at("windows");
    for (const Json& row : json.at("models")) table.rows_of_table.push_back(row_from(row));
    return table;
  });
}

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
