#include "search/space_json.hpp"

#include <algorithm>
#include <array>

namespace vdn::search {
namespace {

constexpr std::array<const char*, 5> scale_names{"linear", "log", "integer", "log_integer", "choice"};

Json json_of(const Dimension& d) {
  Json json{{"key", d.key}, {"scale", scale_name(d.scale)}};
  if (d.scale == Scale::choice) {
    json["choices"] = d.choices;
  } else {
    json["low"] = d.low;
    json["high"] = d.high;
  }
  if (d.when) json["when"] = {{"key", d.when->key}, {"values", d.when->values}};
  return json;
}

Dimension dimension_of(const Json& json, const std::string& place) {
  const Fields fields(json, place);
  Dimension d{.key = fields.text("key")};
  const auto name = std::find(scale_names.begin(), scale_names.end(), fields.text("scale"));
  if (name == scale_names.end()) {
    throw Error(ErrorKind::data, place, "there is no scale '" + fields.text("scale") + "' (" + d.key + ")");
  }
  d.scale = static_cast<Scale>(name - scale_names.begin());
  if (d.scale == Scale::choice) {
    d.choices = fields.texts("choices");
  } else {
    d.low = fields.number("low");
    d.high = fields.number("high");
  }
  if (json.contains("when")) {
    const Fields when(fields.member("when"), place);
    d.when = {when.text("key"), when.texts("values")};
  }
  return d;
}

}  // namespace

const char* scale_name(Scale scale) {
  return scale_names.at(static_cast<std::size_t>(scale));
}

Json json_of(const SearchSpace& space) {
  Json json{{"dimensions", Json::array()}, {"dependents", Json::array()}, {"fixed", json_of(space.fixed)}};
  for (const Dimension& d : space.dimensions) json["dimensions"].push_back(json_of(d));
  for (const Dependent& d : space.dependents) {
    json["dependents"].push_back({{"key", d.key}, {"of", d.of}, {"share", d.share}, {"most", d.most}});
  }
  return json;
}

SearchSpace space_of(const Json& json, const std::string& place) {
  const Fields fields(json, place);
  SearchSpace space;
  for (const Json& item : fields.list("dimensions")) space.dimensions.push_back(dimension_of(item, place));
  for (const Json& item : fields.list("dependents")) {
    const Fields d(item, place);
    space.dependents.push_back({d.text("key"), d.text("of"), d.number("share"), d.number("most")});
  }
  space.fixed = fields.configuration("fixed");
  return space;
}

std::string print_space(const SearchSpace& space) {
  return dump_json(json_of(space), "search space");
}

SearchSpace parse_space(const std::string& json) {
  return space_of(parse_json(json, "search space"), "search space");
}

}  // namespace vdn::search
