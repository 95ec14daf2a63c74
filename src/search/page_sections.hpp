#pragma once
// The sections of a study's page, and what they share.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <vdn/report/html_page.hpp>
#include <vdn/search/objectives.hpp>
#include <vdn/search/study_page.hpp>

namespace vdn::search {

inline constexpr std::size_t most_rows = 500;  // of a table

/// What the sections are made of.
struct Findings {
  const StudyView& view;
  std::vector<TrialRecord> search, finals;
  std::map<std::string, std::string> defaults;  ///< of the settings as they are, by key; empty where they are not known
  std::vector<Finalist> finalists;
  std::optional<std::size_t> pick;    ///< of the finalists
  std::optional<TrialRecord> leader;  ///< the best of the search

  std::optional<std::uint64_t> picked() const { return pick ? std::optional(finalists[*pick].number) : std::nullopt; }
  std::size_t first_rung() const { return view.definition.rungs.empty() ? 1 : view.definition.rungs.front(); }
};
Findings findings_of(const StudyView& view);

/// nullptr where it is none of the finalists.
const Finalist* finalist_of(const Findings& found, std::uint64_t number);
std::size_t count_of(const std::vector<TrialRecord>& trials, TrialState state);
std::size_t ended_of(const std::vector<TrialRecord>& trials);
/// What number 0 has of the space: its values may lie beyond it.
Configuration defaults_in(const Findings& found);

void add_pick(HtmlPage& page, const Findings& found);
void add_front(HtmlPage& page, const Findings& found);
void add_trials(HtmlPage& page, const Findings& found);
void add_importance(HtmlPage& page, const Findings& found);
void add_curves(HtmlPage& page, const Findings& found);
void add_ended_early(HtmlPage& page, const Findings& found);

/// A column a dimension with what the trials have of it, to the right of what the table holds.
void add_settings(HtmlTable& table, const Findings& found, const std::vector<TrialRecord>& trials);

/// Four decimals, four digits from 1000 on; "-" for no score.
std::string score_text(double score);
/// Four digits; "-" for no figure.
std::string figure_text(double value);
/// The score with its deviation over seeds where there are several.
std::string spread_text(const Finalist& f);
/// What `print` makes of each.
template <class Values, class Print>
std::string joined(const Values& values, Print&& print, const char* between = ", ") {
  std::string text;
  for (const auto& value : values) text += (text.empty() ? "" : between) + std::string(print(value));
  return text;
}

}  // namespace vdn::search
