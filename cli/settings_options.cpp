#include "settings_options.hpp"

namespace vdn::cli {

void add_settings_options(CLI::App& app, SettingsOptions& o) {
  const char* group = "Model";
  app.add_option("--horizon", o.horizon, "rows to forecast")
      ->required()
      ->check(CLI::Range(1, 1000000).description(""))
      ->type_name("H")
      ->group(group);
  app.add_option("--lookback", o.lookback, "rows seen before a forecast (window.lookback)")
      ->type_name("L")
      ->group(group);
  app.add_option("--preset", o.preset, "default, or reference: the source's network")->type_name("NAME")->group(group);
  app.add_option("--twin", o.twin, "none, or a control to compare with: deterministic, mixture, noise")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--config", o.config, "settings from a TOML file")->type_name("FILE")->group(group);
  app.add_option("--set", o.set, "one setting, e.g. train.epochs=20 (repeatable)")
      ->allow_extra_args(false)
      ->type_name("KEY=VALUE")
      ->group(group);
  app.add_option("--seed", o.seed, "seed of everything random (train.seed)")->type_name("N")->group(group);
  app.add_flag_callback(
         "--help-parameters",
         [] {
           print(parameters_text());
           throw CLI::Success();
         },
         "all keys --set and --config know")
      ->group(group);
}

Settings resolve_settings(const SettingsOptions& o, SettingOrigins* origins) {
  const auto& table = settings_table();
  Settings settings = preset(o.preset);
  SettingOrigins from;
  for (const std::string& name : table.names()) from[name] = "preset " + o.preset;
  const auto set = [&](const std::string& key, const std::string& value, const std::string& place) {
    table.set(settings, key, value, place);
    from[key] = place;
  };
  const Twin twin = parse_twin(o.twin);
  if (!o.config.empty()) {
    for (const auto& entry : parameter_text::read_toml(o.config)) {
      set(entry.key, entry.value, fmt::format("{}:{}", o.config, entry.line));
    }
  }
  for (const std::string& text : o.set) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) {
      throw Error(ErrorKind::config, "--set", "'" + text + "' is not key=value", "write e.g. --set train.epochs=20");
    }
    set(text.substr(0, equals), text.substr(equals + 1), "--set");
  }
  if (!o.lookback.empty()) set("window.lookback", o.lookback, "--lookback");
  if (!o.seed.empty()) set("train.seed", o.seed, "--seed");
  settings.horizon = o.horizon;
  from["horizon"] = "--horizon";
  const Settings own = settings;
  settings = with_twin(settings, twin);
  for (const auto& p : table.parameters()) {
    if (p.print(settings) != p.print(own)) from[p.name] = "twin " + o.twin;
  }
  check_settings(settings);
  if (origins) *origins = std::move(from);
  return settings;
}

std::string parameters_text() {
  const Settings standard = preset("default"), reference = preset("reference");
  std::vector<std::vector<std::string>> rows{{"KEY", "DEFAULT", "REFERENCE", "ALLOWED", "MEANING"}};
  for (const auto& p : settings_table().parameters()) {
    rows.push_back({p.name, p.print(standard), p.print(reference), p.range, p.help});
  }
  return columns(rows);
}

}  // namespace vdn::cli
