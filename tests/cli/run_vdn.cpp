#include "cli/run_vdn.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace vdn::test {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void redirect(const std::string& path, int flags, int target) {
  const int file = open(path.c_str(), flags, 0600);
  if (file < 0 || dup2(file, target) < 0) _exit(126);
  close(file);
}

int wait_for(pid_t process, rusage& used) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  int status = 0;
  while (wait4(process, &status, WNOHANG, &used) == 0) {
    if (std::chrono::steady_clock::now() > deadline) kill(process, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

std::string Workplace::read(const std::string& name) const {
  return read_file(path() / name);
}

std::vector<std::string> Workplace::listing() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path())) {
    names.push_back(std::filesystem::relative(entry.path(), path()).string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

pid_t Workplace::start(const std::vector<std::string>& arguments, const std::string& input) const {
  const std::string in = streams_.write("in", input), out = streams_.write("out", ""), err = streams_.write("err", "");
  std::vector<std::string> words{VDN_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t process = fork();
  if (process < 0) throw std::runtime_error("cannot fork");
  if (process > 0) return process;
  redirect(in, O_RDONLY, STDIN_FILENO);
  redirect(out, O_WRONLY | O_TRUNC, STDOUT_FILENO);
  redirect(err, O_WRONLY | O_TRUNC, STDERR_FILENO);
  std::signal(SIGINT, SIG_DFL);  // ignored where the tests run in the background
  for (const auto& [name, value] : environment) {
    if (value) {
      setenv(name.c_str(), value->c_str(), 1);
    } else {
      unsetenv(name.c_str());
    }
  }
  if (chdir(path().c_str()) != 0) _exit(126);
  if (before_program) before_program();
  execv(VDN_PROGRAM, argv.data());
  _exit(127);
}

Outcome Workplace::finish(pid_t process) const {
  Outcome outcome;
  rusage used{};
  outcome.code = wait_for(process, used);
  outcome.peak_memory = static_cast<std::size_t>(used.ru_maxrss) * 1024;
  outcome.out = read_file(streams_.path() / "out");
  outcome.err = read_file(streams_.path() / "err");
  return outcome;
}

std::string Workplace::errors_so_far() const {
  return read_file(streams_.path() / "err");
}

Outcome Workplace::run(const std::vector<std::string>& arguments, const std::string& input) const {
  return finish(start(arguments, input));
}

std::string tiny_table(std::size_t rows) {
  std::ostringstream text;
  text << "ds,a,b,c\n";
  std::uint32_t state = 1;
  const auto noise = [&] {
    state = state * 1664525u + 1013904223u;
    return 0.2 * (static_cast<double>(state >> 8) / 16777216.0 - 0.5);
  };
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t day = row / 24 % 28 + 1, month = row / 24 / 28 + 1;
    char time[32];
    std::snprintf(time, sizeof time, "2024-%02zu-%02zu %02zu:00:00", month % 100, day % 100, row % 24);
    const double phase = 2.0 * 3.14159265358979 * static_cast<double>(row) / 24.0;
    text << time << ',' << 10.0 + std::sin(phase) + noise() << ',' << 5.0 * std::cos(phase) + noise() << ','
         << 100.0 + 3.0 * std::sin(phase + 1.0) + noise() << '\n';
  }
  return text.str();
}

std::vector<std::string> tiny_fit(const std::vector<std::string>& more) {
  std::vector<std::string> words{"fit", "data.csv", "--horizon", "4", "--lookback", "24"};
  for (const char* setting :
       {"neuron.count=8", "encoder.width=8", "head.width=8", "encoder.moving_average=9", "train.epochs=2"}) {
    words.insert(words.end(), {"--set", setting});
  }
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace vdn::test
