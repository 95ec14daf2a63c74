#pragma once
// events.jsonl: one JSON object a line, written as training goes; a file is one run.

#include <fstream>
#include <string>

#include <vdn/model/settings.hpp>
#include <vdn/train/observer.hpp>

namespace vdn {

/// Begins the file anew and writes lines {"event": "start" | "epoch" | "end", ...} and flushes each, so that a reader
/// never waits for the end. An epoch line holds every field of EpochReport under its name; "start" holds the settings
/// by parameter name; "end" the training record. Throws Error (cannot_create) when the file cannot be opened, Error
/// (io) when a line cannot be written.
class EventLog {
 public:
  explicit EventLog(std::string path);
  void start(const Settings& settings, const std::string& preset, const std::string& source);
  void epoch(const EpochReport& report);
  void end(std::size_t epochs, std::size_t best_epoch, double seconds, bool interrupted);

 private:
  void line(const std::string& json);
  std::string path_;
  std::ofstream file_;
};

}  // namespace vdn
