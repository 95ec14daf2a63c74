#pragma once
// Checks of what we write as HTML and SVG, without a parser of ours in between.

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <string>
#include <vector>

namespace vdn::test {

inline std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++found;
  return found;
}

/// Every opening tag has its closing one, quotes balance, entities are known and no number is NaN or infinite: enough
/// of well-formedness for what we write.
inline testing::AssertionResult well_formed(const std::string& markup) {
  std::vector<std::string> open;
  for (std::size_t at = 0; (at = markup.find('<', at)) != std::string::npos;) {
    const std::size_t end = markup.find('>', at);
    if (end == std::string::npos) return testing::AssertionFailure() << "an unfinished tag";
    const std::string tag = markup.substr(at + 1, end - at - 1);
    if (std::count(tag.begin(), tag.end(), '"') % 2 != 0) return testing::AssertionFailure() << "quotes in " << tag;
    const std::string name = tag.substr(0, tag.find_first_of(" /", 1));
    if (tag.starts_with('/')) {
      if (open.empty() || "/" + open.back() != tag) return testing::AssertionFailure() << "unexpected " << tag;
      open.pop_back();
    } else if (!tag.ends_with('/') && !tag.starts_with('!') && name != "meta") {
      open.push_back(name);
    }
    at = end;
  }
  if (!open.empty()) return testing::AssertionFailure() << "left open: " << open.back();
  // The style sheet has no ampersands.
  if (std::regex_search(markup, std::regex("&(?!amp;|lt;|gt;|quot;|#39;)"))) {
    return testing::AssertionFailure() << "a bare ampersand";
  }
  std::smatch found;
  if (std::regex_search(markup, found, std::regex("[\" ,MmLlhv](-?nan|-?inf)[\" ,<mlhvz]"))) {
    return testing::AssertionFailure() << "no number: " << found.str();
  }
  return testing::AssertionSuccess();
}

}  // namespace vdn::test
