#pragma once
// What the tests of this folder share: small tables, gzip, errors as values.

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <optional>
#include <string>

#include "support/support.hpp"
#include "vdn/core/error.hpp"
#include "vdn/data/csv.hpp"

namespace vdn::test {

inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// The error `action` throws, or nothing.
inline std::optional<Error> error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

/// Expects an Error of that kind whose text holds all the parts.
inline void expect_error(ErrorKind kind, std::initializer_list<const char*> parts,
                         const std::function<void()>& action) {
  const auto error = error_of(action);
  ASSERT_TRUE(error) << "no error";
  EXPECT_EQ(error->exit_code(), static_cast<int>(kind)) << error->what();
  for (const char* part : parts) {
    EXPECT_NE(std::string(error->what()).find(part), std::string::npos)
        << "'" << part << "' is not in: " << error->what();
  }
}

/// The text as one gzip member.
inline std::string gzip(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// The content of a gzip file.
inline std::string gunzip(const std::string& path) {
  const gzFile file = gzopen(path.c_str(), "rb");
  EXPECT_NE(file, nullptr) << path;
  std::string text;
  char buffer[1 << 16];
  for (int got = 0; (got = gzread(file, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(got));
  gzclose(file);
  return text;
}

/// Standard input comes from a file while this lives.
class InputFromFile {
 public:
  explicit InputFromFile(const std::string& path) : saved_(dup(STDIN_FILENO)) {
    FILE* file = fopen(path.c_str(), "rb");
    EXPECT_NE(file, nullptr);
    dup2(fileno(file), STDIN_FILENO);
    fclose(file);
  }
  ~InputFromFile() {
    dup2(saved_, STDIN_FILENO);
    close(saved_);
  }
  InputFromFile(const InputFromFile&) = delete;
  InputFromFile& operator=(const InputFromFile&) = delete;

 private:
  int saved_;
};

/// An environment variable that has another value while this lives.
class Environment {
 public:
  Environment(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    setenv(name, value.c_str(), 1);
  }
  ~Environment() { old_ ? setenv(name_, old_->c_str(), 1) : unsetenv(name_); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
  std::optional<std::string> old_;
};

/// Reads a table given as text.
inline SeriesSet read_text(const std::string& text, const ReadingOptions& options = {}) {
  const TemporaryDirectory directory;
  return read_csv(directory.write("table.csv", text), options);
}

/// Series-major values over hourly rows; series are called a, b, c...
inline SeriesSet make_set(const std::vector<std::vector<double>>& series) {
  SeriesSet set;
  set.source = "made";
  set.step = {TimeUnit::second, 3600};
  for (std::size_t i = 0; i < series.size(); ++i) {
    set.names.emplace_back(1, static_cast<char>('a' + i));
    set.values.insert(set.values.end(), series[i].begin(), series[i].end());
  }
  for (std::size_t t = 0; t < series.front().size(); ++t) set.times.push_back(static_cast<std::int64_t>(t) * 3600);
  return set;
}

}  // namespace vdn::test
