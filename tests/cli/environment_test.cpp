// What surrounds the program failing: disks, permissions, pipes, streams and folders.

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <sstream>
#include <thread>

#include "cli/refusal.hpp"

namespace vdn::test {
namespace {

void expect_one_line(const Outcome& run) {
  EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
}

const Words forecast{"predict", "run/model.vdn", "data.csv", "--out", "f.csv"};
const Words to_output{"predict", "run/model.vdn", "data.csv", "--out", "-"};

class Environment : public testing::Test {
 protected:
  Environment() {
    place.write("data.csv", tiny_table());
    EXPECT_EQ(place.run(fit({"--quiet"})).code, 0);
    EXPECT_EQ(place.run(forecast).code, 0);
  }
  Workplace place;
};

// ---- full disk

void limit_files(rlim_t bytes) {
  const rlimit limit{bytes, bytes};
  setrlimit(RLIMIT_FSIZE, &limit);
}

TEST_F(Environment, AFullDiskLeavesTheOldFilesAlone) {
  const auto before = place.listing();
  const std::string model = place.read("run/model.vdn"), page = place.read("run/report.html"),
                    old_forecast = place.read("f.csv");
  place.before_program = [] { limit_files(4096); };
  const Outcome fitted = place.run(fit({"--quiet", "--seed", "3"}));
  EXPECT_EQ(fitted.code, 74) << fitted.err;
  expect_one_line(fitted);
  EXPECT_EQ(place.read("run/model.vdn"), model);
  const Outcome reported = place.run({"report", "run", "--quiet"});
  EXPECT_EQ(reported.code, 74);
  EXPECT_TRUE(holds(reported.err, "run/report.html: cannot be written: File too large; is the disk full?"))
      << reported.err;
  EXPECT_EQ(place.read("run/report.html"), page);
  place.before_program = [] { limit_files(256); };
  const Outcome predicted = place.run(forecast);
  EXPECT_EQ(predicted.code, 74);
  EXPECT_TRUE(holds(predicted.err, "f.csv: cannot be written")) << predicted.err;
  EXPECT_EQ(place.read("f.csv"), old_forecast);
  EXPECT_EQ(place.listing(), before) << "no temporary file stays";
}

// ---- no permission

/// Root may write everywhere: then the program runs as another user.
void drop_privileges() {
  constexpr uid_t nobody = 65534;
  if (geteuid() == 0 && (setgroups(0, nullptr) != 0 || setgid(nobody) != 0 || setuid(nobody) != 0)) _exit(125);
  if (access(VDN_PROGRAM, X_OK) != 0) _exit(125);
}

TEST_F(Environment, WithoutPermissionNothingIsTouched) {
  namespace fs = std::filesystem;
  place.write("secret.csv", tiny_table());
  fs::permissions(place.path(), fs::perms{0555});
  fs::permissions(place.path() / "run", fs::perms{0555});
  fs::permissions(place.path() / "run/model.vdn", fs::perms{0644});
  fs::permissions(place.path() / "secret.csv", fs::perms::none);
  const auto before = place.listing();
  place.before_program = drop_privileges;
  const auto expect = [&](const Words& words, int code, const std::string& message) {
    const Outcome run = place.run(words);
    EXPECT_EQ(run.code, code) << run.err;
    EXPECT_TRUE(holds(run.err, message)) << run.err;
    expect_one_line(run);
  };
  const bool can = place.run({"--version"}).code == 0;
  if (can) {
    expect({"inspect", "secret.csv"}, 66, "secret.csv: cannot be read: Permission denied");
    expect(fit({"--quiet"}), 73, "run/events.jsonl: cannot be opened: Permission denied");
    expect(fit({"--quiet", "--out", "other"}), 73, "other: the folder cannot be created: Permission denied");
    expect({"predict", "run/model.vdn", "data.csv", "--out", "g.csv"}, 73, "g.csv: cannot be created");
    expect({"report", "run", "--quiet"}, 73, "run/report.html: cannot be created: Permission denied");
    expect({"init", "data.csv", "--horizon", "4"}, 73, "data.toml: cannot be created: Permission denied");
  }
  place.before_program = nullptr;
  EXPECT_EQ(place.listing(), before);
  fs::permissions(place.path(), fs::perms{0755});
  fs::permissions(place.path() / "run", fs::perms{0755});
  if (!can) GTEST_SKIP() << "needs " VDN_PROGRAM " in a folder another user may enter";
}

// ---- output that nobody takes

/// Standard output becomes a pipe without a reader.
void break_output() {
  int ends[2];
  if (pipe(ends) != 0 || dup2(ends[1], STDOUT_FILENO) < 0) _exit(126);
  close(ends[0]);
  close(ends[1]);
}

const std::vector<Words> talkers{
    to_output,        {"inspect", "data.csv"}, {"inspect", "run/model.vdn"},
    {"data", "list"}, {"parameters"},          {"backtest", "run/model.vdn", "data.csv", "-q", "--json"}};

TEST_F(Environment, ABrokenPipeEndsTheProgramQuietly) {
  place.before_program = break_output;
  for (const Words& words : talkers) {
    const Outcome run = place.run(words);
    EXPECT_EQ(run.code, -SIGPIPE) << words[0] << run.err;
    EXPECT_EQ(run.err, "");
  }
}

TEST_F(Environment, OutputThatCannotBeWrittenIsToldOnce) {
  const std::vector<std::pair<const char*, std::function<void()>>> ways{
      {"a broken pipe, its signal ignored",
       [] {
         std::signal(SIGPIPE, SIG_IGN);
         break_output();
       }},
      {"closed", [] { close(STDOUT_FILENO); }},
      {"a full disk", [] { dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO); }},
  };
  for (const auto& [name, way] : ways) {
    SCOPED_TRACE(name);
    place.before_program = way;
    for (const Words& words : talkers) {
      const Outcome run = place.run(words);
      EXPECT_EQ(run.code, 74) << words[0];
      EXPECT_EQ(run.err, "vdn " + words[0] + ": standard output: cannot be written\n");
    }
  }
}

TEST_F(Environment, HeadTakesTheFirstLine) {
  const std::string command = std::string("'") + VDN_PROGRAM + "' predict '" +
                              (place.path() / "run/model.vdn").string() + "' '" + (place.path() / "data.csv").string() +
                              "' --out - 2>&1 | head -n 1";
  FILE* pipe = popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string text;
  for (int c; (c = std::fgetc(pipe)) != EOF;) text += static_cast<char>(c);
  EXPECT_EQ(pclose(pipe), 0);
  EXPECT_EQ(text, "unique_id,ds,mean,q0.1,q0.5,q0.9\n");
}

TEST_F(Environment, ClosedStreamsReceiveNothingMeantForOthers) {
  const std::vector<std::pair<const char*, std::function<void()>>> ways{
      {"closed", [] { close(STDERR_FILENO); }},
      {"full", [] { dup2(open("/dev/full", O_WRONLY), STDERR_FILENO); }},
      {"all but standard output closed",
       [] {
         close(STDIN_FILENO);
         close(STDERR_FILENO);
       }},
  };
  for (const auto& [name, way] : ways) {
    SCOPED_TRACE(name);
    place.before_program = way;
    EXPECT_EQ(place.run(fit()).code, 0) << "what cannot be told does not stop the work";
    std::istringstream lines(place.read("run/events.jsonl"));
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) EXPECT_TRUE(nlohmann::json::accept(line)) << line;
    EXPECT_EQ(count, 4u);
    place.before_program = nullptr;
    EXPECT_EQ(place.run({"inspect", "run/model.vdn"}).code, 0);
  }
}

TEST_F(Environment, ClosedInputIsAnError) {
  place.before_program = [] { close(STDIN_FILENO); };
  const Outcome run = place.run({"inspect", "-"});
  EXPECT_EQ(run.code, 74);
  EXPECT_TRUE(holds(run.err, "standard input: reading failed: Bad file descriptor")) << run.err;
}

}  // namespace
}  // namespace vdn::test
