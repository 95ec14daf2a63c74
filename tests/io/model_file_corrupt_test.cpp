#include <vdn/io/model_file.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include <vdn/core/error.hpp>

#include "io/forgery.hpp"
#include "io/model_support.hpp"

namespace vdn {
namespace {

using nlohmann::json;
using namespace test;

/// The error of loading these bytes, as text; "" when they load. Anything but an Error fails the test.
std::string problem_of(const std::string& bytes, ErrorKind kind = ErrorKind::data) {
  const test::TemporaryDirectory folder;
  try {
    load_model(folder.write("model.vdn", bytes));
  } catch (const Error& error) {
    EXPECT_EQ(error.exit_code(), static_cast<int>(kind)) << error.what();
    EXPECT_FALSE(error.hint().empty());
    return error.problem() + "; " + error.hint();
  }
  return {};
}

void expect_problem(const std::string& bytes, const std::string& part) {
  const std::string text = problem_of(bytes);
  EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in '" << text << "'";
}

/// Tensors of the network and the line; optional ones follow.
std::size_t required_count() {
  return Network(small_settings(), 2).layout().entries().size() + 2;
}

TEST(CorruptModelFile, RefusesWhatIsNoModel) {
  expect_problem("", "is not a vdn model file");
  expect_problem("V", "is truncated");
  expect_problem("x", "is not a vdn model file");
  expect_problem("date,a,b\n2020-01-01,1,2\n", "is not a vdn model file");
  std::string bytes = saved();
  bytes[7] = 'l';
  expect_problem(bytes, "is not a vdn model file");
}

TEST(CorruptModelFile, NamesNewerVersions) {
  std::string bytes = saved();
  put<std::uint32_t>(bytes, 8, 3);
  expect_problem(bytes, "was written by a newer vdn (version 3; this one reads up to 2)");
  put<std::uint32_t>(bytes, 8, 0);
  expect_problem(bytes, "is corrupt");
}

TEST(CorruptModelFile, RefusesEveryTruncation) {
  const std::string bytes = saved();
  for (std::size_t length = 1; length < bytes.size(); length += length < 200 ? 1 : 211) {
    expect_problem(bytes.substr(0, length), "is truncated");
  }
  for (std::size_t cut = 1; cut < 80; ++cut) expect_problem(bytes.substr(0, bytes.size() - cut), "is truncated");
  expect_problem(bytes + 'x', "longer than its header says");
}

TEST(CorruptModelFile, RefusesEveryFlippedByte) {
  const std::string bytes = saved();
  for (std::size_t at = 0; at < bytes.size(); at += at < 24 ? 1 : 97) {
    for (const int flip : {0xff, 0x01, 0x80}) {
      std::string broken = bytes;
      broken[at] = static_cast<char>(broken[at] ^ flip);
      EXPECT_NE(problem_of(broken), "") << "byte " << at;
    }
  }
}

TEST(CorruptModelFile, RefusesForgedHeaders) {
  const std::string bytes = saved();
  EXPECT_EQ(problem_of(forge(bytes, [](json&) {})), "") << "the forgery itself is sound";
  const auto expect_forged = [&](const std::string& pointer, const json& value) {
    const std::string text =
        problem_of(forge(bytes, [&](json& header) { header[json::json_pointer(pointer)] = value; }));
    EXPECT_NE(text.find("is corrupt"), std::string::npos) << pointer << " = " << value << ": '" << text << "'";
  };
  const json wrong_types[] = {
      nullptr, true, -1, 1.5, "text", json::array({1}), json::object(), json::array({"x", "y"})};
  for (const char* pointer :
       {"/scaler", "/data", "/training", "/tensors", "/settings", "/horizon", "/data/step", "/data/borders",
        "/data/rows", "/data/season", "/tensors/0", "/tensors/0/shape", "/tensors/0/offset", "/training/steps"}) {
    for (const json& value : wrong_types) expect_forged(pointer, value);
  }
  expect_forged("/twin", "twin");
  expect_forged("/preset", 3);
  expect_forged("/settings/neuron.count", "0");
  expect_forged("/settings/neuron.count", 8);
  expect_forged("/settings/neuron.cuont", "8");
  expect_forged("/origins", json{{"train.seed", 3}});
  expect_forged("/regime/alive", "all");
  expect_forged("/data/times", json::array({1, 2, 3, 4}));
  expect_forged("/data/times", json::array({1, 2, 3, 4, 5.5}));
  expect_forged("/data/seen_until", std::numeric_limits<std::uint64_t>::max());
  expect_forged("/data/seen_until", std::numeric_limits<std::int64_t>::min());
  expect_forged("/data/missing", -1);
  expect_forged("/data/values_sha256", 1);
  expect_forged("/data/reading", json{{"missing", nullptr}});
  expect_forged("/scaler/deviation", json::array({1.0, 0.0}));
  expect_forged("/scaler/mean", json::array({1.0}));
  expect_forged("/scaler/constant", json::array({2}));
  expect_forged("/data/series", json::array());
  expect_forged("/data/step/unit", "day");
  expect_forged("/data/step/count", 0);
  expect_forged("/data/reading/time_axis", "grid");
  expect_forged("/data/reading/gaps", json::array({1}));
  expect_forged("/data/borders", json::array({300, 200, 390}));
  expect_forged("/data/borders", json::array({300, 350, 401}));
  expect_forged("/training/best_epoch", 6);
  expect_forged("/tensors/1/offset", 0);
  expect_forged("/tensors/0/offset", std::numeric_limits<std::uint64_t>::max() - 3);
  expect_forged("/tensors/0/shape", json::array({1ull << 63, 2}));
  expect_forged("/tensors/0/name", "other");
  expect_forged("/tensors/0/type", "f64");
  const std::size_t optional = required_count();
  const auto tensor = [&](const char* key) { return "/tensors/" + std::to_string(optional) + "/" + key; };
  expect_forged(tensor("name"), "line.bias");
  expect_forged(tensor("type"), "f16");
  expect_forged(tensor("type"), "f64");
  expect_forged(tensor("offset"), 0);
  expect_forged(tensor("shape"), json::array({1, 7}));
  expect_forged(tensor("shape"), json::array({8, 1}));
  expect_forged(tensor("shape"), json::array({0, 1}));
  expect_forged(tensor("shape"), json::array({1ull << 62, 1ull << 62}));
}

TEST(CorruptModelFile, RefusesNaiveForecastsWithoutWeightOrSpread) {
  Settings settings = small_settings();
  settings.pool = PoolMode::naive;
  Forecaster f = make_forecaster(settings);
  const std::string bytes = model_bytes(f);
  for (const json& wrong : {json(-0.1), json(1.0), json(nullptr), json("much")}) {
    expect_problem(forge(bytes, [&](json& header) { header["naive"]["last"] = wrong; }), "is corrupt");
  }
  expect_problem(forge(bytes, [](json& header) { header["naive"] = {{"last", .1}}; }), "is corrupt");
  expect_problem(forge(bytes, [](json& header) { header["data"]["season"] = 25; }), "has no season");
  f.naive().last.scale[3] = 0.0f;
  expect_problem(model_bytes(f), "the spread of its naive forecasts is none");
  f.naive().last.scale.clear();
  expect_problem(model_bytes(f), "the spread of its naive forecasts is none");
}

TEST(CorruptModelFile, PassesOverWhatItDoesNotKnow) {
  const std::string bytes = saved();
  const test::TemporaryDirectory folder;
  const auto path = folder.write("model.vdn", forge(bytes, [](json& header) {
                                   header["later"] = {{"x", 1}};
                                   header["data"]["later"] = true;
                                   header["tensors"][required_count() + 1]["name"] = "later.tensor";  // sigma
                                 }));
  const Forecaster f = load_model(path);
  EXPECT_EQ(f.regime().mu2.size(), 8u);
  EXPECT_TRUE(f.regime().sigma.empty());
  EXPECT_EQ(f.regime().kl.front(), 0.3f);
}

TEST(CorruptModelFile, ReadsVersion1WithoutWhatCameLater) {
  std::string old = saved();
  put<std::uint32_t>(old, 8, 1);
  const std::string bytes = forge(old, [](json& header) {
    header.erase("regime");
    header.erase("origins");
    for (const char* key : {"times", "missing", "values_sha256", "reading"}) header["data"].erase(key);
    header["training"].erase("version");
  });
  EXPECT_EQ(problem_of(bytes), "");
}

TEST(CorruptModelFile, AllocatesNothingForAForgedSize) {
  const std::string bytes = saved();
  const auto with = [&](const char* key, const char* value) {
    return forge(bytes, [&](json& header) { header["settings"][key] = value; });
  };
  expect_problem(with("neuron.count", "1000000"), "its tensors are not those of its settings");
  expect_problem(with("neuron.dims", "1024"), "its tensors are not those of its settings");
  expect_problem(forge(bytes, [](json& h) { h["horizon"] = 10'000'000; }), "not those of its settings");
  expect_problem(forge(bytes, [](json& h) { h["horizon"] = std::numeric_limits<std::uint64_t>::max(); }), "horizon");
  // Settings and tensors that agree with each other, but not with the length of the file.
  Settings huge = small_settings();
  huge.neurons = 1'000'000;
  huge.encoder_width = 65536;
  const Network network(huge, 2);
  const auto& entries = network.layout().entries();
  const std::string forged = forge(bytes, [&](json& header) {
    header["settings"]["neuron.count"] = "1000000";
    header["settings"]["encoder.width"] = "65536";
    std::size_t offset = 0;
    for (std::size_t i = 0; i < header["tensors"].size(); ++i) {
      json& tensor = header["tensors"][i];
      if (i < entries.size()) {
        tensor["shape"] = {entries[i].slot.rows, entries[i].slot.cols};
        tensor["offset"] = entries[i].slot.offset * 4;
      } else {
        tensor["offset"] = offset;
      }
      offset = (tensor["offset"].get<std::size_t>() +
                tensor["shape"][0].get<std::size_t>() * tensor["shape"][1].get<std::size_t>() *
                    (tensor["type"] == "f64" ? 8 : 4) +
                63) /
               64 * 64;
    }
  });
  expect_problem(forged, "is truncated");
}

TEST(CorruptModelFile, RefusesHeadersThatAreNoJson) {
  const std::string bytes = saved();
  for (const std::string& text : {std::string("{"), std::string(100000, '['), std::string("[]"),
                                  std::string("\xff\xfe"), std::string("{\"preset\":\"\xe9\"}"), std::string("null")}) {
    std::string forged = bytes.substr(0, 24) + text + std::string(300, ' ');
    put<std::uint64_t>(forged, 16, text.size());
    expect_problem(forged, "is corrupt");
  }
  std::string longest = bytes;
  put<std::uint64_t>(longest, 16, std::numeric_limits<std::uint64_t>::max());
  expect_problem(longest, "is corrupt");
}

}  // namespace
}  // namespace vdn
