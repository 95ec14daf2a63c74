#include "io/model_header.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <vdn/core/error.hpp>
#include <vdn/io/reading_json.hpp>

namespace vdn {
namespace {

using nlohmann::json;

constexpr std::array<const char*, 5> unit_names = {"second", "month", "index", "month_end", "business_day"};

constexpr TimeAxis time_axes[] = {TimeAxis::automatic, TimeAxis::strict, TimeAxis::rows};

// ---- writing

json write_settings(const Settings& settings) {
  json object = json::object();
  for (const auto& parameter : settings_table().parameters()) object[parameter.name] = parameter.print(settings);
  return object;
}

json write_reading(const ReadingOptions& r) {
  return {{"missing", r.missing},         {"id_column", r.id_column},
          {"time_column", r.time_column}, {"value_column", r.value_column},
          {"ignored", r.ignored},         {"time_axis", time_axis_name(r.time_axis)},
          {"max_gap", r.max_gap},         {"gaps", r.gaps}};
}

json write_data(const DataRecord& d) {
  json object{{"source", d.source},
              {"series", d.series_names},
              {"step", {{"unit", unit_names.at(static_cast<std::size_t>(d.step.unit))}, {"count", d.step.count}}},
              {"rows", d.rows},
              {"seen_until", d.seen_until},
              {"split", d.split},
              {"borders", {d.borders.train_end, d.borders.val_end, d.borders.test_end}},
              {"season", d.season},
              {"values_sha256", d.values_sha256},
              {"reading", write_reading(d.reading)}};
  if (d.times) {
    const PartTimes& t = *d.times;
    object["times"] = {t.first, t.train_last, t.validation_last, t.test_last, t.last};
  }
  if (d.missing) object["missing"] = *d.missing;
  return object;
}

json write_training(const TrainingRecord& t) {
  return {{"epochs", t.epochs},
          {"best_epoch", t.best_epoch},
          {"steps", t.steps},
          {"seconds", t.seconds},
          {"validation_nll", t.validation_nll},
          {"validation_mse", t.validation_mse},
          {"interrupted", t.interrupted},
          {"version", t.version}};
}

json write_regime(const RegimeRecord& r) {
  return {{"mu2_mean", r.mu2_mean},
          {"sigma_mean", r.sigma_mean},
          {"kl_mean", r.kl_mean},
          {"info_sum", r.info_sum},
          {"alive", r.alive},
          {"macro_kl", r.macro_kl},
          {"frac_low", r.frac_low},
          {"frac_high", r.frac_high},
          {"inside", r.inside},
          {"active_units", r.active_units},
          {"alive_kl", r.alive_kl_mean},
          {"autocorrelation", r.autocorrelation_mean}};
}

json write_tensors(const std::vector<TensorEntry>& tensors) {
  json list = json::array();
  for (const TensorEntry& t : tensors) {
    list.push_back({{"name", t.name}, {"type", t.type}, {"shape", {t.rows, t.cols}}, {"offset", t.offset}});
  }
  return list;
}

// ---- reading: every access says what it wants, since nlohmann's conversions are lenient

void require(bool good, const std::string& what) {
  if (!good) throw Malformed("its header is wrong at " + what);
}

const json& member(const json& object, const char* key) {
  require(object.is_object() && object.contains(key), key);
  return object.at(key);
}

/// A member that files of an earlier version lack, or null.
const json* later_member(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

std::string text(const json& object, const char* key) {
  const json& value = member(object, key);
  require(value.is_string(), key);
  return value.get<std::string>();
}

std::size_t as_count(const json& value, const char* key) {
  require(value.is_number_unsigned(), key);
  return value.get<std::size_t>();
}

std::size_t count(const json& object, const char* key) {
  return as_count(member(object, key), key);
}

const json& list(const json& object, const char* key) {
  const json& value = member(object, key);
  require(value.is_array(), key);
  return value;
}

std::vector<std::size_t> counts(const json& object, const char* key) {
  std::vector<std::size_t> values;
  for (const json& value : list(object, key)) values.push_back(as_count(value, key));
  return values;
}

std::int64_t as_integer(const json& value, const char* key) {
  require(value.is_number_integer(), key);
  require(!value.is_number_unsigned() || value.get<std::uint64_t>() <= std::uint64_t{1} << 63 >> 1, key);
  return value.get<std::int64_t>();
}

std::vector<std::string> texts(const json& object, const char* key) {
  std::vector<std::string> values;
  for (const json& value : list(object, key)) {
    require(value.is_string(), key);
    values.push_back(value.get<std::string>());
  }
  return values;
}

std::map<std::string, std::string> named_texts(const json& object, const char* key) {
  require(object.is_object(), key);
  std::map<std::string, std::string> values;
  for (const auto& [name, value] : object.items()) {
    require(value.is_string(), key);
    values.emplace(name, value.get<std::string>());
  }
  return values;
}

std::vector<double> numbers(const json& object, const char* key) {
  std::vector<double> values;
  for (const json& value : list(object, key)) {
    require(value.is_number(), key);
    values.push_back(value.get<double>());
  }
  return values;
}

/// JSON has no NaN and no infinity: they are written as null and come back as NaN.
double figure(const json& object, const char* key) {
  const json& value = member(object, key);
  require(value.is_number() || value.is_null(), key);
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

/// Settings that came after version 1, each with the value that stands for what was done before it; those of a group
/// that came later stand at their defaults, which do nothing. Another new setting needs a row here: until then the
/// files kept in tests/io/data do not load.
using SettingText = std::pair<std::string_view, std::string_view>;
constexpr std::array<SettingText, 22> later_settings{{
    {"window.least_context", "8"}, {"score.calibration", "none"},
    {"score.correction", "whole"}, {"score.pool", "none"},
    {"neuron.prior", "standard"},  {"neuron.ar_form", "mean"},
    {"neuron.ar_weight", "1"},     {"neuron.phi", "0.95"},
    {"neuron.learn_phi", "false"}, {"neuron.tau_factor", "0.8"},
    {"neuron.macro_dims", "8"},    {"line.level", "carried"},
    {"line.drift", "fitted"},      {"line.rank", "0"},
    {"line.cycle", "0"},           {"head.tail", "0"},
    {"line.series_penalty", "1"},  {"line.rate", "0.1"},
    {"train.average", "1"},        {"score.share_draws", "none"},
    {"encoder.series", "false"},   {"line.loss", "squares"},
}};
constexpr std::array<std::string_view, 11> later_groups{"select.",      "control.",    "band.",    "penalty.",
                                                        "homeostat.",   "thermostat.", "guard.",   "share.",
                                                        "calibration.", "budget.",     "collapse."};

bool in_later_group(std::string_view name) {
  return std::any_of(later_groups.begin(), later_groups.end(), [&](auto group) { return name.starts_with(group); });
}

/// Every setting is there, but for later ones.
void complete_settings(json& object) {
  for (const auto& [name, value] : later_settings) {
    if (object.is_object() && !object.contains(name)) object[std::string(name)] = value;
  }
  const Settings standard;
  for (const auto& parameter : settings_table().parameters()) {
    const std::string& name = parameter.name;
    if (object.is_object() && in_later_group(name) && !object.contains(name)) object[name] = parameter.print(standard);
    text(object, name.c_str());
  }
}

Settings read_settings(const json& root) {
  Settings s;
  json object = member(root, "settings");
  complete_settings(object);
  try {
    s.twin = parse_twin(text(root, "twin"));
    for (const auto& [key, value] : object.items()) settings_table().set(s, key, text(object, key.c_str()), "settings");
    s.horizon = count(root, "horizon");
    check_settings(s);
  } catch (const Error& error) {
    throw Malformed(std::string("its header is wrong: ") + error.what());
  }
  return s;
}

Scaler read_scaler(const json& object, std::size_t series) {
  Scaler s{numbers(object, "mean"), numbers(object, "deviation"), counts(object, "constant")};
  require(s.mean.size() == series && s.deviation.size() == series, "scaler");
  for (const double value : s.mean) require(std::isfinite(value), "mean");
  for (const double value : s.deviation) require(std::isfinite(value) && value > 0, "deviation");
  for (std::size_t i = 0; i < s.constant.size(); ++i) {
    require(s.constant[i] < series && (i == 0 || s.constant[i] > s.constant[i - 1]), "constant");
  }
  return s;
}

TimeStep read_step(const json& object) {
  const std::string unit = text(object, "unit");
  const auto found = std::find(unit_names.begin(), unit_names.end(), unit);
  require(found != unit_names.end(), "unit");
  const std::size_t steps = count(object, "count");
  require(steps >= 1 && steps <= std::size_t{std::numeric_limits<std::int64_t>::max()}, "count");
  return {static_cast<TimeUnit>(found - unit_names.begin()), static_cast<std::int64_t>(steps)};
}

/// A time the calendar can print: years -9999 to 9999 and some, or any integer where the rows are counted.
std::int64_t as_time(const json& value, TimeStep step, const char* key) {
  constexpr std::int64_t most = 1'000'000'000'000;  // seconds
  const std::int64_t time = as_integer(value, key);
  require(step.unit == TimeUnit::index || (time >= -most && time <= most), key);
  return time;
}

PartTimes read_times(const json& object, TimeStep step) {
  const json& times = list(object, "times");
  require(times.size() == 5, "times");
  const auto at = [&](std::size_t i) { return as_time(times[i], step, "times"); };
  return {at(0), at(1), at(2), at(3), at(4)};
}

ReadingOptions read_reading(const json& object) {
  ReadingOptions r;
  r.missing = texts(object, "missing");
  r.id_column = text(object, "id_column");
  r.time_column = text(object, "time_column");
  r.value_column = text(object, "value_column");
  const std::string axis = text(object, "time_axis");
  const auto found = std::find_if(std::begin(time_axes), std::end(time_axes),
                                  [&](TimeAxis one) { return axis == time_axis_name(one); });
  require(found != std::end(time_axes), "time_axis");
  r.time_axis = *found;
  r.max_gap = count(object, "max_gap");
  r.gaps = texts(object, "gaps");
  if (later_member(object, "ignored")) r.ignored = texts(object, "ignored");
  return r;
}

/// What came with version 2.
void read_later_data(const json& object, DataRecord& d) {
  if (later_member(object, "times")) d.times = read_times(object, d.step);
  if (later_member(object, "missing")) d.missing = count(object, "missing");
  if (later_member(object, "values_sha256")) d.values_sha256 = text(object, "values_sha256");
  if (const json* reading = later_member(object, "reading")) d.reading = read_reading(*reading);
}

DataRecord read_data(const json& object) {
  DataRecord d;
  d.source = text(object, "source");
  d.series_names = texts(object, "series");
  require(!d.series_names.empty(), "series");
  d.step = read_step(member(object, "step"));
  d.rows = count(object, "rows");
  d.seen_until = as_time(member(object, "seen_until"), d.step, "seen_until");
  d.split = text(object, "split");
  const auto ends = counts(object, "borders");
  require(ends.size() == 3 && ends[0] <= ends[1] && ends[1] <= ends[2] && ends[2] <= d.rows, "borders");
  d.borders = {ends[0], ends[1], ends[2]};
  d.season = count(object, "season");
  require(d.season >= 1, "season");
  read_later_data(object, d);
  return d;
}

TrainingRecord read_training(const json& object) {
  TrainingRecord t;
  t.epochs = count(object, "epochs");
  t.best_epoch = count(object, "best_epoch");
  require(t.best_epoch <= t.epochs, "best_epoch");
  t.steps = count(object, "steps");
  t.seconds = figure(object, "seconds");
  t.validation_nll = figure(object, "validation_nll");
  t.validation_mse = figure(object, "validation_mse");
  const json& interrupted = member(object, "interrupted");
  require(interrupted.is_boolean(), "interrupted");
  t.interrupted = interrupted.get<bool>();
  if (later_member(object, "version")) t.version = text(object, "version");
  return t;
}

RegimeRecord read_regime(const json& object) {
  RegimeRecord r;
  r.mu2_mean = figure(object, "mu2_mean");
  r.sigma_mean = figure(object, "sigma_mean");
  r.kl_mean = figure(object, "kl_mean");
  r.info_sum = figure(object, "info_sum");
  r.alive = figure(object, "alive");
  for (const auto& [key, value] : {std::pair{"macro_kl", &r.macro_kl},
                                   {"frac_low", &r.frac_low},
                                   {"frac_high", &r.frac_high},
                                   {"inside", &r.inside},
                                   {"active_units", &r.active_units},
                                   {"alive_kl", &r.alive_kl_mean},
                                   {"autocorrelation", &r.autocorrelation_mean}}) {
    if (later_member(object, key)) *value = figure(object, key);
  }
  return r;
}

std::vector<TensorEntry> read_tensors(const json& root) {
  std::vector<TensorEntry> tensors;
  for (const json& object : list(root, "tensors")) {
    const auto shape = counts(object, "shape");
    require(shape.size() == 2, "shape");
    tensors.push_back({text(object, "name"), text(object, "type"), shape[0], shape[1], count(object, "offset")});
  }
  return tensors;
}

/// A header nests four deep; a hostile one could nest millions deep.
json parse(std::string_view text) {
  const auto shallow = [](int depth, json::parse_event_t, json&) {
    if (depth > 8) throw Malformed("its header nests too deep");
    return true;
  };
  try {
    return json::parse(text.begin(), text.end(), shallow);
  } catch (const json::exception&) {
    throw Malformed("its header is no JSON");
  }
}

}  // namespace

std::string write_header(const Forecaster& f, const std::vector<TensorEntry>& tensors) {
  const Scaler& scaler = f.scaler();
  const json root{{"preset", f.preset()},
                  {"horizon", f.settings().horizon},
                  {"twin", twin_name(f.settings().twin)},
                  {"settings", write_settings(f.settings())},
                  {"scaler", {{"mean", scaler.mean}, {"deviation", scaler.deviation}, {"constant", scaler.constant}}},
                  {"data", write_data(f.data())},
                  {"training", write_training(f.training())},
                  {"correction_share", f.correction_share()},
                  {"naive", {{"last", f.naive().last.weight}, {"season", f.naive().season.weight}}},
                  {"regime", write_regime(f.regime())},
                  {"origins", f.origins()},
                  {"tensors", write_tensors(tensors)}};
  return root.dump(-1, ' ', false, json::error_handler_t::replace);
}

ModelHeader read_header(std::string_view text_) {
  const json root = parse(text_);
  ModelHeader header;
  header.preset = text(root, "preset");
  header.settings = read_settings(root);
  header.data = read_data(member(root, "data"));
  header.scaler = read_scaler(member(root, "scaler"), header.data.series_names.size());
  header.training = read_training(member(root, "training"));
  if (later_member(root, "correction_share")) header.correction_share = figure(root, "correction_share");
  require(header.correction_share >= 0.0 && header.correction_share <= 1.0, "correction_share");
  if (const json* naive = later_member(root, "naive")) {
    header.last_weight = figure(*naive, "last");
    header.season_weight = figure(*naive, "season");
  }
  const bool shares = header.last_weight >= 0.0 && header.season_weight >= 0.0;
  require(shares && header.last_weight + header.season_weight < 1.0, "naive");
  if (const json* regime = later_member(root, "regime")) header.regime = read_regime(*regime);
  if (const json* origins = later_member(root, "origins")) header.origins = named_texts(*origins, "origins");
  header.tensors = read_tensors(root);
  return header;
}

std::string print_reading(const ReadingOptions& options) {
  return write_reading(options).dump(-1, ' ', false, json::error_handler_t::replace);
}

ReadingOptions parse_reading(const std::string& text_) {
  try {
    return read_reading(parse(text_));
  } catch (const Malformed& problem) {
    throw Error(ErrorKind::data, "how the table is read", problem.what());
  }
}

}  // namespace vdn
