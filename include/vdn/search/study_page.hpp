#pragma once
// The page of a study: what was tried, what came of it, and what was picked.

#include <string>
#include <vector>

#include <vdn/search/definition.hpp>
#include <vdn/search/trial_record.hpp>

namespace vdn::search {

/// A study as its store has it, whether it is done, under way or has just begun.
struct StudyView {
  std::string name;
  StudyDefinition definition;
  std::vector<TrialRecord> trials;
  std::vector<EpochRecord> epochs;
};

/// One HTML file (report/html_page.hpp). The pick is the best finalist; where the study names objectives, the knee of
/// their front. Until a final fit is finished there is none, and the best trial of the search stands for it.
std::string study_page(const StudyView& view);

}  // namespace vdn::search
