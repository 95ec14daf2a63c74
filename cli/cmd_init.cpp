// vdn init: a settings file for a table.

#include <filesystem>
#include <memory>

#include <vdn/io/atomic_file.hpp>
#include <vdn/model/settings_file.hpp>

#include "common.hpp"
#include "inspect_data.hpp"
#include "inspect_text.hpp"

namespace vdn::cli {
namespace {

struct InitArguments {
  Shared shared;
  std::string data, out;
  ReadingArguments reading;
  std::uint64_t horizon = 0;
  bool force = false;
};

/// sales.csv.gz -> sales.toml, in the current folder.
std::string usual_file(const std::string& data) {
  if (data == "-") return "settings.toml";
  std::filesystem::path name = std::filesystem::path(data).filename();
  if (name.extension() == ".gz") name = name.stem();
  return name.stem().string() + ".toml";
}

std::string as_shell_word(const std::string& word) {
  const bool plain =
      word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+/=,@%") ==
      std::string::npos;
  if (plain && !word.empty()) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string fit_command(const InitArguments& o, const std::string& file) {
  std::string command =
      fmt::format("vdn fit {} --horizon {} --config {}", as_shell_word(o.data), o.horizon, as_shell_word(file));
  for (const auto& [option, value] : unusual_options(reading_options(o.reading))) {
    command += fmt::format(" --{}={}", option, as_shell_word(value));
  }
  return command;
}

std::string head_text(const InitArguments& o, const Inspection& found, const std::string& file) {
  const SeriesSet& set = found.data.series;
  std::string text = "Settings for\n  " + fit_command(o, file) + "\nwritten by vdn init.\n\n";
  text += fmt::format("{}: {} of {} series, step {}, {} to {}.\n", o.data, counted(set.length(), "row"),
                      grouped(set.count()), describe_step(set.step), format_time(set.times.front(), set.step),
                      format_time(set.times.back(), set.step));
  for (const CommonSeason& s : found.profile.seasons) {
    text +=
        fmt::format("A season of {} in {} of {} series.\n", describe_season(s.rows, set.step), s.series, set.count());
  }
  if (found.profile.seasons.empty()) text += "No season was found.\n";
  for (const std::string& note : found.notes) text += "Note: " + note + "\n";
  if (found.advice.plan) {
    text += fmt::format("A fit takes about {} of memory and {} an epoch.\n", describe_bytes(found.advice.plan->memory),
                        counted(found.advice.plan->steps_per_epoch, "step"));
  }
  return text + "\nLines behind a '#' show the defaults.\n";
}

SettingReasons reasons(const FitAdvice& advice) {
  const Settings standard = preset(advice.job.preset);
  const Settings& s = advice.job.settings;
  SettingReasons list{{"window.lookback",
                       fmt::format("{}; {}", lookback_reason(advice), counted(advice.training_rows, "training row"))}};
  if (s.moving_average != standard.moving_average) {
    list.emplace_back("encoder.moving_average", advice.season == 0
                                                    ? "no wider than the look-back"
                                                    : "the shortest season, so that the trend holds none of it");
  }
  if (s.batch != standard.batch) {
    list.emplace_back("train.batch",
                      fmt::format("smaller, so that an epoch has {}", counted(advice.plan->steps_per_epoch, "step")));
  }
  return list;
}

int run_init(InitArguments o) {
  const std::string file = o.out.empty() ? usual_file(o.data) : o.out;
  if (!o.force && std::filesystem::exists(file)) {
    throw Error(ErrorKind::cannot_create, file, "exists and is kept", "give another --out, or --force");
  }
  Scheduler scheduler(o.shared.threads);
  const Inspection found = inspect_data(o.data, o.reading, o.horizon, scheduler);
  if (!found.advice.plan) {
    throw Error(ErrorKind::data, o.data,
                fmt::format("no fit with horizon {} is possible: {}", o.horizon, found.advice.refusal),
                "'vdn inspect' shows the table; give a smaller --horizon or more rows");
  }
  write_file_atomically(file,
                        settings_toml(found.advice.job.settings, reasons(found.advice), head_text(o, found, file)));
  if (o.shared.json) {
    print(Json{{"command", "init"},
               {"data", o.data},
               {"file", file},
               {"horizon", o.horizon},
               {"lookback", found.advice.job.settings.lookback},
               {"next", fit_command(o, file)}});
  } else if (!o.shared.quiet) {
    print(fmt::format("{}: look-back {} ({})\nnext: {}\n", file, found.advice.job.settings.lookback,
                      lookback_reason(found.advice), fit_command(o, file)));
  }
  return 0;
}

}  // namespace

Command add_init(CLI::App& program) {
  const auto o = std::make_shared<InitArguments>();
  CLI::App* app = program.add_subcommand("init", "write a commented settings file for a table");
  app->add_option("DATA", o->data, "CSV (.gz too): time, then one column a series; or a name")
      ->required()
      ->type_name("");
  app->add_option("--horizon", o->horizon, "rows to forecast")
      ->required()
      ->check(CLI::Range(1, 1000000).description(""))
      ->type_name("H")
      ->group("Data");
  add_reading(*app, o->reading);
  app->add_option("--out", o->out, "the file; else named after DATA, in this folder")
      ->type_name("FILE")
      ->group("Output");
  app->add_flag("--force", o->force, "replace the file if it exists")->group("Output");
  add_work_options(*app, o->shared);
  app->footer(
      "Every setting stands in the file with its range and meaning; those that matter for the table are set from what\n"
      "'vdn inspect' finds, the others show their default behind a '#'.\n"
      "Example:\n"
      "  vdn init sales.csv --horizon 28 && vdn fit sales.csv --horizon 28 --config sales.toml");
  return {app, [o] { return run_init(*o); }};
}

}  // namespace vdn::cli
