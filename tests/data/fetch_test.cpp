#include "vdn/data/fetch.hpp"

#include <filesystem>
#include <optional>

#include "data/table_support.hpp"
#include "support/loopback_server.hpp"

namespace vdn::test {
namespace {

namespace fs = std::filesystem;

/// A set of three rows, on a server of its own; its cache and VDN_DATA are empty folders.
class FetchTest : public testing::Test {
 protected:
  FetchTest() { setenv("no_proxy", "127.0.0.1", 1); }

  FetchResult fetch(bool force = false, const std::string& folder = "") {
    address = (server ? server->address() : closed_address()) + "/public/tiny.csv";
    set.address = address;
    FetchOptions options{.folder = folder, .force = force};
    options.download.pause = std::chrono::milliseconds(1);
    return fetch_named(set, options);
  }
  void serve(const std::string& content) {
    server.emplace([content](const auto& request) { return HttpReply{http_file(request, content, "\"a\"")}; });
  }

  const std::string table = "t,a,b\n0,1,2\n1,3,4\n2,5,6\n";
  const std::string sum = [this] {
    const TemporaryDirectory folder;
    return content_sha256(folder.write("x", table));
  }();
  NamedSet set{.name = "tiny",
               .file = "tiny.csv",
               .rows = 3,
               .series = 2,
               .step = "1",
               .season = 1,
               .horizon = 1,
               .sha256 = sum,
               .source = "the test",
               .licence = "none",
               .bundled = false};
  std::string address;
  const TemporaryDirectory data, cache;
  const Environment data_folders{"VDN_DATA", data.path().string()};
  const Environment cache_home{"XDG_CACHE_HOME", cache.path().string()};
  const Environment mirror{"VDN_DATA_MIRROR", ""};
  std::optional<LoopbackServer> server;
};

TEST_F(FetchTest, DownloadsIntoTheCache) {
  serve(table);
  const FetchResult got = fetch();
  EXPECT_FALSE(got.found);
  EXPECT_TRUE(got.download.complete);
  EXPECT_EQ(got.path, cache.path().string() + "/vdn/tiny.csv");
  EXPECT_EQ(locate(set), got.path);
  EXPECT_TRUE(fetch().found);  // now it is here
  EXPECT_EQ(server->requests().size(), 1u);
  EXPECT_FALSE(fetch(true).found);
  EXPECT_EQ(server->requests().size(), 2u);
}

TEST_F(FetchTest, CopyInTheDataFoldersComesFirst) {
  const std::string copy = data.write("tiny.csv.gz", gzip(table));
  const FetchResult got = fetch();  // no server
  EXPECT_TRUE(got.found);
  EXPECT_EQ(got.path, copy);
}

TEST_F(FetchTest, CopyThatIsNotTheSet) {
  data.write("tiny.csv", "t,a,b\n0,1,2\n1,3,4\n2,5,7\n");
  expect_error(ErrorKind::data, {"tiny.csv", "checksum differs", sum.c_str(), "--force"}, [&] { fetch(); });
  serve(table);
  const FetchResult got = fetch(true);
  EXPECT_TRUE(got.download.complete);
  EXPECT_NE(locate(set), got.path);  // the other copy is still found first: the command says so
}

TEST_F(FetchTest, FolderOfChoice) {
  serve(table);
  const TemporaryDirectory chosen;
  const FetchResult got = fetch(false, chosen.path().string() + "/deep");
  EXPECT_EQ(got.path, chosen.path().string() + "/deep/tiny.csv");
  EXPECT_TRUE(fs::exists(got.path));
  EXPECT_EQ(locate(set), std::nullopt);
  EXPECT_TRUE(fetch(false, chosen.path().string() + "/deep").found);
}

TEST_F(FetchTest, WrongBytesAreRefused) {
  serve("t,a,b\n0,1,2\n");
  const std::string got = [] {
    const TemporaryDirectory folder;
    return content_sha256(folder.write("x", "t,a,b\n0,1,2\n"));
  }();
  expect_error(ErrorKind::data,
               {"/public/tiny.csv", "checksum differs", got.c_str(), sum.c_str(), "nothing of it was kept"},
               [&] { fetch(); });
  EXPECT_TRUE(fs::is_empty(cache.path() / "vdn"));
}

TEST_F(FetchTest, ShapeIsCheckedWithoutAChecksum) {
  set.sha256 = {};
  serve("t,a,b\n0,1,2\n");
  expect_error(ErrorKind::data, {"1 rows of 2 series", "'tiny' has 3 of 2"}, [&] { fetch(); });
  EXPECT_TRUE(fs::is_empty(cache.path() / "vdn"));
  serve("<html>please log in</html>\n");
  expect_error(ErrorKind::data, {"/public/tiny.csv", "nothing of it was kept"}, [&] { fetch(); });
  serve("t,a,b\n0,9,9\n1,9,9\n2,9,9\n");
  EXPECT_TRUE(fetch().download.complete);
}

TEST_F(FetchTest, OtherLineEndsAreTheSameSet) {
  const std::string zeros(64, '0');
  set.other_sha256 = set.sha256;
  set.sha256 = zeros;
  data.write("tiny.csv", table);
  EXPECT_TRUE(fetch().found);
}

TEST_F(FetchTest, NoNetwork) {
  expect_error(ErrorKind::unavailable, {"no connection", "tiny.csv", "the test", "VDN_DATA", "VDN_DATA_MIRROR"},
               [&] { fetch(); });
}

TEST_F(FetchTest, Mirror) {
  serve(table);
  for (const char* end : {"/in/house", "/in/house/"}) {
    const Environment house("VDN_DATA_MIRROR", server->address() + end);
    EXPECT_TRUE(fetch(true).download.complete);
    EXPECT_EQ(server->requests().back().path(), "/in/house/tiny.csv");
  }
  const Environment wrong("VDN_DATA_MIRROR", "/srv/data");
  expect_error(ErrorKind::config, {"VDN_DATA_MIRROR", "/srv/data", "https://"}, [&] { fetch(true); });
}

TEST_F(FetchTest, BundledSet) {
  const NamedSet& flights = *find_named("flights");
  EXPECT_TRUE(fetch_named(flights, {}).found);
  expect_error(ErrorKind::usage, {"flights", "comes with vdn"}, [&] { fetch_named(flights, {.force = true}); });
}

}  // namespace
}  // namespace vdn::test
