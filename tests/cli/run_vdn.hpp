#pragma once
// Runs the built program as a user would.

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "support/support.hpp"

namespace vdn::test {

struct Outcome {
  int code = 0;  ///< exit code; minus the signal when one killed it
  std::string out, err;
  std::size_t peak_memory = 0;  ///< largest resident size, bytes
  nlohmann::json json() const { return nlohmann::json::parse(out); }
};

/// A folder of its own, in which the program runs.
class Workplace {
 public:
  const std::filesystem::path& path() const { return folder_.path(); }
  std::string write(const std::string& name, const std::string& content) const { return folder_.write(name, content); }
  bool has(const std::string& name) const { return std::filesystem::exists(path() / name); }
  std::string read(const std::string& name) const;
  /// Every file and folder below, relative, sorted.
  std::vector<std::string> listing() const;

  /// The text is given as standard input. A run of more than a minute is killed.
  Outcome run(const std::vector<std::string>& arguments, const std::string& input = "") const;

  /// Without waiting; finish() waits.
  pid_t start(const std::vector<std::string>& arguments, const std::string& input = "") const;
  Outcome finish(pid_t process) const;
  /// Standard error of the process that was started last.
  std::string errors_so_far() const;

  /// Set for the program's runs; nothing unsets.
  std::map<std::string, std::optional<std::string>> environment{{"VDN_DATA", std::nullopt}};
  /// Runs in the new process right before the program takes over: limits, users, closed streams.
  std::function<void()> before_program;

 private:
  TemporaryDirectory folder_, streams_;
};

/// Three sines with a little noise, hourly from 2024-01-01: columns ds, a, b, c.
std::string tiny_table(std::size_t rows = 400);

/// "fit data.csv" with the smallest useful network, then `more`. A second or less.
std::vector<std::string> tiny_fit(const std::vector<std::string>& more = {});

}  // namespace vdn::test
