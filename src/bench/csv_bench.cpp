#include <vdn/bench/csv_bench.hpp>

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <memory>

#include <fmt/format.h>

#include <vdn/bench/synthetic.hpp>
#include <vdn/core/error.hpp>
#include <vdn/data/calendar.hpp>
#include <vdn/data/csv.hpp>

namespace vdn::bench {
namespace {

/// A file of its own, removed at the end.
class TemporaryTable {
 public:
  explicit TemporaryTable(const std::string& folder)
      : path_((std::filesystem::path(folder) / "vdn-bench-XXXXXX.csv").string()) {
    const int descriptor = mkstemps(path_.data(), 4);
    if (descriptor < 0) fail("cannot be made");
    file_.reset(fdopen(descriptor, "w"));
  }
  ~TemporaryTable() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  TemporaryTable(const TemporaryTable&) = delete;
  TemporaryTable& operator=(const TemporaryTable&) = delete;

  const std::string& path() const { return path_; }
  void write(const fmt::memory_buffer& text) {
    if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) fail("cannot be written");
  }
  void close() {
    if (std::fclose(file_.release()) != 0) fail("cannot be written");
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorKind::cannot_create, path_, what + ": " + std::strerror(errno),
                "name another folder with --folder");
  }
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
};

void write_table(TemporaryTable& file, const SeriesSet& set) {
  fmt::memory_buffer text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "date");
  for (const std::string& name : set.names) fmt::format_to(out, ",{}", name);
  for (std::size_t t = 0; t < set.length(); ++t) {
    fmt::format_to(out, "\n{}", format_time(set.times[t], set.step));
    for (std::size_t d = 0; d < set.count(); ++d) fmt::format_to(out, ",{:.5f}", 100.0 * set.series(d)[t]);
    file.write(text);
    text.clear();
  }
  text.push_back('\n');
  file.write(text);
  file.close();
}

}  // namespace

CsvBench bench_csv(const std::string& folder, std::size_t series, std::size_t rows, std::size_t runs) {
  TemporaryTable file(folder);
  write_table(file, synthetic_series(series, rows));
  CsvBench b;
  b.bytes = std::filesystem::file_size(file.path());
  std::vector<double> times;
  for (std::size_t run = 0; run < runs; ++run) times.push_back(milliseconds([&] { read_csv(file.path()); }));
  b.read = summarise(times);
  return b;
}

}  // namespace vdn::bench
