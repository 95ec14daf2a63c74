#include <vdn/io/model_file.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include <vdn/core/error.hpp>
#include <vdn/data/row_phases.hpp>

#include "io/model_support.hpp"

namespace vdn {
namespace {

using namespace test;

template <class Number>
bool same_bits(std::span<const Number> a, std::span<const Number> b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}

void expect_same_forecasts(Forecaster& a, Forecaster& b) {
  Scheduler scheduler(2);
  const SeriesSet series = small_data().series;
  const auto scaled = scale_series(series, a.scaler());
  for (Forecaster* f : {&a, &b}) {
    f->place_rows(row_phases(series, series.times.front(), f->line().profile.cycle));
  }
  const std::vector<Window> windows{{0, 100}, {1, 101}, {1, 400}};
  ForecastBatch from_a, from_b;
  a.forecast({scaled.data(), 2, 400}, windows, from_a, scheduler);
  b.forecast({scaled.data(), 2, 400}, windows, from_b, scheduler);
  EXPECT_TRUE(same_bits<float>(from_a.mean().flat(), from_b.mean().flat()));
  EXPECT_TRUE(same_bits<float>(from_a.scale().flat(), from_b.scale().flat()));
  EXPECT_TRUE(same_bits<float>(from_a.log_weight().flat(), from_b.log_weight().flat()));
}

void expect_equal(const Forecaster& a, const Forecaster& b) {
  EXPECT_EQ(a.settings(), b.settings());
  EXPECT_EQ(a.preset(), b.preset());
  EXPECT_EQ(a.scaler().mean, b.scaler().mean);
  EXPECT_EQ(a.scaler().deviation, b.scaler().deviation);
  EXPECT_EQ(a.scaler().constant, b.scaler().constant);
  EXPECT_EQ(a.data().source, b.data().source);
  EXPECT_EQ(a.data().series_names, b.data().series_names);
  EXPECT_EQ(a.data().step, b.data().step);
  EXPECT_EQ(a.data().rows, b.data().rows);
  EXPECT_EQ(a.data().split, b.data().split);
  EXPECT_EQ(a.data().borders, b.data().borders);
  EXPECT_EQ(a.data().season, b.data().season);
  EXPECT_EQ(a.data().times, b.data().times);
  EXPECT_EQ(a.data().missing, b.data().missing);
  EXPECT_EQ(a.data().values_sha256, b.data().values_sha256);
  EXPECT_EQ(a.data().reading, b.data().reading);
  EXPECT_TRUE(same_bits<double>(a.line().weight, b.line().weight));
  EXPECT_TRUE(same_bits<double>(a.line().bias, b.line().bias));
  EXPECT_EQ(a.line().rank, b.line().rank);
  EXPECT_EQ(a.line().profile.cycle, b.line().profile.cycle);
  EXPECT_TRUE(same_bits<float>(a.line().profile.values, b.line().profile.values));
  EXPECT_TRUE(same_bits<double>(a.line().series_in, b.line().series_in));
  EXPECT_TRUE(same_bits<double>(a.line().series_out, b.line().series_out));
  EXPECT_TRUE(same_bits<double>(a.line().series_bias, b.line().series_bias));
  EXPECT_TRUE(same_bits(a.parameters(), b.parameters()));
  EXPECT_EQ(a.training().epochs, b.training().epochs);
  EXPECT_EQ(a.training().best_epoch, b.training().best_epoch);
  EXPECT_EQ(a.training().steps, b.training().steps);
  EXPECT_EQ(a.training().seconds, b.training().seconds);
  EXPECT_EQ(a.training().validation_nll, b.training().validation_nll);
  EXPECT_EQ(a.training().validation_mse, b.training().validation_mse);
  EXPECT_EQ(a.training().interrupted, b.training().interrupted);
  EXPECT_EQ(a.training().version, b.training().version);
  EXPECT_EQ(a.origins(), b.origins());
  EXPECT_EQ(a.calibration(), b.calibration());
  EXPECT_EQ(a.correction_share(), b.correction_share());
  EXPECT_EQ(a.naive().last.weight, b.naive().last.weight);
  EXPECT_EQ(a.naive().season.weight, b.naive().season.weight);
  EXPECT_EQ(a.naive().last.scale, b.naive().last.scale);
  EXPECT_EQ(a.naive().season.scale, b.naive().season.scale);
  EXPECT_EQ(a.dependence(), b.dependence());
  EXPECT_EQ(a.regime().mu2_mean, b.regime().mu2_mean);
  EXPECT_EQ(a.regime().sigma_mean, b.regime().sigma_mean);
  EXPECT_EQ(a.regime().kl_mean, b.regime().kl_mean);
  EXPECT_EQ(a.regime().info_sum, b.regime().info_sum);
  EXPECT_EQ(a.regime().alive, b.regime().alive);
  EXPECT_EQ(a.regime().macro_kl, b.regime().macro_kl);
  EXPECT_EQ(a.regime().mu2, b.regime().mu2);
  EXPECT_EQ(a.regime().sigma, b.regime().sigma);
  EXPECT_EQ(a.regime().kl, b.regime().kl);
  EXPECT_EQ(a.regime().info, b.regime().info);
}

TEST(ModelFile, ComesBackAsItWas) {
  std::vector<Settings> settings{small_settings(), with_twin(small_settings(), Twin::mixture),
                                 with_twin(small_settings(), Twin::noise), small_settings(), small_settings()};
  settings[1].line = LineMode::none;
  settings[2].local_decoder = true;
  settings[2].seed = std::numeric_limits<std::uint64_t>::max();
  settings[2].pair = true;
  settings[2].pool = PoolMode::naive;
  settings[3].prior = Prior::ar1;
  settings[3].ar_form = ArForm::kl;
  settings[3].learn_phi = true;
  settings[3].dims = 3;
  settings[4].prior = Prior::hierarchical;
  settings[3].line_rank = 8;  // more than the horizon
  settings[4].line_rank = 2;
  settings[4].line = LineMode::tuned;
  settings[4].line_level = LineLevel::free;
  settings[4].tail = 4;
  settings[4].line_cycle = 24;
  const test::TemporaryDirectory folder;
  const auto path = (folder.path() / "new" / "model.vdn").string();
  for (const Settings& s : settings) {
    Forecaster written = make_forecaster(s);
    save_model(written, path);
    Forecaster read = load_model(path);
    expect_equal(written, read);
    expect_same_forecasts(written, read);
    const std::string bytes = content_of(path);
    save_model(read, path);
    EXPECT_EQ(content_of(path), bytes);
  }
}

TEST(ModelFile, ComesBackFromItsBytes) {
  Forecaster forecaster = make_forecaster();
  const std::string bytes = model_bytes(forecaster);
  Forecaster again = model_of_bytes(bytes);
  expect_equal(forecaster, again);
  EXPECT_EQ(model_bytes(again), bytes);
  try {
    model_of_bytes(std::string_view(bytes).substr(0, bytes.size() - 1), "cache");
    ADD_FAILURE() << "a byte is missing";
  } catch (const Error& error) {
    EXPECT_EQ(error.place(), "cache");
    EXPECT_EQ(error.problem(), "is truncated");
  }
}

TEST(ModelFile, KeepsAPathThatIsNotUtf8) {
  Forecaster f = make_forecaster();
  DataRecord data = f.data();
  data.source = "caf\xe9.csv";
  const test::TemporaryDirectory folder;
  const auto path = (folder.path() / "model.vdn").string();
  save_model(Forecaster(f.settings(), f.preset(), f.scaler(), data, f.line()), path);
  EXPECT_EQ(load_model(path).data().source, "caf\xef\xbf\xbd.csv");
}

TEST(ModelFile, SavesNothingThatCouldNotBeLoaded) {
  const Forecaster f = make_forecaster();
  DataRecord data = f.data();
  data.season = 0;
  const test::TemporaryDirectory folder;
  const auto path = (folder.path() / "model.vdn").string();
  EXPECT_THROW(save_model(Forecaster(f.settings(), "default", f.scaler(), data, f.line()), path), Error);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ModelFile, WhatIsNotKnownStaysUnknown) {
  const test::TemporaryDirectory folder;
  const auto path = (folder.path() / "model.vdn").string();
  const Forecaster f = make_forecaster();
  DataRecord data = f.data();
  data.times.reset();
  data.missing.reset();
  save_model(Forecaster(f.settings(), f.preset(), f.scaler(), data, f.line()), path);
  const Forecaster read = load_model(path);
  EXPECT_FALSE(read.data().times);
  EXPECT_FALSE(read.data().missing);
  EXPECT_FALSE(read.regime().known());
  EXPECT_TRUE(read.origins().empty());
}

/// Earlier versions measured two of the three distances of drift and knew nothing of where they usually lie.
TEST(ModelFile, DropsADriftRecordOfAnEarlierVersion) {
  Forecaster f = make_forecaster();
  const std::size_t P = f.settings().neurons * f.settings().dims, D = f.data().series_names.size();
  const RegimeCloud cloud{std::vector<float>(P, 0.5f), std::vector<float>(P, 1.0f), {1.0f, 1.0f}};
  f.drift() = {.level = cloud,
               .move = cloud,
               .activity = std::vector<float>(f.settings().neurons, 0.1f),
               .location = std::vector<float>(drift_kinds * D, 1.0f),
               .spread = std::vector<float>(drift_kinds * D, 1.0f),
               .levels = {1.0f, 2.0f}};
  ASSERT_TRUE(sound(f.drift()));
  const test::TemporaryDirectory folder;
  const auto path = (folder.path() / "model.vdn").string();
  save_model(f, path);
  EXPECT_EQ(load_model(path).drift(), f.drift());
  f.drift().location.clear();  // as their files have them: no tensors of these names
  f.drift().spread.clear();
  save_model(f, path);
  const Forecaster read = load_model(path);
  EXPECT_FALSE(read.drift().known());
  EXPECT_TRUE(same_bits<float>(read.parameters(), f.parameters()));
}

TEST(ModelFile, RefusesAnOptionalTensorOfAnotherShape) {
  Forecaster f = make_forecaster();
  f.regime().kl.pop_back();
  const test::TemporaryDirectory folder;
  const auto path = (folder.path() / "model.vdn").string();
  try {
    save_model(f, path);
    ADD_FAILURE() << "it was saved";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::software);
    EXPECT_NE(error.problem().find("regime.kl"), std::string::npos) << error.what();
  }
}

TEST(ModelFile, IsKnownByItsFirstBytes) {
  const test::TemporaryDirectory folder;
  EXPECT_TRUE(is_model_file(folder.write("a", saved())));
  EXPECT_TRUE(is_model_file(folder.write("b", "VDNMODEL")));
  EXPECT_FALSE(is_model_file(folder.write("c", "VDNMODE")));
  EXPECT_FALSE(is_model_file(folder.write("d", "date,a,b\n2020-01-01,1,2\n")));
  EXPECT_FALSE(is_model_file(folder.path().string()));
  EXPECT_FALSE(is_model_file((folder.path() / "absent").string()));
}

TEST(ModelFile, NamesMissingFilesAndFolders) {
  const test::TemporaryDirectory folder;
  for (const auto& path : {folder.path() / "absent.vdn", folder.path(), std::filesystem::path("/dev/null")}) {
    try {
      load_model(path.string());
      ADD_FAILURE() << path << " was read";
    } catch (const Error& error) {
      EXPECT_EQ(error.exit_code(), 66) << error.what();
      EXPECT_EQ(error.place(), path.string());
    }
  }
}

TEST(ModelFile, AFailedSaveLeavesTheOldModel) {
  const test::TemporaryDirectory folder;
  const std::string file = folder.write("file", "old");
  EXPECT_THROW(save_model(make_forecaster(), file + "/model.vdn"), Error);
  EXPECT_THROW(save_model(make_forecaster(), folder.path().string()), Error);
  EXPECT_EQ(content_of(file), "old");
}

TEST(ModelFile, RefusesACalibrationThatIsNoMap) {
  const test::TemporaryDirectory folder;
  const std::string path = (folder.path() / "model.vdn").string();
  for (const float factor : {0.0f, -1.0f, std::numeric_limits<float>::quiet_NaN()}) {
    Settings settings = test::small_settings();
    settings.calibration = CalibrationMode::split;
    Forecaster model = make_forecaster(settings);
    model.calibration().factor.at(1) = factor;
    save_model(model, path);
    EXPECT_THROW(load_model(path), Error) << factor;
  }
}

TEST(ModelFile, RefusesACycleItCouldNotForecastWith) {
  const test::TemporaryDirectory folder;
  const std::string path = (folder.path() / "model.vdn").string();
  Settings settings = test::small_settings();
  settings.line_cycle = 24;
  const Forecaster model = make_forecaster(settings);
  const auto refused = [&](LinearPath line, const DataRecord& data) {
    save_model(Forecaster(model.settings(), "default", model.scaler(), data, std::move(line)), path);
    EXPECT_THROW(load_model(path), Error);
  };
  LinearPath line = model.line();
  line.profile.values.at(3) = std::numeric_limits<float>::quiet_NaN();
  refused(line, model.data());
  DataRecord timeless = model.data();
  timeless.times.reset();  // where the cycle begins is not known
  refused(model.line(), timeless);
}

}  // namespace
}  // namespace vdn
