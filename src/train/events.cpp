#include <vdn/train/events.hpp>

#include <cerrno>
#include <cmath>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

// Fields stay in the order they are written in; a figure that is not finite becomes null.
using Json = nlohmann::ordered_json;

/// Figures of an epoch by the name they are written under.
constexpr std::pair<const char*, double EpochReport::*> figures[] = {
    {"train_loss", &EpochReport::train_loss},
    {"train_nll", &EpochReport::train_nll},
    {"train_kl", &EpochReport::train_kl},
    {"train_macro_kl", &EpochReport::train_macro_kl},
    {"train_ar", &EpochReport::train_ar},
    {"train_ar_share", &EpochReport::train_ar_share},
    {"gradient_norm", &EpochReport::gradient_norm},
    {"validation_nll", &EpochReport::validation_nll},
    {"validation_mse", &EpochReport::validation_mse},
    {"validation_crps", &EpochReport::validation_crps},
    {"score", &EpochReport::score},
    {"mu2_mean", &EpochReport::mu2_mean},
    {"sigma_mean", &EpochReport::sigma_mean},
    {"kl_mean", &EpochReport::kl_mean},
    {"info_sum", &EpochReport::info_sum},
    {"alive", &EpochReport::alive},
    {"macro_kl", &EpochReport::macro_kl},
    {"beta_mean", &EpochReport::beta_mean},
    {"frac_low", &EpochReport::frac_low},
    {"frac_high", &EpochReport::frac_high},
    {"inside", &EpochReport::inside},
    {"active_units", &EpochReport::active_units},
    {"alive_kl", &EpochReport::alive_kl_mean},
    {"autocorrelation", &EpochReport::autocorrelation_mean},
    {"seconds", &EpochReport::seconds},
    {"step_seconds", &EpochReport::step_seconds},
    {"validation_seconds", &EpochReport::validation_seconds},
};

std::string to_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string cause() {
  return std::generic_category().message(errno);
}

}  // namespace

EventLog::EventLog(std::string path) : path_(std::move(path)) {
  std::error_code ignored;  // opening gives the better message
  std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), ignored);
  errno = 0;
  file_.open(path_, std::ios::trunc | std::ios::binary);
  if (!file_) {
    throw Error(ErrorKind::cannot_create, path_, "cannot be opened: " + cause(), "choose a place you may write to");
  }
}

void EventLog::start(const Settings& settings, const std::string& preset, const std::string& source) {
  Json values = Json::object();
  for (const auto& parameter : settings_table().parameters()) values[parameter.name] = parameter.print(settings);
  line(to_line({{"event", "start"},
                {"source", source},
                {"preset", preset},
                {"horizon", settings.horizon},
                {"twin", twin_name(settings.twin)},
                {"settings", values}}));
}

void EventLog::epoch(const EpochReport& r) {
  Json json{{"event", "epoch"}, {"epoch", r.epoch}, {"epochs", r.epochs},
            {"steps", r.steps}, {"best", r.best},   {"valid", r.valid}};
  for (const auto& [key, figure] : figures) json[key] = r.*figure;
  line(to_line(json));
}

void EventLog::collapse(const diagnostics::CollapseChange& change) {
  line(to_line({{"event", "collapse"},
                {"epoch", change.epoch},
                {"mode", diagnostics::collapse_name(change.collapse.mode)},
                {"share", change.collapse.share},
                {"begins", change.begins}}));
}

void EventLog::end(std::size_t epochs, std::size_t best_epoch, double seconds, bool interrupted) {
  line(to_line({{"event", "end"},
                {"epochs", epochs},
                {"best_epoch", best_epoch},
                {"seconds", seconds},
                {"interrupted", interrupted}}));
}

