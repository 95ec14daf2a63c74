#pragma once
// What reads a study that is there: list, show, front, export, verify. Each returns the exit code.

#include <string>

#include "search_options.hpp"

namespace vdn::cli {

int list_studies_of_store(const AutopilotArguments& arguments);
int show_study(const AutopilotArguments& arguments);
int show_front(const AutopilotArguments& arguments);
int export_study(const AutopilotArguments& arguments);
int verify_pick(const AutopilotArguments& arguments);

/// The table of a stored study, read as it was; `moved` is where it lies now, when it does not lie where it did. Throws
/// what reading throws, naming the study.
LoadedData stored_data(const search::StudyDefinition& definition, const std::string& study,
                       const std::string& moved = "");

}  // namespace vdn::cli
