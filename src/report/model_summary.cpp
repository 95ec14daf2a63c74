#include <vdn/report/model_summary.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include <vdn/core/error.hpp>
#include <vdn/diagnostics/collapse.hpp>
#include <vdn/train/neuron_state.hpp>

#include "report/text_columns.hpp"

namespace vdn {
namespace {

using Json = nlohmann::ordered_json;
using Cells = std::vector<std::string>;

/// A tensor as the model holds it.
struct TensorRow {
  std::string name;
  std::size_t rows, cols;
  const char* type;
};

std::vector<TensorRow> tensor_rows(const Forecaster& model) {
  std::vector<TensorRow> rows;
  for (const auto& [name, slot, initial] : model.network().layout().entries()) {
    rows.push_back({name, slot.rows, slot.cols, "f32"});
  }
  const LinearPath& line = model.line();
  if (line.weight.empty()) return rows;
  rows.push_back({"line.weight", line.horizon, line.lookback, "f64"});
  rows.push_back({"line.bias", 1, line.horizon, "f64"});
  const std::size_t series = model.data().series_names.size();
  if (!line.profile.empty()) rows.push_back({"line.profile", series, line.profile.cycle, "f32"});
  if (line.rank == 0) return rows;
  rows.push_back({"line.series_in", series * line.rank, line.lookback, "f64"});
  rows.push_back({"line.series_out", series * line.horizon, line.rank, "f64"});
  rows.push_back({"line.series_bias", series, line.horizon, "f64"});
  return rows;
}

std::string figure(double value) {
  return std::isfinite(value) ? fmt::format("{:.4g}", value) : "-";
}

// ---- the regime by neuron

/// Smallest, quartiles and largest of a figure over the neurons.
std::array<float, 5> spread(std::vector<float> values) {
  std::sort(values.begin(), values.end());
  std::array<float, 5> cuts{};
  for (std::size_t q = 0; q < cuts.size(); ++q) cuts[q] = values[q * (values.size() - 1) / 4];
  return cuts;
}

struct RegimeLine {
  const char *name, *meaning;
  double mean;
  const std::vector<float>& values;
};

std::vector<RegimeLine> regime_lines(const RegimeRecord& r, std::size_t neurons) {
  return {{"mu2", "mean square of mu", r.mu2_mean, r.mu2},
          {"sigma", "posterior deviation", r.sigma_mean, r.sigma},
          {"kl", "nats paid", r.kl_mean, r.kl},
          {"info", "nats told of the input", r.info_sum / static_cast<double>(neurons), r.info}};
}

/// "collapse: posterior (93% of the neurons ...)", or none. Activity outside a calibrated band is judged by that band.
std::string collapse_line(const Forecaster& model) {
  const Settings& s = model.settings();
  if (s.twin == Twin::deterministic || s.twin == Twin::mixture) return "";
  RegimeRecord regime = model.regime();
  if (regime.band_low.empty()) {
    const control::Bands bands = control::make_bands(s, s.neurons, s.seed);
    regime.band_low.assign(bands.low.begin(), bands.low.end());
    regime.band_high.assign(bands.high.begin(), bands.high.end());
  }
  std::string text;
  for (const auto& [mode, share] : diagnostics::collapsed(regime, collapse_context(s, regime), s)) {
    text += fmt::format("  collapse: {}, {:.0f}% of the neurons {}\n", diagnostics::collapse_name(mode), 100 * share,
                        diagnostics::collapse_meaning(mode));
  }
  return text.empty() ? "  collapse: none\n" : text;
}

std::string regime_text(const Forecaster& model) {
  const RegimeRecord& r = model.regime();
  if (!r.known()) return "Neurons\n  their regime is not recorded\n";
  std::vector<Cells> rows{{"  figure", "mean", "least", "25%", "median", "75%", "most", "meaning"}};
  for (const RegimeLine& line : regime_lines(r, r.mu2.size())) {
    Cells cells{std::string("  ") + line.name, figure(line.mean)};
    for (const float cut : spread(line.values)) cells.push_back(figure(cut));
    cells.emplace_back(line.meaning);
    rows.push_back(std::move(cells));
  }
  const std::string macro =
      model.settings().prior == Prior::hierarchical ? fmt::format(", {:.2g} nats in the macro latent", r.macro_kl) : "";
  return fmt::format(
      "Neurons at the best epoch, over the validation windows: {:.0f}% alive, {:.1f} nats told in all{}\n{}",
      100 * r.alive, r.info_sum, macro, text_columns(rows) + collapse_line(model));
}

// ---- data and training

std::string part_line(const DataRecord& d, const char* name, Range rows, std::int64_t last) {
  if (rows.size() == 0) return fmt::format("  {:<12}none\n", name);
  return fmt::format("  {:<12}rows [{}, {}){}\n", name, rows.begin, rows.end,
                     d.times ? " until " + format_time(last, d.step) : "");
}

std::string first_names(const std::vector<std::string>& names) {
  constexpr std::size_t most = 12;
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(most, names.size()));
  return fmt::format("{}{}", fmt::join(names.begin(), end, ", "),
                     names.size() > most ? fmt::format(" and {} more", names.size() - most) : "");
}

std::string data_text(const DataRecord& d) {
  const PartTimes times = d.times.value_or(PartTimes{});
  std::string text = fmt::format("Data {}\n  {:<12}{} rows of {} series, step {}\n", d.source, "table", d.rows,
                                 d.series_names.size(), describe_step(d.step));
  if (d.times) {
    text +=
        fmt::format("  {:<12}{} to {}\n", "period", format_time(times.first, d.step), format_time(times.last, d.step));
  }
  text += fmt::format("  {:<12}{}\n", "split", d.split);
  text += part_line(d, "training", d.borders.train(), times.train_last);
  text += part_line(d, "validation", d.borders.validation(), times.validation_last);
  text += part_line(d, "test", d.borders.test(), times.test_last);
  text += fmt::format("  {:<12}{}\n", "season", d.season > 1 ? fmt::format("{} rows", d.season) : "none known");
  text += fmt::format("  {:<12}{}\n", "missing", d.missing ? fmt::format("{} values", *d.missing) : "not recorded");
  for (const auto& [option, value] : unusual_options(d.reading))
    text += fmt::format("  {:<12}{} {}\n", "read with", option, value);
  if (!d.values_sha256.empty()) text += fmt::format("  {:<12}{} (SHA-256)\n", "values", d.values_sha256);
  return text + fmt::format("  {:<12}{}\n", "series", first_names(d.series_names));
}

std::string training_text(const Forecaster& model) {
  const TrainingRecord& t = model.training();
  std::string text = fmt::format("Training {}\n", t.interrupted ? "(interrupted)" : "");
  text.erase(text.find_last_not_of(" \n") + 1);
  text += t.best_epoch == 0 ? fmt::format("\n  {:<12}none: stopped before the first validation\n", "best epoch")
                            : fmt::format("\n  {:<12}{} of {} run\n", "best epoch", t.best_epoch, t.epochs);
  text += fmt::format("  {:<12}{} in {:.1f} s\n", "steps", t.steps, t.seconds);
  text += fmt::format("  {:<12}nll {}, mse {} (scaled)\n", "validation", figure(t.validation_nll),
                      figure(t.validation_mse));
  if (judges_correction(model.settings())) {
    text += fmt::format("  {:<12}{:.0f}% of what the network adds to the line is kept\n", "mean",
                        100 * model.correction_share());
  }
  if (!model.naive().empty()) text += fmt::format("  {:<12}{}\n", "pool", pool_text(model.naive()));
  if (!t.version.empty()) text += fmt::format("  {:<12}vdn {}\n", "by", t.version);
  return text;
}

std::string settings_text(const Forecaster& model) {
  std::vector<Cells> changed{{"  setting", "value", "preset says", "from"}}, same{{"  setting", "value", "from"}};
  for (const SettingRow& row : setting_rows(model)) {
    const std::string origin = row.origin.empty() ? "not recorded" : row.origin;
    if (row.changed) {
      changed.push_back({"  " + row.name, row.value, row.preset_value, origin});
    } else {
      same.push_back({"  " + row.name, row.value, origin});
    }
  }
  std::string text;
  if (changed.size() > 1) {
    text += fmt::format("Settings that differ from preset {}\n{}\n", model.preset(), text_columns(changed));
  }
  return text + fmt::format("Settings as preset {} has them\n{}", model.preset(), text_columns(same));
}

std::string tensors_text(const Forecaster& model) {
  std::vector<Cells> rows{{"  tensor", "shape", "type"}};
  for (const TensorRow& t : tensor_rows(model)) {
    rows.push_back({"  " + t.name, fmt::format("{} x {}", t.rows, t.cols), t.type});
  }
  return "Tensors\n" + text_columns(rows);
}

// ---- JSON

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json part_json(Range rows, const std::optional<PartTimes>& times, std::int64_t last, TimeStep step) {
  return {{"begin", rows.begin},
          {"end", rows.end},
          {"last_time", times && rows.size() > 0 ? Json(format_time(last, step)) : Json(nullptr)}};
}

Json reading_json(const ReadingOptions& options) {
  Json object = Json::object();
  for (const auto& [option, value] : unusual_options(options)) {
    Json& said = object[option];  // marks and gaps may be several
    said = said.is_null() ? value : said.get<std::string>() + ", " + value;
  }
  return object;
}

Json data_json(const DataRecord& d) {
  const PartTimes t = d.times.value_or(PartTimes{});
  return {{"source", d.source},
          {"series", d.series_names},
          {"step", describe_step(d.step)},
          {"rows", d.rows},
          {"first_time", d.times ? Json(format_time(t.first, d.step)) : Json(nullptr)},
          {"last_time", d.times ? Json(format_time(t.last, d.step)) : Json(nullptr)},
          {"split", d.split},
          {"borders",
           {{"train", part_json(d.borders.train(), d.times, t.train_last, d.step)},
            {"validation", part_json(d.borders.validation(), d.times, t.validation_last, d.step)},
            {"test", part_json(d.borders.test(), d.times, t.test_last, d.step)}}},
          {"season", d.season},
          {"missing", d.missing ? Json(*d.missing) : Json(nullptr)},
          {"reading", reading_json(d.reading)},
          {"values_sha256", text_or_null(d.values_sha256)}};
}

Json training_json(const TrainingRecord& t) {
  return {{"epochs", t.epochs},
          {"best_epoch", t.best_epoch},
          {"steps", t.steps},
          {"seconds", t.seconds},
          {"validation", {{"nll", t.validation_nll}, {"mse", t.validation_mse}}},
          {"interrupted", t.interrupted}};
}

Json regime_json(const RegimeRecord& r) {
  if (!r.known()) return nullptr;
  return {{"mu2_mean", r.mu2_mean},
          {"kl_mean", r.kl_mean},
          {"sigma_mean", r.sigma_mean},
          {"alive", r.alive},
          {"info_sum", r.info_sum},
          {"macro_kl", r.macro_kl},
          {"by_neuron", {{"mu2", r.mu2}, {"sigma", r.sigma}, {"kl", r.kl}, {"info", r.info}}}};
}

Json settings_json(const Forecaster& model) {
  Json object = Json::object();
  for (const SettingRow& row : setting_rows(model)) {
    object[row.name] = {{"value", row.value}, {"preset", row.preset_value}, {"origin", text_or_null(row.origin)}};
  }
  return object;
}

}  // namespace