namespace {

/// What a line says of `key`, or what was there before; null stands for a figure that is not finite.
void read(const Json& line, const char* key, double& value) {
  const auto found = line.find(key);
  if (found == line.end()) return;
  value = found->is_number() ? found->get<double>() : std::numeric_limits<double>::quiet_NaN();
}

void read(const Json& line, const char* key, std::size_t& value) {
  const auto found = line.find(key);
  if (found != line.end() && found->is_number_unsigned()) value = found->get<std::size_t>();
}

void read(const Json& line, const char* key, bool& value) {
  const auto found = line.find(key);
  if (found != line.end() && found->is_boolean()) value = found->get<bool>();
}

void read(const Json& line, const char* key, std::string& value) {
  const auto found = line.find(key);
  if (found != line.end() && found->is_string()) value = found->get<std::string>();
}

void read(const Json& line, const char* key, std::vector<float>& values) {
  const auto found = line.find(key);
  if (found == line.end() || !found->is_array()) return;
  for (const Json& value : *found) {
    values.push_back(value.is_number() ? value.get<float>() : std::numeric_limits<float>::quiet_NaN());
  }
}

EpochReport read_epoch(const Json& line) {
  EpochReport r;
  for (const auto& [key, figure] : figures) read(line, key, r.*figure);
  read(line, "epoch", r.epoch);
  read(line, "epochs", r.epochs);
  read(line, "steps", r.steps);
  read(line, "best", r.best);
  read(line, "valid", r.valid);
  if (const auto neurons = line.find("neurons"); neurons != line.end() && neurons->is_object()) {
    read(*neurons, "mu2", r.neurons.mu2);
    read(*neurons, "info", r.neurons.info);
    read(*neurons, "kl", r.neurons.kl);
    read(*neurons, "sigma", r.neurons.sigma);
  }
  return r;
}

void read_start(const Json& line, RunRecord& run) {
  read(line, "source", run.source);
  read(line, "preset", run.preset);
  read(line, "twin", run.twin);
  read(line, "horizon", run.horizon);
  const auto settings = line.find("settings");
  if (settings == line.end() || !settings->is_object()) return;
  for (const auto& [name, value] : settings->items()) {
    if (value.is_string()) run.settings.emplace_back(name, value.get<std::string>());
  }
}

void take_line(const Json& line, RunRecord& run) {
  std::string kind;
  read(line, "event", kind);
  if (kind == "start") read_start(line, run);
  if (kind == "epoch") {
    run.epochs.push_back(read_epoch(line));
    if (run.epochs.back().best) run.best_epoch = run.epochs.back().epoch;
    run.seconds = run.epochs.back().seconds;
  }
  if (kind == "collapse") {
    diagnostics::CollapseChange change;
    std::string mode;
    read(line, "epoch", change.epoch);
    read(line, "mode", mode);
    read(line, "share", change.collapse.share);
    read(line, "begins", change.begins);
    if (diagnostics::parse_collapse(mode, change.collapse.mode)) run.collapses.push_back(change);
  }
  if (kind == "end") {
    run.ended = true;
    read(line, "best_epoch", run.best_epoch);
    read(line, "seconds", run.seconds);
    read(line, "interrupted", run.interrupted);
  }
}

}  // namespace

RunRecord read_events(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) {
    throw Error(ErrorKind::no_input, path, "cannot be read: " + (errno ? cause() : std::string("it is a folder")),
                "'vdn fit' writes it into its --out folder");
  }
  RunRecord run;
  for (std::string text; std::getline(file, text);) {
    const Json line = Json::parse(text, nullptr, false);
    if (line.is_object()) {
      take_line(line, run);
    } else {
      ++run.unreadable_lines;
    }
  }
  return run;
}

std::size_t add_neurons(RunRecord& run, const NeuronHistory& history) {
  if (history.settings != settings_checksum(run.settings)) return 0;
  std::size_t found = 0;
  for (std::size_t e = 0; e < history.epochs.size(); ++e) {
    for (EpochReport& epoch : run.epochs) {
      if (epoch.epoch != history.epochs[e]) continue;
      epoch.neurons = history.at(e);
      ++found;
    }
  }
  return found;
}

Settings settings_of(const RunRecord& run) {
  Settings settings;
  for (const auto& [name, value] : run.settings) {
    try {
      settings_table().set(settings, name, value, "events.jsonl");
    } catch (const Error&) {  // of another version
    }
  }
  settings.horizon = run.horizon;
  return settings;
}

std::uint32_t settings_checksum(const SettingTexts& settings) {
  std::string text;
  for (const auto& [name, value] : settings) text += name + "=" + value + "\n";
  return crc32_of(text);
}

std::uint32_t settings_checksum(const Settings& settings) {
  SettingTexts texts;
  for (const auto& parameter : settings_table().parameters()) {
    texts.emplace_back(parameter.name, parameter.print(settings));
  }
  return settings_checksum(texts);
}

void EventLog::line(const std::string& json) {
  errno = 0;
  file_ << json << '\n';
  file_.flush();
  if (!file_) throw Error(ErrorKind::io, path_, "cannot be written: " + cause(), "is the disk full?");
}

}  // namespace vdn
