#pragma once
// A study as files: NAME.md, NAME.csv, NAME.svg.

#include <string>

#include <vdn/study/study.hpp>

namespace vdn {

/// How a study came about, for its page.
struct StudyProvenance {
  std::string command;  ///< as typed
  std::string processor;
  std::string version;
};

/// "AMD EPYC 9R14".
std::string processor_name();

/// A table with its title, as Markdown.
std::string table_markdown(const StudyTable& table);
/// Claim, how it came about, tables, comparisons; says so when trials are missing, and by how many threads those there
/// are were run: seconds of one number of threads do not compare with those of another.
std::string study_markdown(const Study& study, const StudyRun& run, const StudyFindings& findings,
                           const StudyProvenance& provenance);
/// One row a trial: data, arm, seed, seconds, threads (empty where not known), then every figure; traces stay in
/// trials.jsonl.
std::string study_csv(const StudyRun& run);
/// The picture as a file of its own, light and dark; "" when there is none. A legend stands below the plot.
std::string study_svg(const StudyFindings& findings);

}  // namespace vdn