std::vector<SettingRow> setting_rows(const Forecaster& model) {
  Settings standard;
  try {
    standard = preset(model.preset());
  } catch (const Error&) {  // a preset of another vdn
    standard = preset("default");
  }
  std::vector<SettingRow> rows;
  for (const auto& p : settings_table().parameters()) {
    const auto origin = model.origins().find(p.name);
    SettingRow row{p.name, p.print(model.settings()), origin == model.origins().end() ? "" : origin->second,
                   p.print(standard), false};
    row.changed = row.value != row.preset_value;
    rows.push_back(std::move(row));
  }
  std::stable_partition(rows.begin(), rows.end(), [](const SettingRow& row) { return row.changed; });
  return rows;
}

std::size_t parameter_count(const Forecaster& model) {
  return model.network().layout().count();
}

std::string pool_text(const NaivePool& pool) {
  return fmt::format("last value {:.0f}%, last season {:.0f}%, the network the rest", 100 * pool.last.weight,
                     100 * pool.season.weight);
}

std::string model_summary_text(const Forecaster& model, const std::string& path, std::size_t file_bytes) {
  const Settings& s = model.settings();
  const auto horizon = model.origins().find("horizon");
  std::string text = fmt::format("Model {}\n", path);
  text += fmt::format("  {:<12}{}{}\n", "kind", model.preset(),
                      s.twin == Twin::none ? "" : fmt::format(", {} twin", twin_name(s.twin)));
  text += fmt::format("  {:<12}{} rows ahead from {} rows{}\n", "forecasts", s.horizon, model.context_rows(),
                      horizon == model.origins().end() ? "" : fmt::format(" (horizon from {})", horizon->second));
  text += fmt::format("  {:<12}{} neurons of {} dimension{}, {} parameters, {} bytes\n", "size", s.neurons, s.dims,
                      s.dims == 1 ? "" : "s", parameter_count(model), file_bytes);
  return text + "\n" + data_text(model.data()) + "\n" + training_text(model) + "\n" + regime_text(model) + "\n" +
         settings_text(model) + "\n" + tensors_text(model);
}

std::string model_summary_json(const Forecaster& model, const std::string& path, std::size_t file_bytes) {
  const Settings& s = model.settings();
  Json tensors = Json::array();
  for (const TensorRow& t : tensor_rows(model)) {
    tensors.push_back({{"name", t.name}, {"shape", {t.rows, t.cols}}, {"type", t.type}});
  }
  const Json document{{"model", path},
                      {"bytes", file_bytes},
                      {"preset", model.preset()},
                      {"twin", twin_name(s.twin)},
                      {"horizon", s.horizon},
                      {"lookback", s.lookback},
                      {"context_rows", model.context_rows()},
                      {"neurons", s.neurons},
                      {"dims", s.dims},
                      {"parameters", parameter_count(model)},
                      {"version", text_or_null(model.training().version)},
                      {"data", data_json(model.data())},
                      {"training", training_json(model.training())},
                      {"correction_share", model.correction_share()},
                      {"naive", {{"last", model.naive().last.weight}, {"season", model.naive().season.weight}}},
                      {"regime", regime_json(model.regime())},
                      {"settings", settings_json(model)},
                      {"tensors", tensors}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace vdn
