#include <vdn/diagnostics/recorder.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <vdn/core/error.hpp>

#include "support/support.hpp"

namespace vdn {
namespace {

NeuronFigures some_figures(float start) {
  NeuronFigures f;
  f.mu2 = {start, start + 1};
  f.info = {start + 2, start + 3};
  f.autocorrelation = {std::nanf(""), start + 4};
  return f;
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class NeuronFile : public testing::Test {
 protected:
  /// Two epochs of two neurons.
  void SetUp() override {
    NeuronRecorder recorder(path, 2, 0xabcd1234u);
    header = bytes_of(path).size();
    recorder.append(1, some_figures(10));
    recorder.append(2, some_figures(20));
    whole = bytes_of(path);
  }
  void put(const std::string& bytes) const { std::ofstream(path, std::ios::binary) << bytes; }
  std::string problem() const {
    try {
      read_neurons(path);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }

  test::TemporaryDirectory folder;
  std::string path = (folder.path() / "neurons.bin").string();
  std::size_t header = 0;
  std::string whole;
};

TEST_F(NeuronFile, GivesBackWhatWasRecorded) {
  const NeuronHistory history = read_neurons(path);
  EXPECT_EQ(history.neurons, 2u);
  EXPECT_EQ(history.settings, 0xabcd1234u);
  EXPECT_EQ(history.epochs, (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(history.figures.size(), neuron_figures.size());
  EXPECT_FALSE(history.cut);
  EXPECT_EQ(history.damaged, 0u);
  const NeuronFigures second = history.at(1);
  EXPECT_EQ(second.mu2, (std::vector<float>{20, 21}));
  EXPECT_EQ(second.info, (std::vector<float>{22, 23}));
  EXPECT_TRUE(second.kl.empty()) << "was not known";
  EXPECT_TRUE(std::isnan(second.autocorrelation[0]));
  EXPECT_EQ(second.autocorrelation[1], 24.0f);
  EXPECT_EQ(history.figure(0, "mu2")[1], 11.0f);
  EXPECT_TRUE(history.figure(0, "courage").empty());
}

TEST_F(NeuronFile, IsLaidOutAsDocumented) {
  EXPECT_EQ(whole.substr(0, 8), "VDNNEURO");
  EXPECT_EQ(whole.substr(8, 12), std::string("\x01\0\0\0\x02\0\0\0\x0c\0\0\0", 12)) << "version, N, Q";
  EXPECT_EQ(whole.substr(20, 4), "\x34\x12\xcd\xab");
  EXPECT_EQ(whole.substr(28, 13), "mu2\nvariance\n");
  EXPECT_EQ(whole.size(), header + 2 * (4 + 12 * 2 * 4 + 4));
  EXPECT_EQ(whole.substr(header, 8), std::string("\x01\0\0\0\0\0\x20\x41", 8)) << "epoch 1, 10.0f";
}

TEST_F(NeuronFile, ACutLastRecordIsLeftOut) {
  for (std::size_t size = header; size < whole.size(); ++size) {
    put(whole.substr(0, size));
    const NeuronHistory history = read_neurons(path);
    const std::size_t record = (whole.size() - header) / 2;
    EXPECT_EQ(history.epochs.size(), (size - header) / record);
    EXPECT_EQ(history.cut, (size - header) % record != 0);
  }
}

TEST_F(NeuronFile, ADamagedRecordIsPassedOver) {
  std::string damaged = whole;
  damaged[header + 10] = static_cast<char>(damaged[header + 10] ^ 1);
  put(damaged);
  const NeuronHistory history = read_neurons(path);
  EXPECT_EQ(history.epochs, std::vector<std::size_t>{2});
  EXPECT_EQ(history.damaged, 1u);
  EXPECT_EQ(history.at(0).mu2, (std::vector<float>{20, 21}));
}

TEST_F(NeuronFile, AnotherFileIsRefused) {
  for (std::size_t size = 0; size < header; ++size) {
    put(whole.substr(0, size));
    EXPECT_NE(problem(), "") << size;
  }
  for (std::size_t at = 0; at < header; ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
    put(damaged);
    EXPECT_NE(problem(), "") << at;
  }
  put("ds,a\n1,2\nsomething else altogether");
  EXPECT_NE(problem().find("is not a record of neurons"), std::string::npos);
  std::filesystem::remove(path);
  EXPECT_NE(problem().find("cannot be read"), std::string::npos);
}

TEST_F(NeuronFile, AFullDiskAndAWrongSizeAreErrors) {
  EXPECT_THROW(NeuronRecorder((folder.path() / "none" / "neurons.bin").string(), 2, 0), Error);
  NeuronRecorder recorder(path, 3, 0);
  EXPECT_THROW(recorder.append(1, some_figures(0)), Error);
}

// 10,000 neurons over 200 epochs stay under 100 MB and are read in under a second of processor time.
TEST(LongNeuronFile, IsSmallAndReadFast) {
  const test::TemporaryDirectory folder;
  const std::string path = (folder.path() / "neurons.bin").string();
  NeuronFigures figures;
  for (const NeuronFigure& figure : neuron_figures) (figures.*figure.values).assign(10000, 0.25f);
  {
    NeuronRecorder recorder(path, 10000, 1);
    for (std::size_t epoch = 1; epoch <= 200; ++epoch) recorder.append(epoch, figures);
  }
  EXPECT_LT(std::filesystem::file_size(path), 100'000'000u);
  const std::clock_t start = std::clock();
  const NeuronHistory history = read_neurons(path);
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  EXPECT_EQ(history.epochs.size(), 200u);
  EXPECT_EQ(history.figure(199, "phi")[9999], 0.25f);
  EXPECT_LT(seconds, 1.0);
  std::printf("read %zu bytes in %.3f s\n", static_cast<std::size_t>(std::filesystem::file_size(path)), seconds);
}

}  // namespace
}  // namespace vdn
