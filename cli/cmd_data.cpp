// vdn data: the sets known by name.

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>

#include <vdn/data/fetch.hpp>
#include <vdn/data/named.hpp>

#include "common.hpp"
#include "download_bar.hpp"
#include "interrupt.hpp"

namespace vdn::cli {
namespace {

struct DataArguments {
  Shared shared;
  std::string name;
  std::string folder;
  bool force = false;
};

constexpr std::size_t where_width = 29;  // keeps the table within 100 columns

const NamedSet& named(const std::string& name) {
  if (const NamedSet* set = find_named(name)) return *set;
  std::vector<std::string> known;
  for (const NamedSet& set : named_sets()) known.emplace_back(set.name);
  const std::string near = nearest_word(name, known);
  throw Error(ErrorKind::no_input, name, "there is no data set of that name",
              near.empty() ? "'vdn data list' names them" : "did you mean '" + near + "'?");
}

/// The folder of a file, with ~ for the home folder; of one that is still too long, the end.
std::string short_folder(const std::string& file) {
  std::string path = std::filesystem::path(file).parent_path().string();
  const char* home = std::getenv("HOME");
  if (home && *home && path.rfind(std::string(home) + "/", 0) == 0) path.replace(0, std::string(home).size(), "~");
  return path.size() <= where_width ? path : "..." + path.substr(path.size() - where_width + 3);
}

/// "CC BY-ND 4.0"; remarks in brackets are for --json.
std::string short_licence(const NamedSet& set) {
  return std::string(set.licence.substr(0, set.licence.find(" (")));
}

/// How a file is told to be the set, besides its rows and series.
const char* check_of(const NamedSet& set) {
  if (set.sha256.empty()) return "shape";
  return set.sum_computed ? "sha256" : "sha256*";
}

Json as_json(const NamedSet& set, const std::optional<std::string>& path) {
  return {{"name", set.name},
          {"file", set.file},
          {"rows", set.rows},
          {"series", set.series},
          {"step", set.step},
          {"season", set.season},
          {"horizon", set.horizon},
          {"megabytes", set.megabytes},
          {"source", set.source},
          {"licence", set.licence},
          {"bundled", set.bundled},
          {"address", set.address},
          {"sha256", set.sha256},
          {"sha256_other_line_ends", set.other_sha256},
          {"sha256_from", set.sum_computed ? "file" : "publications"},
          {"path", path ? Json(*path) : Json(nullptr)}};
}

int list(const DataArguments& o) {
  std::vector<std::vector<std::string>> rows{{"NAME", "ROWS x SERIES", "STEP", "SIZE", "LICENCE", "CHECK", "WHERE"}};
  Json sets = Json::array();
  for (const NamedSet& set : named_sets()) {
    const auto path = locate(set);
    rows.push_back({std::string(set.name), fmt::format("{} x {}", set.rows, set.series), std::string(set.step),
                    megabytes(1e6 * set.megabytes), short_licence(set), check_of(set),
                    path ? short_folder(*path) : "not here"});
    sets.push_back(as_json(set, path));
  }
  if (o.shared.json) {
    print(Json{{"command", "data list"}, {"folders", data_folders()}, {"sets", sets}});
  } else {
    print(columns(rows) +
          "* the sum that several users of the address publish; the others were computed from the file\n"
          "'vdn data get NAME' downloads one that is not here; 'vdn data path NAME' prints a path in full\n");
  }
  return 0;
}

int path(const DataArguments& o) {
  const DataLocation found = find_data(std::string(named(o.name).name));
  if (o.shared.json) {
    print(Json{{"command", "data path"}, {"name", o.name}, {"path", found.path}});
  } else {
    print(found.path + "\n");
  }
  return 0;
}

/// What was compared, for people and for scripts.
std::string verified(const NamedSet& set) {
  const std::string shape = fmt::format("{} rows x {} series", grouped(set.rows), set.series);
  return set.sha256.empty() ? shape + "; no checksum is recorded" : "SHA-256 ok, " + shape;
}

const char* checksum_state(const NamedSet& set) {
  return set.sha256.empty() ? "no checksum known" : "ok";
}

int check(const DataArguments& o) {
  const NamedSet& set = named(o.name);
  const std::string file = find_data(std::string(set.name)).path;
  verify_named(file, set);
  if (o.shared.json) {
    print(Json{{"command", "data check"}, {"name", set.name}, {"path", file}, {"checksum", checksum_state(set)}});
  } else {
    print(fmt::format("{}: {} ({})\n", set.name, verified(set), file));
  }
  return 0;
}

/// The download was stopped: says how far it came and how to go on. Returns the exit code.
int report_stopped(const DataArguments& o, const NamedSet& set, const FetchResult& got) {
  const std::string part = got.path + ".part";
  if (o.shared.json) {
    print(Json{{"command", "data get"},
               {"name", set.name},
               {"complete", false},
               {"part", part},
               {"bytes", got.download.bytes}});
  }
  if (got.download.bytes == 0) {
    note(o.shared, "stopped before anything arrived");
    return 128 + noted_signal();
  }
  note(o.shared, "stopped at {}; the same command goes on from there ({})",
       megabytes(static_cast<double>(got.download.bytes)), part);
  return 128 + noted_signal();
}

/// A download may be hidden by a copy in a folder that is searched earlier, or lie where nothing is searched.
void warn_of_folder(const DataArguments& o, const NamedSet& set, const FetchResult& got) {
  const auto first = locate(set);
  if (!first) {
    note(o.shared, "{} is not searched for data sets: add it to VDN_DATA, or use the path", o.folder);
  } else if (!got.found && *first != got.path) {
    note(o.shared, "{} is found first and will be used by name", *first);
  }
}

int get(const DataArguments& o) {
  const NamedSet& set = named(o.name);
  FetchResult got;
  {
    const InterruptGuard guard;
    DownloadBar bar(o.shared, std::string(set.name));
    FetchOptions options{.folder = o.folder, .force = o.force};
    options.download.progress = [&](const DownloadProgress& now) {
      bar.show(now);
      return noted_signal() == 0;
    };
    got = fetch_named(set, options);
  }
  if (!got.found && !got.download.complete) return report_stopped(o, set, got);
  if (o.shared.json) {
    print(Json{{"command", "data get"},
               {"name", set.name},
               {"complete", true},
               {"path", got.path},
               {"downloaded", !got.found},
               {"bytes", got.download.bytes},
               {"resumed_from", got.download.resumed_from},
               {"checksum", checksum_state(set)}});
  } else {
    print(fmt::format("{}: {} {} ({})\n", set.name, got.found ? "is here already:" : "downloaded to", got.path,
                      verified(set)));
  }
  warn_of_folder(o, set, got);
  return 0;
}

CLI::App* add_action(CLI::App& data, const std::shared_ptr<DataArguments>& o, const char* name, const char* help,
                     bool named) {
  CLI::App* app = data.add_subcommand(name, help);
  if (named) app->add_option("NAME", o->name, "a name of 'vdn data list'")->required()->type_name("");
  add_json(*app, o->shared);
  return app;
}

CLI::App* add_get(CLI::App& data, const std::shared_ptr<DataArguments>& o) {
  CLI::App* app = add_action(data, o, "get", "download one set, unless it is here", true);
  app->add_option("--dir", o->folder, "folder for the file (default: vdn/ in $XDG_CACHE_HOME or ~/.cache)")
      ->type_name("DIR");
  app->add_flag("--force", o->force, "download although there is a copy");
  app->add_flag("--quiet,-q", o->shared.quiet, "no progress bar, no remarks")->group("Output");
  app->footer(
      "A copy in one of the searched folders is verified and named instead. Ctrl-C keeps what has arrived; the same\n"
      "command goes on from there. $VDN_DATA_MIRROR is the address of a folder to use in place of the public ones;\n"
      "https_proxy and no_proxy are heeded.\n"
      "Example:\n  vdn data get etth1");
  return app;
}

}  // namespace

Command add_data(CLI::App& program) {
  const auto o = std::make_shared<DataArguments>();
  CLI::App* app = program.add_subcommand("data", "the data sets known by name: list, get, path, check");
  app->require_subcommand(1);
  app->footer(
      "Sets are looked for in the bundled folder, in the folders of $VDN_DATA, then in ~/.cache/vdn.\n"
      "Examples:\n  VDN_DATA=~/benchmarks vdn data list\n  vdn data get etth1");
  const CLI::App* list_app = add_action(*app, o, "list", "all of them, with size, licence and where they are", false);
  const CLI::App* get_app = add_get(*app, o);
  const CLI::App* path_app = add_action(*app, o, "path", "the file of one set", true);
  add_action(*app, o, "check", "compare one set's checksum, rows and series with the published file's", true);
  return {app, [=] {
            if (list_app->parsed()) return list(*o);
            if (get_app->parsed()) return get(*o);
            return path_app->parsed() ? path(*o) : check(*o);
          }};
}

}  // namespace vdn::cli
