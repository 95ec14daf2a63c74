#include <vdn/model/settings_file.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>

#include <vdn/core/error.hpp>

#include "support/support.hpp"

namespace vdn {
namespace {

Settings read_back(const std::string& toml) {
  const test::TemporaryDirectory folder;
  Settings settings = preset("default");
  settings_table().read(settings, folder.write("s.toml", toml));
  return settings;
}

/// The text with every commented value set.
std::string uncommented(const std::string& toml) {
  std::istringstream lines(toml);
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    // A value has one word before " = "; prose has more.
    const std::size_t equals = line.find(" = ");
    const bool value = line.rfind("# ", 0) == 0 && equals != std::string::npos && line.find(' ', 2) == equals;
    text += (value ? line.substr(2) : line) + "\n";
  }
  return text;
}

TEST(SettingsToml, ReadsBackAsTheSettings) {
  Settings s = preset("reference");
  s.lookback = 48;
  EXPECT_EQ(read_back(settings_toml(s, {}, "")), s);
  EXPECT_EQ(read_back(settings_toml(preset("default"), {}, "")), preset("default"));
}

TEST(SettingsToml, OfEveryCommentedLineIsTheDefault) {
  const std::string text = uncommented(settings_toml(preset("default"), {}, "a = b"));
  for (const auto& parameter : settings_table().parameters()) {
    const std::string key = "\n" + parameter.name.substr(parameter.name.find('.') + 1) + " = ";
    EXPECT_NE(text.find(key), std::string::npos) << parameter.name;
    EXPECT_NE(text.find("# " + parameter.help), std::string::npos) << parameter.name;
  }
  EXPECT_EQ(read_back(text.substr(text.find("\n["))), preset("default"));
}

TEST(SettingsToml, ExplainsWhatIsSet) {
  Settings s = preset("default");
  s.lookback = 336;
  const std::string text = settings_toml(s, {{"window.lookback", "14 seasons of 24 rows"}}, "For x.csv\n\nsecond");
  EXPECT_EQ(text.rfind("# For x.csv\n#\n# second\n\n[window]\n# look-back L", 0), 0u) << text.substr(0, 80);
  EXPECT_NE(text.find("# Here: 14 seasons of 24 rows\nlookback = 336\n"), std::string::npos)
      << "set, though the default";
  EXPECT_NE(text.find("\n# norm = \"mean_deviation\"\n"), std::string::npos);
  EXPECT_THROW(settings_toml(s, {{"window.lockback", "typo"}}, ""), Error);
}

}  // namespace
}  // namespace vdn
