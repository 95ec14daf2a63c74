#include <vdn/model/settings_file.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

std::string commented(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    lines += line.empty() ? "#\n" : fmt::format("# {}\n", line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string value_text(const Parameter<Settings>& parameter, const Settings& settings) {
  const std::string value = parameter.print(settings);
  return parameter.type == "choice" || parameter.type == "text" || value == "auto" ? '"' + value + '"' : value;
}

}  // namespace

std::string settings_toml(const Settings& settings, const SettingReasons& reasons, std::string_view head) {
  const Settings standard = preset("default");
  const auto& table = settings_table().parameters();
  const auto named = [](const std::string& key) { return [&key](const auto& p) { return p.name == key; }; };
  for (const auto& [key, why] : reasons) {
    if (std::none_of(table.begin(), table.end(), named(key))) {
      throw Error(ErrorKind::software, "settings_toml", "there is no setting '" + key + "'");
    }
  }
  std::string text = commented(head), section;
  for (const auto& p : table) {
    const std::size_t dot = p.name.find('.');
    if (const std::string now = p.name.substr(0, dot); now != section) {
      section = now;
      text += fmt::format("\n[{}]\n", section);
    }
    const auto reason = std::find_if(reasons.begin(), reasons.end(), [&](const auto& r) { return r.first == p.name; });
    const bool set = reason != reasons.end() || p.print(settings) != p.print(standard);
    text += fmt::format("# {} ({})\n", p.help, p.range);
    if (reason != reasons.end()) text += commented("Here: " + reason->second);
    text += fmt::format("{}{} = {}\n", set ? "" : "# ", p.name.substr(dot + 1), value_text(p, settings));
  }
  return text;
}

}  // namespace vdn
