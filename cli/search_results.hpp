#pragma once
// What a study found, for the terminal, as JSON and as files.

#include <string>
#include <vector>

#include <vdn/search/study_page.hpp>

#include "common.hpp"

namespace vdn::cli {

/// A study as the store has it. STUDY may be empty when the store holds one only. Throws Error (usage) naming those
/// there are.
search::StudyView read_study(const std::string& store_path, const std::string& study);

/// Trials, one a line: state, epochs, score, regime, why it ended, settings.
std::string trials_text(const search::StudyView& view);
/// Finalists, best first, with what they are on the front.
std::string front_text(const search::StudyView& view);
Json study_json(const search::StudyView& view);
/// All trials with their settings and figures, one a row, every key of the space a column.
std::string trials_csv(const search::StudyView& view);

/// "vdn fit sales.csv --horizon 28 --config best/settings.toml", as a shell reads it.
std::string fit_command(const search::StudyDefinition& definition, const std::string& settings_file);

/// The front's picture of a pick in words: "number 12 (knee): score 1.0712 +- 0.0021, ...".
std::string pick_text(const search::Finalist& pick, search::Pick how);

/// Throws Error (data) when the study has no finalist yet.
search::Finalist picked(const search::StudyView& view, search::Pick how);

/// Writes FOLDER/model.vdn (of the first seed of the final stage) and FOLDER/settings.toml, with which the fit can be
/// repeated. Returns the lines that tell so. Throws Error (data) when the study has no finalist yet.
std::string export_pick(const search::StudyView& view, const std::string& store_path, search::Pick how,
                        const std::string& folder);

}  // namespace vdn::cli
