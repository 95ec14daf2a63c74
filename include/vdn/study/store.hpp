#pragma once
// The finished trials of a study, one line each: a study that was stopped, or killed, goes on from them.

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <vdn/study/trial.hpp>

namespace vdn {

class TrialStore {
 public:
  /// Opens FOLDER/trials.jsonl, creating folder and file where they are missing. A last line that was cut off is
  /// removed. Throws Error (data) naming the line when another one is not a trial, Error (cannot_create, io).
  explicit TrialStore(const std::string& folder);

  const TrialResult* find(const std::string& key) const;
  /// Appends and flushes; the result is there when this returns. Throws Error (io).
  void add(const TrialResult& result);
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::map<std::string, TrialResult> results_;
  std::ofstream file_;
};

}  // namespace vdn
