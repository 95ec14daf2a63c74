#include "vdn/data/download.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "data/table_support.hpp"
#include "support/loopback_server.hpp"

namespace vdn::test {
namespace {

namespace fs = std::filesystem;

std::string read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// 100,000 bytes no part of which repeats.
std::string content() {
  std::string text;
  for (int i = 0; text.size() < 100'000; ++i) text += std::to_string(i * 7919 % 1'000'003) + "\n";
  text.resize(100'000);
  return text;
}

void accept_all(const std::string&) {}

class DownloadTest : public testing::Test {
 protected:
  DownloadTest() {
    options.pause = std::chrono::milliseconds(1);
    setenv("no_proxy", "127.0.0.1", 1);
  }

  DownloadResult get(const LoopbackServer& server, const DownloadCheck& check = accept_all) {
    return download(server.address() + "/file.csv", target, check, options);
  }
  /// What an earlier call left: the bytes, and the note of where they came from.
  void leave_part(const std::string& bytes, const std::string& address) const {
    fs::create_directories(fs::path(target).parent_path());
    folder.write("new/file.csv.part", bytes);
    folder.write("new/file.csv.part.from", address + "\n\"a\"\n" + std::to_string(body.size()) + "\n");
  }
  bool has(const std::string& suffix) const { return fs::exists(target + suffix); }

  const TemporaryDirectory folder;
  const std::string target = (folder.path() / "new" / "file.csv").string();
  const std::string body = content();
  DownloadOptions options;
};

TEST_F(DownloadTest, Whole) {
  const LoopbackServer server([&](const auto& request) { return HttpReply{http_file(request, body, "\"a\"")}; });
  DownloadProgress last;
  options.progress = [&](const DownloadProgress& now) {
    EXPECT_GE(now.received, last.received);
    last = now;
    return true;
  };
  std::string checked;
  const DownloadResult result = get(server, [&](const std::string& part) { checked = read_all(part); });
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.bytes, body.size());
  EXPECT_EQ(result.total, body.size());
  EXPECT_EQ(result.resumed_from, 0u);
  EXPECT_EQ(checked, body);
  EXPECT_EQ(read_all(target), body);
  EXPECT_EQ(last.received, body.size());
  EXPECT_EQ(last.total, body.size());
  EXPECT_FALSE(has(".part"));
  EXPECT_FALSE(has(".part.from"));
  ASSERT_EQ(server.requests().size(), 1u);
  EXPECT_EQ(server.requests()[0].header("Range"), "");
}

TEST_F(DownloadTest, GoesOnAfterACutConnection) {
  const LoopbackServer server(
      [&](const auto& request) { return HttpReply{http_file(request, body, "\"a\"", 40'000)}; });
  EXPECT_TRUE(get(server).complete);
  EXPECT_EQ(read_all(target), body);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[1].header("Range"), "bytes=40000-");
  EXPECT_EQ(requests[1].header("If-Range"), "\"a\"");
  EXPECT_EQ(requests[2].header("Range"), "bytes=80000-");
}

TEST_F(DownloadTest, GoesOnInALaterCall) {
  std::atomic<bool> whole{false};
  const LoopbackServer server([&](const auto& request) {
    return whole ? HttpReply{http_file(request, body, "\"a\"")}
                 : HttpReply{http_file(request, body, "\"a\"", 60'000), true};
  });
  options.progress = [](const DownloadProgress& now) { return now.received < 60'000; };
  const DownloadResult stopped = get(server);
  EXPECT_FALSE(stopped.complete);
  EXPECT_EQ(stopped.bytes, 60'000u);
  EXPECT_FALSE(has(""));
  EXPECT_EQ(read_all(target + ".part"), body.substr(0, 60'000));
  whole = true;
  options.progress = {};
  const DownloadResult result = get(server);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.resumed_from, 60'000u);
  EXPECT_EQ(server.requests().back().header("Range"), "bytes=60000-");
  EXPECT_EQ(read_all(target), body);
}

TEST_F(DownloadTest, DateServesWhereTheTagIsWeak) {
  const std::string date = "Tue, 01 Jul 2025 00:00:00 GMT";
  const LoopbackServer server([&](const auto& request) {
    const std::string headers = "ETag: W/\"a\"\r\nLast-Modified: " + date + "\r\n";
    if (request.header("Range").empty()) return HttpReply{http_reply("200 OK", body, headers, 50'000)};
    return HttpReply{http_reply("206 Partial Content", body.substr(50'000),
                                headers + "Content-Range: bytes 50000-99999/100000\r\n")};
  });
  EXPECT_TRUE(get(server).complete);
  EXPECT_EQ(server.requests().back().header("If-Range"), date);
  EXPECT_EQ(read_all(target), body);
}

TEST_F(DownloadTest, ServerWithoutRanges) {
  int answered = 0;
  const LoopbackServer server([&](const auto&) {
    return HttpReply{http_reply("200 OK", body, "ETag: \"a\"\r\n", ++answered == 1 ? 50'000 : body.size())};
  });
  const DownloadResult result = get(server);
  EXPECT_EQ(result.resumed_from, 0u);
  EXPECT_EQ(read_all(target), body);
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(DownloadTest, NothingToCompareWithStartsAgain) {
  int answered = 0;
  const LoopbackServer server(
      [&](const auto&) { return HttpReply{http_reply("200 OK", body, "", ++answered == 1 ? 50'000 : body.size())}; });
  EXPECT_TRUE(get(server).complete);
  EXPECT_EQ(server.requests().back().header("Range"), "");
  EXPECT_EQ(read_all(target), body);
}

TEST_F(DownloadTest, ChangedFileStartsAgain) {
  const std::string other(70'000, 'x');
  int answered = 0;
  const LoopbackServer server([&](const auto& request) {
    return HttpReply{++answered == 1 ? http_file(request, body, "\"a\"", 50'000) : http_file(request, other, "\"b\"")};
  });
  const DownloadResult result = get(server);
  EXPECT_EQ(result.bytes, other.size());
  EXPECT_EQ(server.requests()[1].header("If-Range"), "\"a\"");
  EXPECT_EQ(read_all(target), other);
}

TEST_F(DownloadTest, RangeOfAnotherFileStartsAgain) {
  for (const char* range : {"bytes 50000-89999/90000", "bytes 0-99999/100000", "lines 1-2/3", "bytes 50000-99999/*"}) {
    int answered = 0;
    const LoopbackServer server([&](const auto& request) {
      if (++answered == 2) {
        return HttpReply{http_reply("206 Partial Content", "wrong", std::string("Content-Range: ") + range + "\r\n")};
      }
      return HttpReply{http_file(request, body, "\"a\"", answered == 1 ? 50'000 : body.size())};
    });
    EXPECT_TRUE(get(server).complete) << range;
    EXPECT_EQ(server.requests().size(), 3u) << range;
    EXPECT_EQ(read_all(target), body) << range;
  }
}

TEST_F(DownloadTest, PartOfAnotherAddressIsNotUsed) {
  const LoopbackServer server([&](const auto& request) { return HttpReply{http_file(request, body, "\"a\"")}; });
  leave_part("other bytes", "http://elsewhere/file.csv");
  EXPECT_EQ(get(server).resumed_from, 0u);
  EXPECT_EQ(read_all(target), body);
}

TEST_F(DownloadTest, WholePartThatWasNotNamedStartsAgain) {
  const LoopbackServer server([&](const auto& request) { return HttpReply{http_file(request, body, "\"a\"")}; });
  leave_part(body, server.address() + "/file.csv");
  EXPECT_TRUE(get(server).complete);
  EXPECT_EQ(read_all(target), body);
  EXPECT_EQ(server.requests().size(), 2u);  // 416, then the whole
}

TEST_F(DownloadTest, Redirect) {
  const LoopbackServer server([&](const auto& request) {
    if (request.path() == "/file.csv")
      return HttpReply{http_reply("302 Found", "moved", "Location: /there\r\nETag: \"no\"\r\n")};
    return HttpReply{http_file(request, body, "\"a\"", 60'000)};
  });
  EXPECT_TRUE(get(server).complete);
  EXPECT_EQ(read_all(target), body);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_EQ(requests[3].path(), "/there");
  EXPECT_EQ(requests[3].header("Range"), "bytes=60000-");
  EXPECT_EQ(requests[3].header("If-Range"), "\"a\"");
}

TEST_F(DownloadTest, RedirectsWithoutEnd) {
  const LoopbackServer server(
      [](const auto&) { return HttpReply{http_reply("302 Found", "", "Location: /file.csv\r\n")}; });
  expect_error(ErrorKind::unavailable, {"redirects"}, [&] { get(server); });
  EXPECT_EQ(server.requests().size(), 11u);
}

TEST_F(DownloadTest, AnswersThatAreNotTheFile) {
  const LoopbackServer absent([](const auto&) { return HttpReply{http_reply("404 Not Found", "<html>no</html>")}; });
  expect_error(ErrorKind::unavailable, {absent.address().c_str(), "/file.csv", "no such file", "404"},
               [&] { get(absent); });
  EXPECT_EQ(absent.requests().size(), 1u);
  for (const char* suffix : {"", ".part", ".part.from"}) EXPECT_FALSE(has(suffix)) << suffix;
  const LoopbackServer secret([](const auto&) { return HttpReply{http_reply("403 Forbidden", "no")}; });
  expect_error(ErrorKind::unavailable, {"status 403"}, [&] { get(secret); });
}

TEST_F(DownloadTest, BusyServerIsAskedAgainAFewTimes) {
  int answered = 0;
  const LoopbackServer server([&](const auto& request) {
    return HttpReply{++answered < 4 ? http_reply("503 Busy", "") : http_file(request, body, "\"a\"")};
  });
  EXPECT_TRUE(get(server).complete);
  const LoopbackServer ever([](const auto&) { return HttpReply{http_reply("503 Busy", "")}; });
  expect_error(ErrorKind::unavailable, {"status 503", "4 tries"}, [&] { get(ever); });
  EXPECT_EQ(ever.requests().size(), 4u);
}

TEST_F(DownloadTest, ServerThatAlwaysCutsAtTheSameByteIsGivenUp) {
  const LoopbackServer server([&](const auto&) { return HttpReply{http_reply("200 OK", body, "", 50'000)}; });
  expect_error(ErrorKind::unavailable, {"connection was lost", "4 tries"}, [&] { get(server); });
  EXPECT_EQ(server.requests().size(), 4u);
  EXPECT_FALSE(has(""));
}

TEST_F(DownloadTest, PausesGrow) {
  options.pause = std::chrono::milliseconds(40);
  const LoopbackServer server([](const auto&) { return HttpReply{http_reply("500 Oh", "")}; });
  const auto start = std::chrono::steady_clock::now();
  expect_error(ErrorKind::unavailable, {"status 500"}, [&] { get(server); });
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(40 + 80 + 160));
}

TEST_F(DownloadTest, StalledConnectionIsLost) {
  options.attempts = 1;
  options.stall_timeout = std::chrono::seconds(1);
  const LoopbackServer server([&](const auto& request) {
    return HttpReply{http_file(request, body, "\"a\"", 30'000), true};
  });
  expect_error(ErrorKind::unavailable, {"connection was lost", "kept"}, [&] { get(server); });
  EXPECT_EQ(read_all(target + ".part").size(), 30'000u);
}

TEST_F(DownloadTest, NoNetwork) {
  const std::string closed = closed_address();
  expect_error(ErrorKind::unavailable, {closed.c_str(), "no connection"},
               [&] { download(closed + "/x", target, accept_all, options); });
  expect_error(ErrorKind::unavailable, {"vdn-test.invalid", "no connection", "resolve"},
               [&] { download("http://vdn-test.invalid/x", target, accept_all, options); });
  expect_error(ErrorKind::unavailable, {"cannot be downloaded"},
               [&] { download("file:///etc/hostname", target, accept_all, options); });
}

TEST_F(DownloadTest, ProxyOfTheEnvironment) {
  const LoopbackServer proxy([&](const auto& request) { return HttpReply{http_file(request, body, "\"a\"")}; });
  const Environment variable("http_proxy", proxy.address());
  EXPECT_TRUE(download("http://vdn-test.invalid/file.csv", target, accept_all, options).complete);
  EXPECT_EQ(proxy.requests().at(0).path(), "http://vdn-test.invalid/file.csv");
}

TEST_F(DownloadTest, RefusedContentIsNotKept) {
  const LoopbackServer server([&](const auto& request) { return HttpReply{http_file(request, body, "\"a\"")}; });
  expect_error(ErrorKind::data, {"sum differs"},
               [&] { get(server, [](const auto& part) { throw Error(ErrorKind::data, part, "sum differs"); }); });
  for (const char* suffix : {"", ".part", ".part.from"}) EXPECT_FALSE(has(suffix)) << suffix;
}

TEST_F(DownloadTest, EmptyFile) {
  const LoopbackServer server([](const auto& request) { return HttpReply{http_file(request, "", "\"a\"")}; });
  EXPECT_TRUE(get(server).complete);
  EXPECT_TRUE(has(""));
  EXPECT_EQ(read_all(target), "");
}

TEST_F(DownloadTest, FullDiskKeepsWhatFits) {
  const LoopbackServer server([&](const auto& request) { return HttpReply{http_file(request, body, "\"a\"")}; });
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{20'000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const auto error = error_of([&] { get(server); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_DFL);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::io) << error->what();
  EXPECT_NE(error->problem().find("disk is full"), std::string::npos) << error->what();
  EXPECT_FALSE(has(""));
  EXPECT_EQ(read_all(target + ".part"), body.substr(0, 20'000));
  EXPECT_EQ(get(server).resumed_from, 20'000u);
  EXPECT_EQ(read_all(target), body);
}

TEST_F(DownloadTest, TooLargeForTheDiskIsToldAtOnce) {
  const LoopbackServer server(
      [&](const auto&) { return HttpReply{"HTTP/1.1 200 OK\r\nContent-Length: 4000000000000000000\r\n\r\nx"}; });
  expect_error(ErrorKind::io, {"has room for", "are needed", "--dir"}, [&] { get(server); });
}

TEST_F(DownloadTest, FolderThatCannotBe) {
  const LoopbackServer server([&](const auto& request) { return HttpReply{http_file(request, body, "\"a\"")}; });
  const std::string file = folder.write("plain", "x");
  expect_error(ErrorKind::cannot_create, {file.c_str()},
               [&] { download(server.address() + "/x", file + "/x.csv", accept_all, options); });
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(DownloadTest, OneAtATime) {
  leave_part("", "");
  const int other = open((target + ".part").c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(flock(other, LOCK_EX), 0);
  const std::string address = closed_address();
  expect_error(ErrorKind::cannot_create, {"file.csv.part", "another process"},
               [&] { download(address + "/file.csv", target, accept_all, options); });
  close(other);
}

}  // namespace
}  // namespace vdn::test
