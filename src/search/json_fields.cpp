#include "search/json_fields.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace vdn::search {
namespace {

bool is_pair_of_texts(const Json& item) {
  return item.is_array() && item.size() == 2 && item[0].is_string() && item[1].is_string();
}

bool all_of(const Json& list, bool (*good)(const Json&)) {
  return std::all_of(list.begin(), list.end(), [&](const Json& item) { return good(item); });
}

}  // namespace

Json parse_json(const std::string& text, const std::string& place) {
  try {
    return Json::parse(text);
  } catch (const Json::exception& problem) {
    throw Error(ErrorKind::data, place, std::string("is not JSON: ") + problem.what());
  }
}

std::string dump_json(const Json& json, const std::string& place) {
  try {
    return json.dump();
  } catch (const Json::exception& problem) {
    throw Error(ErrorKind::data, place, std::string("cannot be written as JSON: ") + problem.what());
  }
}

Fields::Fields(const Json& object, std::string place) : object_(object), place_(std::move(place)) {
  if (!object_.is_object()) throw Error(ErrorKind::data, place_, "is not a JSON object");
}

void Fields::require(bool good, const char* name, const char* what) const {
  if (!good) throw Error(ErrorKind::data, place_, fmt::format("'{}' {}", name, what));
}

const Json& Fields::member(const char* name) const {
  const auto found = object_.find(name);
  require(found != object_.end(), name, "is missing");
  return *found;
}

std::string Fields::text(const char* name) const {
  const Json& value = member(name);
  require(value.is_string(), name, "is not a text");
  return value.get<std::string>();
}

std::vector<std::string> Fields::texts(const char* name) const {
  const Json& values = list(name);
  require(all_of(values, [](const Json& item) { return item.is_string(); }), name, "is not a list of texts");
  return values.get<std::vector<std::string>>();
}

std::uint64_t Fields::whole(const char* name) const {
  const Json& value = member(name);
  require(value.is_number_unsigned(), name, "is not a whole number");
  return value.get<std::uint64_t>();
}

std::vector<std::uint64_t> Fields::wholes(const char* name) const {
  const Json& values = list(name);
  require(all_of(values, [](const Json& item) { return item.is_number_unsigned(); }), name,
          "is not a list of whole numbers");
  return values.get<std::vector<std::uint64_t>>();
}

double Fields::number(const char* name) const {
  const Json& value = member(name);
  require(value.is_number(), name, "is not a number");
  return value.get<double>();
}

bool Fields::flag(const char* name) const {
  const Json& value = member(name);
  require(value.is_boolean(), name, "is not true or false");
  return value.get<bool>();
}

const Json& Fields::list(const char* name) const {
  const Json& value = member(name);
  require(value.is_array(), name, "is not a list");
  return value;
}

Configuration Fields::configuration(const char* name) const {
  const Json& values = list(name);
  require(all_of(values, is_pair_of_texts), name, "is not a list of keys with their values");
  Configuration configuration;
  for (const Json& pair : values) configuration.emplace_back(pair[0].get<std::string>(), pair[1].get<std::string>());
  return configuration;
}

Json json_of(const Configuration& configuration) {
  Json list = Json::array();
  for (const auto& [key, value] : configuration) list.push_back(Json::array({key, value}));
  return list;
}

}  // namespace vdn::search
