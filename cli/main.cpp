// vdn: the command line.

#include <algorithm>
#include <csignal>
#include <cstring>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "common.hpp"
#include "swallowed_words.hpp"

namespace {

using vdn::Error;
using vdn::ErrorKind;
using vdn::cli::Command;

std::vector<Command> declare(CLI::App& program) {
  program.set_version_flag("--version", "vdn " VDN_VERSION, "print the version");
  program.set_help_flag("--help,-h", "print this help");
  program.footer(
      "Examples:\n"
      "  vdn fit flights --horizon 24 --out run        the bundled set, about a minute\n"
      "  vdn backtest run/model.vdn flights --baselines\n"
      "  vdn predict run/model.vdn flights --out forecast.csv\n"
      "'vdn COMMAND --help' says more. Exit codes follow sysexits: 64 usage, 65 data, 66 no such file, 69 no network, "
      "73 cannot\n"
      "create, 78 a parameter; 130 after Ctrl-C.");
  using namespace vdn::cli;
  return {add_fit(program),        add_backtest(program),  add_predict(program), add_report(program),
          add_inspect(program),    add_init(program),      add_monitor(program), add_prune(program),
          add_study(program),      add_autopilot(program), add_data(program),    add_doctor(program),
          add_parameters(program), add_bench(program)};
}

/// Throws Error (usage) when the first word is no command.
void require_known_command(const std::vector<Command>& commands, const std::string& word) {
  std::vector<std::string> known;
  std::string all;
  for (const auto& command : commands) {
    known.push_back(command.app->get_name());
    all += (all.empty() ? "" : ", ") + known.back();
  }
  if (std::find(known.begin(), known.end(), word) != known.end()) return;
  const std::string near = vdn::nearest_word(word, known);
  throw Error(ErrorKind::usage, "", "unknown command '" + word + "'",
              near.empty() ? "commands are " + all : "did you mean '" + near + "'?");
}

/// The first option the command does not have, or "".
std::string unknown_option(const CLI::App& app) {
  for (const std::string& word : app.remaining(true)) {
    if (word.size() > 1 && word[0] == '-') return word.substr(0, word.find('='));
  }
  return "";
}

std::string nearest_option(const CLI::App& app, const std::string& word) {
  std::vector<std::string> known;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  return vdn::nearest_word(word, known);
}

/// An unknown option is told before anything that may follow from it.
Error usage_error(const CLI::ParseError& problem, const CLI::App& app, const std::string& name) {
  const std::string help = "see '" + name + " --help'", unknown = unknown_option(app);
  if (unknown.empty()) {
    const std::string what = problem.what();
    const bool lacks_word = dynamic_cast<const CLI::RequiredError*>(&problem) && !what.starts_with('-');
    return Error(ErrorKind::usage, "", what + (lacks_word ? vdn::cli::taken_value(app) : ""), help);
  }
  const std::string near = nearest_option(app, unknown);
  return Error(ErrorKind::usage, "", "unknown option '" + unknown + "'",
               near.empty() ? help : "did you mean '" + near + "'?");
}

int run(int argc, char** argv) {
  CLI::App program{"vdn: probabilistic forecasts of many time series with variational neurons.", "vdn"};
  const std::vector<Command> commands = declare(program);
  const bool json = std::any_of(argv + 1, argv + argc, [](const char* word) { return !std::strcmp(word, "--json"); });
  std::string name = "vdn";
  const CLI::App* chosen = &program;
  try {
    if (argc == 1) {
      vdn::cli::print(program.help());
      return 0;
    }
    if (argv[1][0] != '-') {
      require_known_command(commands, argv[1]);
      chosen = program.get_subcommand(argv[1]);
      name += std::string(" ") + argv[1];
      vdn::cli::require_values(*chosen, {argv + 2, argv + argc});
    }
    program.parse(argc, argv);
    for (const auto& command : commands) {
      if (command.app->parsed()) return command.run();
    }
    return 0;
  } catch (const CLI::Success& asked) {  // --help, --version
    return program.exit(asked);
  } catch (const CLI::ParseError& problem) {
    return vdn::cli::report_error(name, usage_error(problem, *chosen, name), json);
  } catch (const std::exception& error) {
    return vdn::cli::report_error(name, error, json);
  }
}

}  // namespace

int main(int argc, char** argv) {
  vdn::cli::hold_standard_streams();
  std::signal(SIGXFSZ, SIG_IGN);  // a write beyond the limit then fails, as on a full disk, and can be told
  vdn::cli::remember_command_line(argc, argv);
  return run(argc, argv);
}
