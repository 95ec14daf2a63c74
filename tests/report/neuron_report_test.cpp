#include <vdn/report/neuron_report.hpp>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include <vdn/core/error.hpp>

#include "report/fitted_model.hpp"
#include "report/markup.hpp"

namespace vdn {
namespace {

using namespace test;

/// Eight neurons whose information grows; the last two work above their band.
Forecaster model_with_neurons() {
  Forecaster model = fitted_model();
  RegimeRecord& r = model.regime();
  for (std::size_t i = 0; i < 8; ++i) {
    r.info[i] = 0.1f * static_cast<float>(i);
    r.mu2[i] = i < 6 ? 0.12f : 0.5f;
  }
  return model;
}

/// Of three epochs, the third being the kept one.
RunRecord history_of(const Forecaster& model) {
  RunRecord run;
  run.best_epoch = 3;
  for (std::size_t epoch = 1; epoch <= 3; ++epoch) {
    run.epochs.push_back({.epoch = epoch, .neurons = model.regime()});
    if (epoch < 3) run.epochs.back().neurons.info.assign(8, 0.0f);
  }
  return run;
}

std::size_t widest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t most = 0;
  for (std::string line; std::getline(lines, line);) most = std::max(most, line.size());
  return most;
}

void expect_part(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in:\n" << text;
}

TEST(NeuronReport, RanksByInformationOrContribution) {
  const Forecaster model = model_with_neurons();
  NeuronReport report = describe_neurons(model, "run/model.vdn", history_of(model));
  EXPECT_TRUE(report.missing.empty());
  EXPECT_EQ(rank_neurons(report), (std::vector<std::size_t>{7, 6, 5, 4, 3, 2, 1, 0}));
  report.contribution = {5, 9, 1, 1, 1, 1, -2, 0};
  EXPECT_EQ(rank_neurons(report), (std::vector<std::size_t>{1, 0, 2, 3, 4, 5, 7, 6}));
}

TEST(NeuronReport, TextFitsATerminal) {
  const Forecaster model = model_with_neurons();
  const std::string text = neuron_text(describe_neurons(model, "run/model.vdn", history_of(model)));
  EXPECT_LE(widest_line(text), 80u) << text;
  for (const char* part :
       {"Neurons of run/model.vdn: 8, at epoch 3", "0% below, 75% inside, 25% above; nothing holds them there",
        "collapse    none", "\n       1 |        |\n", "\n       3 |@", "Information, nats\n",
        "  inside          6  ####",
        "  neuron  info  KL    activity  band    sigma  beta    autocorr\n  7       0.7   0.75  0.5       above"}) {
    expect_part(text, part);
  }
}

TEST(NeuronReport, NamesACollapse) {
  Forecaster model = model_with_neurons();
  model.regime().info.assign(8, 0.001f);
  model.regime().sigma.assign(8, 0.97f);
  const std::string text = neuron_text(describe_neurons(model, "m", {}));
  expect_part(text, "collapse    posterior: 100% of the neurons tell nothing of their input");
}

TEST(NeuronReport, WithoutHistoryTheBestEpochStandsAlone) {
  const Forecaster model = model_with_neurons();
  for (const bool other : {false, true}) {
    RunRecord run;
    if (other) {
      run = history_of(model);
      run.epochs[2].neurons.info[0] = 9;
    }
    const NeuronReport report = describe_neurons(model, "m", run);
    ASSERT_EQ(report.missing.size(), 1u);
    expect_part(report.missing[0], other ? "of another training" : "there is no neurons.bin");
    ASSERT_EQ(report.run.epochs.size(), 1u);
    EXPECT_EQ(report.run.epochs[0].neurons.info, model.regime().info);
    EXPECT_TRUE(well_formed(neuron_page_html(report)));
  }
}

TEST(NeuronReport, JsonHoldsEveryFigure) {
  const Forecaster model = model_with_neurons();
  NeuronReport report = describe_neurons(model, "m", history_of(model));
  report.contribution.assign(8, 0.25);
  const auto json = nlohmann::json::parse(neuron_json(report));
  EXPECT_EQ(json["rank"].size(), 8u);
  EXPECT_EQ(json["ranked_by"], "contribution");
  EXPECT_EQ(json["neurons"]["info"].size(), 8u);
  EXPECT_EQ(json["epochs"].size(), 3u);
  EXPECT_EQ(json["epochs"][0]["info"], 0.0);
  EXPECT_EQ(json["collapse"].size(), 5u);
  EXPECT_EQ(json["collapse"][0]["named"], false);
  EXPECT_EQ(json["regime"]["inside"], 0.75);
  EXPECT_TRUE(json["regime"]["autocorrelation"].is_null());
}

TEST(NeuronReport, PageHasMapsBandCollapseAndRanking) {
  const Forecaster model = model_with_neurons();
  RunRecord run = history_of(model);
  run.settings.emplace_back("collapse.share", "0.25");
  const std::string html = neuron_page_html(describe_neurons(model, "a<b", run));
  EXPECT_TRUE(well_formed(html));
  for (const char* part : {"Neurons of a&lt;b", "Information of every neuron by epoch", "Activity against the band",
                           "No collapse mode was named", "Who contributes", "named above 0.25"}) {
    expect_part(html, part);
  }
}

TEST(NeuronReport, RefusesAModelWithoutRecord) {
  Forecaster model = fitted_model();
  model.regime() = {};
  try {
    describe_neurons(model, "old.vdn", {});
    ADD_FAILURE() << "described";
  } catch (const Error& error) {
    EXPECT_EQ(error.exit_code(), 65);
  }
}

}  // namespace
}  // namespace vdn
