// docs/file_format.md says what is true.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "io/forgery.hpp"
#include "io/model_support.hpp"

namespace vdn {
namespace {

using nlohmann::json;
using namespace test;

std::string document() {
  return content_of((source_folder() / "docs/file_format.md").string());
}

std::string example_path() {
  return (source_folder() / "tests/io/data/model_v2.vdn").string();
}

/// Bytes [at, at + 16) as the document prints them.
std::string dump_line(const std::string& bytes, std::size_t at) {
  std::string numbers, letters;
  for (std::size_t i = at; i < std::min(at + 16, bytes.size()); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    char pair[4];
    std::snprintf(pair, sizeof pair, "%02x ", byte);
    numbers += (i == at + 8 ? " " : "") + std::string(pair);
    letters += byte >= 32 && byte < 127 ? static_cast<char>(byte) : '.';
  }
  numbers.resize(49, ' ');
  std::array<char, 96> line{};
  std::snprintf(line.data(), line.size(), "%08zx  %s |%s|", at, numbers.c_str(), letters.c_str());
  return line.data();
}

TEST(FileFormat, ItsDumpIsThatOfTheKeptFile) {
  const std::string bytes = content_of(example_path());
  std::istringstream lines(document());
  std::size_t found = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!std::regex_search(line, std::regex("^[0-9a-f]{8}  "))) continue;
    EXPECT_EQ(line, dump_line(bytes, std::stoul(line.substr(0, 8), nullptr, 16)));
    ++found;
  }
  EXPECT_EQ(found, 10u);
}

/// The members of a header, as "data.rows".
std::vector<std::string> members_of(const json& header) {
  std::vector<std::string> names;
  for (const auto& [name, value] : header.items()) {
    const bool record = name == "data" || name == "scaler" || name == "training";
    if (!record) names.push_back(name);
    if (!record) continue;
    for (const auto& [inner, unused] : value.items()) names.push_back(name + "." + inner);
  }
  return names;
}

TEST(FileFormat, NamesEveryMemberAndOptionalTensor) {
  const std::string text = document();
  const json header = json::parse(Parts(saved()).header);
  for (const std::string& name : members_of(header)) {
    const std::string inner = name.find('.') == std::string::npos ? name : name.substr(name.find('.'));
    const bool named = text.find("`" + name + "`") != std::string::npos ||
                       text.find("`" + inner + "`") != std::string::npos;  // "`training.epochs`, `.best_epoch`"
    EXPECT_TRUE(named) << name;
  }
  for (const json& tensor : header.at("tensors")) {
    const std::string name = tensor.at("name");
    if (name.starts_with("encoder.") || name.starts_with("neuron.") || name.starts_with("head.")) continue;
    EXPECT_NE(text.find("`" + name + "`"), std::string::npos) << name;
  }
}

struct Sum {
  std::size_t rows = 0, cols = 0;
  double total = 0.0;
};

/// What the document's Python prints of a file; nothing when there is no Python with numpy.
std::map<std::string, Sum> python_sums(const std::string& script, const std::string& model) {
  std::map<std::string, Sum> sums;
  for (const char* python : {"python3", "/usr/bin/python3"}) {
    const std::string command = std::string(python) + " " + script + " " + model + " 2> /dev/null";
    std::FILE* pipe = popen(command.c_str(), "r");
    if (!pipe) continue;
    std::string text;
    for (std::array<char, 4096> part{}; std::fgets(part.data(), part.size(), pipe);) text += part.data();
    pclose(pipe);
    std::istringstream lines(text);
    std::string name;
    for (Sum sum; lines >> name >> sum.rows >> sum.cols >> sum.total;) sums[name] = sum;
    if (!sums.empty()) break;
  }
  return sums;
}

bool has_numpy() {
  return std::system("python3 -c 'import numpy' 2> /dev/null || /usr/bin/python3 -c 'import numpy' 2> /dev/null") == 0;
}

TEST(FileFormat, ItsPythonReadsTheFile) {
  if (!has_numpy()) GTEST_SKIP() << "needs python3 with numpy";
  const std::string text = document();
  const std::size_t begin = text.find("```python\n") + 10, end = text.find("```", begin);
  const TemporaryDirectory folder;
  const std::string script = folder.write("read.py", text.substr(begin, end - begin));
  const auto sums = python_sums(script, example_path());
  const Forecaster model = load_model(example_path());
  const auto expect = [&](const std::string& name, std::size_t rows, std::size_t cols, auto numbers) {
    ASSERT_TRUE(sums.contains(name)) << name;
    EXPECT_EQ(sums.at(name).rows, rows) << name;
    EXPECT_EQ(sums.at(name).cols, cols) << name;
    EXPECT_NEAR(sums.at(name).total, std::accumulate(numbers.begin(), numbers.end(), 0.0), 1e-9) << name;
  };
  const ConstParameters<float> parameters{model.parameters()};
  for (const auto& [name, slot, initial] : model.network().layout().entries()) {
    expect(name, slot.rows, slot.cols, parameters.vector(slot));
  }
  expect("line.weight", 3, 12, model.line().weight);
  expect("line.bias", 1, 3, model.line().bias);
  expect("regime.mu2", 1, 3, model.regime().mu2);
  expect("regime.info", 1, 3, model.regime().info);
}

}  // namespace
}  // namespace vdn
