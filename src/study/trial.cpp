#include <vdn/study/trial.hpp>

#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <vdn/core/error.hpp>
#include <vdn/core/random.hpp>

namespace vdn {
namespace {

using Json = nlohmann::ordered_json;

double as_figure(const Json& value) {
  return value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

std::string Trial::key(const std::string& study) const {
  std::string text =
      fmt::format("{}|{}|{}|{}|{}|{}", study, arm, data, preset, twin_name(settings.twin), settings.horizon);
  for (const auto& parameter : settings_table().parameters()) text += "|" + parameter.print(settings);
  return fmt::format("{:016x}", hash_name(text));
}

double TrialResult::figure(const std::string& name) const {
  const auto found = figures.find(name);
  return found == figures.end() ? std::numeric_limits<double>::quiet_NaN() : found->second;
}

std::string trial_json(const TrialResult& r) {
  Json json{{"key", r.key},   {"arm", r.arm},         {"data", r.data},
            {"seed", r.seed}, {"seconds", r.seconds}, {"threads", r.threads}};
  json["figures"] = Json::object();
  for (const auto& [name, value] : r.figures) json["figures"][name] = value;
  json["traces"] = Json::object();
  for (const auto& [name, values] : r.traces) json["traces"][name] = values;
  return json.dump();
}

TrialResult parse_trial(const std::string& line) {
  try {
    const Json json = Json::parse(line);
    TrialResult r{json.at("key"), json.at("arm"), json.at("data"), json.at("seed").get<std::uint64_t>(),
                  json.at("seconds").get<double>()};
    r.threads = json.value("threads", std::size_t{0});  // not in the lines of before
    for (const auto& [name, value] : json.at("figures").items()) r.figures[name] = as_figure(value);
    for (const auto& [name, values] : json.at("traces").items()) {
      for (const Json& value : values) r.traces[name].push_back(as_figure(value));
    }
    return r;
  } catch (const Json::exception& problem) {
    throw Error(ErrorKind::data, "", std::string("is not a trial: ") + problem.what());
  }
}

}  // namespace vdn
