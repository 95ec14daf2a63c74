#include "documents.hpp"

namespace vdn::cli {
namespace {

Json range_json(Range rows) {
  return {{"begin", rows.begin}, {"end", rows.end}};
}

Json scores_json(const Metrics& m) {
  return {{"mse", m.mse},
          {"mae", m.mae},
          {"nll", m.nll},
          {"crps", m.crps},
          {"coverage_80", m.coverage_80},
          {"coverage_90", m.coverage_90},
          {"pinball", m.pinball},
          {"windows", m.windows}};
}

}  // namespace

Json borders_json(const Borders& borders) {
  return {{"train", range_json(borders.train())},
          {"validation", range_json(borders.validation())},
          {"test", range_json(borders.test())}};
}

Json test_json(const BacktestRow& row) {
  Json scores = scores_json(row.scaled);
  scores["original"] = scores_json(row.original);
  return scores;
}

Json backtest_document(const BacktestTable& table, const std::string& model, const std::string& data) {
  Json rows = Json::array();
  for (const BacktestRow& row : table.rows_of_table) {
    Json scores = test_json(row);
    scores["name"] = row.name;
    rows.push_back(scores);
  }
  return {{"command", "backtest"},
          {"model", model},
          {"data", data},
          {"protocol", table.protocol},
          {"test", range_json(table.rows)},
          {"horizon", table.horizon},
          {"origins", table.origins},
          {"windows", table.windows},
          {"forecasters", rows}};
}

Json fit_document(const Forecaster& model, const std::string& data, std::size_t parameters, const EpochReport& best,
                  const std::string& path) {
  const Settings& s = model.settings();
  const TrainingRecord& record = model.training();
  return {{"command", "fit"},
          {"data", data},
          {"split", model.data().split},
          {"borders", borders_json(model.data().borders)},
          {"preset", model.preset()},
          {"twin", twin_name(s.twin)},
          {"horizon", s.horizon},
          {"lookback", s.lookback},
          {"seed", s.seed},
          {"parameters", parameters},
          {"seconds", record.seconds},
          {"epochs", record.epochs},
          {"best_epoch", record.best_epoch},
          {"interrupted", record.interrupted},
          {"validation", {{"nll", record.validation_nll}, {"mse", record.validation_mse}}},
          {"regime",
           {{"mu2_mean", best.mu2_mean},
            {"kl_mean", best.kl_mean},
            {"sigma_mean", best.sigma_mean},
            {"alive", best.alive},
            {"info_sum", best.info_sum}}},
          {"test", nullptr},
          {"model", path}};
}

}  // namespace vdn::cli
