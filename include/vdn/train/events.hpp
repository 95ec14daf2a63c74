#pragma once
// events.jsonl: one JSON object a line, written as training goes; a file is one run.

#include <cstdint>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <vdn/diagnostics/recorder.hpp>
#include <vdn/model/settings.hpp>
#include <vdn/train/observer.hpp>

namespace vdn {

/// Begins the file anew and writes lines {"event": "start" | "epoch" | "collapse" | "end", ...} and flushes each, so
/// that a reader never waits for the end. An epoch line holds every field of EpochReport under its name but the
/// neurons' figures, which are in neurons.bin (diagnostics/recorder.hpp); "start" holds the settings by parameter name;
/// "collapse" a mode that "begins" (or ends) with the share of neurons that show it; "end" the training record. Throws
/// Error (cannot_create) when the file cannot be opened, Error (io) when a line cannot be written.
class EventLog {
 public:
  explicit EventLog(std::string path);
  void start(const Settings& settings, const std::string& preset, const std::string& source);
  void epoch(const EpochReport& report);
  void collapse(const diagnostics::CollapseChange& change);
  void end(std::size_t epochs, std::size_t best_epoch, double seconds, bool interrupted);

 private:
  void line(const std::string& json);
  std::string path_;
  std::ofstream file_;
};

/// Settings by parameter name, as text, in the order of the settings table.
using SettingTexts = std::vector<std::pair<std::string, std::string>>;

/// What a run wrote down of itself.
struct RunRecord {
  std::string source{}, preset{}, twin{};
  std::size_t horizon = 0;
  SettingTexts settings{};
  std::vector<EpochReport> epochs{};
  std::vector<diagnostics::CollapseChange> collapses{};
  bool ended = false;          ///< false: training was killed, or still goes on
  bool interrupted = false;    ///< ended early, in order
  std::size_t best_epoch = 0;  ///< 0: none
  double seconds = 0.0;
  std::size_t unreadable_lines = 0;  ///< passed over: cut off or damaged
};

/// Reads an events.jsonl back. Lines that are not whole, as the last of a killed run, and fields that are missing or of
/// another kind are passed over. Throws Error (no_input) when the file cannot be read.
RunRecord read_events(const std::string& path);
/// Gives the epochs their neurons' figures, if the history is of this run. Returns how many have them then.
std::size_t add_neurons(RunRecord& run, const NeuronHistory& history);

/// The settings of a run; what this version does not know, or no longer allows, keeps its default.
Settings settings_of(const RunRecord& run);

/// Tells runs of other settings apart: the CRC-32 of lines "key=value" in the order of the settings table.
std::uint32_t settings_checksum(const Settings& settings);
std::uint32_t settings_checksum(const SettingTexts& settings);

}  // namespace vdn
