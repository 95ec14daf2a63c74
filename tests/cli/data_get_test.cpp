// vdn data get: against a server on this machine.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "cli/run_vdn.hpp"
#include "support/loopback_server.hpp"

namespace vdn::test {
namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Its cache is the folder "cache", its mirror the address given.
class DataGet : public testing::Test {
 protected:
  DataGet() {
    place.environment["XDG_CACHE_HOME"] = (place.path() / "cache").string();
    place.environment["no_proxy"] = "127.0.0.1";
  }
  Outcome get(const std::string& mirror, std::vector<std::string> words) {
    place.environment["VDN_DATA_MIRROR"] = mirror;
    words.insert(words.begin(), {"data", "get"});
    return place.run(words);
  }
  void expect_nothing_left() const {
    for (const std::string& name : place.listing()) EXPECT_TRUE(name == "cache" || name == "cache/vdn") << name;
  }

  Workplace place;
};

TEST_F(DataGet, DownloadsVerifiesAndIsFoundByName) {
  VDN_REQUIRE_DATA(path, "national_illness.csv.gz");
  const std::string content = content_of(path);  // compressed content under the plain name will do
  const LoopbackServer server([&](const auto& request) { return HttpReply{http_file(request, content, "\"a\"")}; });
  const Outcome first = get(server.address() + "/sets", {"ILI", "--json"});
  ASSERT_EQ(first.code, 0) << first.err;
  const std::string file = (place.path() / "cache/vdn/national_illness.csv").string();
  EXPECT_EQ(first.json().at("command"), "data get");
  EXPECT_EQ(first.json().at("name"), "ili");
  EXPECT_EQ(first.json().at("path"), file);
  EXPECT_EQ(first.json().at("downloaded"), true);
  EXPECT_EQ(first.json().at("bytes"), content.size());
  EXPECT_EQ(first.json().at("checksum"), "ok");
  EXPECT_EQ(server.requests().at(0).path(), "/sets/national_illness.csv");
  EXPECT_EQ(content_of(file), content);
  EXPECT_EQ(place.run({"data", "path", "ili"}).out, file + "\n");
  EXPECT_EQ(place.run({"data", "check", "ili"}).code, 0);

  const Outcome again = get(closed_address(), {"ili"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_TRUE(holds(again.out, "is here already: " + file)) << again.out;
  EXPECT_TRUE(holds(again.out, "SHA-256 ok, 966 rows x 7 series")) << again.out;
  EXPECT_EQ(server.requests().size(), 1u);

  const Outcome elsewhere = get(server.address(), {"ili", "--force", "--dir", "there"});
  EXPECT_EQ(elsewhere.code, 0) << elsewhere.err;
  EXPECT_TRUE(place.has("there/national_illness.csv"));
  EXPECT_TRUE(holds(elsewhere.err, file + " is found first")) << elsewhere.err;
}

TEST_F(DataGet, FolderThatIsNotSearchedIsSaid) {
  VDN_REQUIRE_DATA(path, "national_illness.csv.gz");
  const std::string content = content_of(path);
  const LoopbackServer server([&](const auto& request) { return HttpReply{http_file(request, content, "\"a\"")}; });
  const Outcome run = get(server.address(), {"ili", "--dir", "there"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.err, "there is not searched")) << run.err;
  EXPECT_EQ(get(server.address(), {"ili", "--dir", "there", "--quiet"}).err, "");
}

TEST_F(DataGet, CopyOfTheUserComesFirst) {
  VDN_REQUIRE_DATA(path, "national_illness.csv.gz");
  place.write("national_illness.csv.gz", content_of(path));
  place.environment["VDN_DATA"] = place.path().string();
  const Outcome run = get(closed_address(), {"ili", "--json"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.json().at("downloaded"), false);
  EXPECT_EQ(run.json().at("path"), (place.path() / "national_illness.csv.gz").string());
}

TEST_F(DataGet, BundledSetIsHere) {
  const Outcome run = get(closed_address(), {"flights"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.out, "is here already")) << run.out;
  EXPECT_EQ(get(closed_address(), {"flights", "--force"}).code, 64);
}

TEST_F(DataGet, CtrlCKeepsThePartForTheNextTime) {
  VDN_REQUIRE_DATA(path, "national_illness.csv.gz");
  const std::string content = content_of(path);
  std::atomic<bool> slow{true};
  const LoopbackServer server([&](const auto& request) {
    return slow ? HttpReply{http_file(request, content, "\"a\"", 9'000), true}
                : HttpReply{http_file(request, content, "\"a\"")};
  });
  place.environment["VDN_DATA_MIRROR"] = server.address();
  const std::filesystem::path part = place.path() / "cache/vdn/national_illness.csv.part";
  const auto arrived = [&] {
    std::error_code absent;
    return std::filesystem::file_size(part, absent) == 9'000 && !absent;
  };
  const pid_t process = place.start({"data", "get", "ili"});
  for (int tries = 0; tries < 2'000 && !arrived(); ++tries) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  kill(process, SIGINT);
  const Outcome stopped = place.finish(process);
  EXPECT_EQ(stopped.code, 130);
  EXPECT_EQ(stopped.out, "");
  EXPECT_TRUE(holds(stopped.err, "goes on from there")) << stopped.err;
  EXPECT_EQ(content_of(part.string()), content.substr(0, 9'000));
  EXPECT_EQ(place.run({"data", "path", "ili"}).code, 66);

  slow = false;
  const Outcome rest = get(server.address(), {"ili", "--json"});
  ASSERT_EQ(rest.code, 0) << rest.err;
  EXPECT_EQ(rest.json().at("resumed_from"), 9'000);
  EXPECT_EQ(server.requests().back().header("Range"), "bytes=9000-");
  EXPECT_EQ(content_of((place.path() / "cache/vdn/national_illness.csv").string()), content);
  EXPECT_FALSE(std::filesystem::exists(part));
}

TEST_F(DataGet, WithoutNetwork) {
  for (const std::string& mirror : {closed_address(), std::string("http://vdn-test.invalid")}) {
    const Outcome run = get(mirror, {"ettm1"});
    EXPECT_EQ(run.code, 69);
    EXPECT_EQ(run.out, "");
    for (const char* part : {"ETTm1.csv: no connection", "check the network", "VDN_DATA_MIRROR", "ETDataset"}) {
      EXPECT_TRUE(holds(run.err, part)) << run.err;
    }
    EXPECT_EQ(get(mirror, {"ettm1", "--json"}).json().at("error").at("exit_code"), 69);
  }
  expect_nothing_left();
}

TEST_F(DataGet, OtherBytesThanThePublishedOnes) {
  const LoopbackServer server([](const auto& request) { return HttpReply{http_file(request, "abc", "\"a\"")}; });
  const Outcome run = get(server.address(), {"ecl"});
  EXPECT_EQ(run.code, 65);
  EXPECT_TRUE(holds(run.err, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")) << run.err;
  EXPECT_TRUE(holds(run.err, "7e45845d54c5219bad0ae6bc1b5316cf8ff9cead5d33fa998a5a51c2e4a497ad")) << run.err;
  expect_nothing_left();
}

TEST_F(DataGet, FileTheServerDoesNotHave) {
  const LoopbackServer server([](const auto&) { return HttpReply{http_reply("404 Not Found", "no")}; });
  const Outcome run = get(server.address(), {"traffic"});
  EXPECT_EQ(run.code, 69);
  EXPECT_TRUE(holds(run.err, server.address() + "/traffic.csv: the server has no such file")) << run.err;
  expect_nothing_left();
}

TEST_F(DataGet, FullDisk) {
  const std::string content(200'000, 'x');
  const LoopbackServer server([&](const auto& request) { return HttpReply{http_file(request, content, "\"a\"")}; });
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_IGN);  // inherited by the program, as is the limit
  const rlimit small{50'000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const Outcome run = get(server.address(), {"ettm2"});
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_DFL);
  EXPECT_EQ(run.code, 74);
  EXPECT_TRUE(holds(run.err, "the disk is full")) << run.err;
  EXPECT_EQ(std::filesystem::file_size(place.path() / "cache/vdn/ETTm2.csv.part"), 50'000u);
}

TEST_F(DataGet, BadArguments) {
  EXPECT_EQ(get("ftp://example.org", {"ettm1"}).code, 78);
  const Outcome unknown = get("", {"etth3"});
  EXPECT_EQ(unknown.code, 66);
  EXPECT_TRUE(holds(unknown.err, "did you mean 'etth1'?")) << unknown.err;
  place.write("plain", "x");
  EXPECT_EQ(get(closed_address(), {"ettm1", "--dir", "plain/below"}).code, 73);
}

TEST_F(DataGet, ListIsNarrow) {
  const Outcome list = place.run({"data", "list"});
  std::istringstream lines(list.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
  EXPECT_TRUE(holds(list.out, "ettm2     69680 x 7      15 minutes  9.7 MB")) << list.out;
}

}  // namespace
}  // namespace vdn::test
