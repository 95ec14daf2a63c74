#include <vdn/study/document.hpp>

#include <cmath>
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vdn/data/csv_quote.hpp>

namespace vdn {
namespace {

std::string describe_time(double seconds) {
  const double minutes = std::ceil(seconds / 60);
  return seconds < 5400 ? fmt::format("{:.0f} minute{}", minutes, minutes == 1 ? "" : "s")
                        : fmt::format("{:.1f} hours", seconds / 3600);
}

/// "2 threads", "1 or 2 threads", "an unknown number of threads".
std::string describe_threads(const TrialResults& results) {
  std::set<std::size_t> numbers;
  for (const TrialResult& r : results) numbers.insert(r.threads);
  const bool some_unknown = numbers.erase(0) > 0;
  if (numbers.empty()) return "an unknown number of threads";
  return fmt::format("{} thread{}{}", fmt::join(numbers, " or "), *numbers.rbegin() == 1 ? "" : "s",
                     some_unknown ? ", some trials by an unknown number" : "");
}

}  // namespace

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  std::string name = "unknown processor";
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos && colon + 2 < line.size()) name = line.substr(colon + 2);
    break;
  }
  return name;
}

std::string table_markdown(const StudyTable& table) {
  std::string text = "### " + table.title + "\n\n";
  const auto row = [](const std::vector<std::string>& cells) {
    std::string line = "|";
    for (const std::string& cell : cells) line += " " + cell + " |";
    return line + "\n";
  };
  text += row(table.columns) + row(std::vector<std::string>(table.columns.size(), "---"));
  for (const auto& cells : table.rows) text += row(cells);
  return text + "\n";
}

std::string study_markdown(const Study& study, const StudyRun& run, const StudyFindings& findings,
                           const StudyProvenance& provenance) {
  std::string text = fmt::format("# Study: {}\n\n{}\n\n", study.name(), study.claim());
  text += fmt::format("`{}`, vdn {}; {} of {} trials, {} on {}, {}. Scaled units; mean +- deviation over seeds.\n\n",
                      provenance.command, provenance.version, run.results.size(), run.planned,
                      describe_time(run.seconds), provenance.processor, describe_threads(run.results));
  for (const StudyTable& table : findings.tables) text += table_markdown(table);
  if (findings.verdicts.empty()) return text;
  text += "### Differences\n\nPaired by seed; 95% intervals.\n\n";
  for (const std::string& verdict : findings.verdicts) text += "- " + verdict + "\n";
  return text;
}

std::string study_csv(const StudyRun& run) {
  std::set<std::string> names;
  for (const TrialResult& r : run.results) {
    for (const auto& [name, value] : r.figures) names.insert(name);
  }
  std::string text = "data,arm,seed,seconds,threads";
  for (const std::string& name : names) text += "," + quote_csv(name);
  text += "\n";
  for (const TrialResult& r : run.results) {
    text += fmt::format("{},{},{},{:.2f},", quote_csv(r.data), quote_csv(r.arm), r.seed, r.seconds);
    if (r.threads > 0) text += std::to_string(r.threads);
    for (const std::string& name : names) {
      const double value = r.figure(name);
      text += std::isfinite(value) ? fmt::format(",{:.6g}", value) : ",";
    }
    text += "\n";
  }
  return text;
}

std::string study_svg(const StudyFindings& findings) {
  if (!findings.picture) return "";
  return standalone_line_chart(*findings.picture);
}

}  // namespace vdn
