// vdn data: the sets known by name.

#include <memory>
#include <optional>

#include <vdn/data/named.hpp>

#include "common.hpp"

namespace vdn::cli {
namespace {

struct Options {
  Shared shared;
  std::string name;
};

const NamedSet& named(const std::string& name) {
  if (const NamedSet* set = find_named(name)) return *set;
  std::vector<std::string> known;
  for (const NamedSet& set : named_sets()) known.emplace_back(set.name);
  const std::string near = nearest_word(name, known);
  throw Error(ErrorKind::no_input, name, "there is no data set of that name",
              near.empty() ? "'vdn data list' names them" : "did you mean '" + near + "'?");
}

int list(const Options& o) {
  std::vector<std::vector<std::string>> rows{{"NAME", "ROWS x SERIES", "STEP", "LICENCE", "WHERE"}};
  Json sets = Json::array();
  for (const NamedSet& set : named_sets()) {
    const auto path = locate(set);
    rows.push_back({std::string(set.name), fmt::format("{} x {}", set.rows, set.series), std::string(set.step),
                    std::string(set.licence), path.value_or("not here")});
    sets.push_back({{"name", set.name},
                    {"file", set.file},
                    {"rows", set.rows},
                    {"series", set.series},
                    {"step", set.step},
                    {"season", set.season},
                    {"horizon", set.horizon},
                    {"source", set.source},
                    {"licence", set.licence},
                    {"bundled", set.bundled},
                    {"sha256", set.sha256},
                    {"path", path ? Json(*path) : Json(nullptr)}});
  }
  if (o.shared.json) {
    print(Json{{"command", "data list"}, {"folders", data_folders()}, {"sets", sets}});
  } else {
    print(columns(rows));
  }
  return 0;
}

int path(const Options& o) {
  const DataLocation found = find_data(std::string(named(o.name).name));
  if (o.shared.json) {
    print(Json{{"command", "data path"}, {"name", o.name}, {"path", found.path}});
  } else {
    print(found.path + "\n");
  }
  return 0;
}

/// "ok", "differs" or "no checksum known".
const char* checksum_state(const NamedSet& set, const std::string& file) {
  if (set.sha256.empty()) return "no checksum known";
  return verify_checksum(file, set) ? "ok" : "differs";
}

int check(const Options& o) {
  const NamedSet& set = named(o.name);
  const std::string file = find_data(std::string(set.name)).path;
  const std::string state = checksum_state(set, file);
  if (state == "differs") {
    throw Error(ErrorKind::data, file, fmt::format("is not the data set '{}': its checksum differs", set.name),
                fmt::format("get it again from {}", set.source));
  }
  if (o.shared.json) {
    print(Json{{"command", "data check"}, {"name", set.name}, {"path", file}, {"checksum", state}});
  } else {
    print(fmt::format("{}: {} ({})\n", set.name, state, file));
  }
  return 0;
}

CLI::App* add_action(CLI::App& data, const std::shared_ptr<Options>& o, const char* name, const char* help,
                     bool named) {
  CLI::App* app = data.add_subcommand(name, help);
  if (named) app->add_option("NAME", o->name, "a name of 'vdn data list'")->required()->type_name("");
  add_json(*app, o->shared);
  return app;
}

}  // namespace

Command add_data(CLI::App& program) {
  const auto o = std::make_shared<Options>();
  CLI::App* app = program.add_subcommand("data", "the data sets known by name: list, path, check");
  app->require_subcommand(1);
  app->footer(
      "Sets are looked for in the bundled folder, in the folders of $VDN_DATA, then in ~/.cache/vdn.\n"
      "Example:\n  VDN_DATA=~/benchmarks vdn data list");
  const CLI::App* list_app = add_action(*app, o, "list", "all of them, with size, licence and where they are", false);
  const CLI::App* path_app = add_action(*app, o, "path", "the file of one set", true);
  add_action(*app, o, "check", "compare the checksum of one set with the published file's", true);
  return {app, [=] {
            if (list_app->parsed()) return list(*o);
            return path_app->parsed() ? path(*o) : check(*o);
          }};
}

}  // namespace vdn::cli
