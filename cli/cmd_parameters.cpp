// vdn parameters: every setting, from its one declaration.

#include <memory>

#include <vdn/model/settings.hpp>

#include "common.hpp"
#include "settings_options.hpp"

namespace vdn::cli {
namespace {

Json parameters_json() {
  const Settings standard = preset("default"), reference = preset("reference");
  Json list = Json::array();
  for (const auto& p : settings_table().parameters()) {
    list.push_back({{"name", p.name},
                    {"type", p.type},
                    {"default", p.print(standard)},
                    {"reference", p.print(reference)},
                    {"range", p.range},
                    {"help", p.help}});
  }
  return {{"command", "parameters"}, {"parameters", list}};
}

}  // namespace

Command add_parameters(CLI::App& program) {
  struct Options {
    Shared shared;
    bool markdown = false;
  };
  const auto o = std::make_shared<Options>();
  CLI::App* app = program.add_subcommand("parameters", "all settings with default, range and meaning");
  app->add_flag("--markdown", o->markdown, "as docs/parameters.md");
  add_json(*app, o->shared);
  app->footer("Example:\n  vdn parameters | grep train");
  return {app, [o] {
            if (o->shared.json) {
              print(parameters_json());
            } else {
              print(o->markdown ? settings_markdown() : parameters_text());
            }
            return 0;
          }};
}

}  // namespace vdn::cli
