#include "documents.hpp"

#include <vdn/report/json.hpp>

namespace vdn::cli {
namespace {

Json range_json(Range rows) {
  return {{"begin", rows.begin}, {"end", rows.end}};
}

Json regime_json(const EpochReport& best) {
  return {{"mu2_mean", best.mu2_mean}, {"kl_mean", best.kl_mean},   {"sigma_mean", best.sigma_mean},
          {"alive", best.alive},       {"info_sum", best.info_sum}, {"macro_kl", best.macro_kl}};
}

}  // namespace

Json borders_json(const Borders& borders) {
  return {{"train", range_json(borders.train())},
          {"validation", range_json(borders.validation())},
          {"test", range_json(borders.test())}};
}

Json test_json(const BacktestRow& row) {
  return Json::parse(metrics_json(row.scaled, row.original));
}

Json backtest_document(const BacktestTable& table, const std::string& model, const std::string& data) {
  Json document{{"command", "backtest"}, {"model", model}, {"data", data}};
  document.update(Json::parse(backtest_json(table)));
  return document;
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
          {"regime", record.best_epoch == 0 ? Json(nullptr) : regime_json(best)},
          {"test", nullptr},
          {"model", path}};
}

}  // namespace vdn::cli
