#include <vdn/study/store.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <system_error>

#include <fmt/format.h>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

namespace fs = std::filesystem;

std::string cause() {
  return errno ? std::strerror(errno) : "unknown cause";
}

void create_folder(const std::string& folder) {
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem || !fs::is_directory(folder)) {
    throw Error(ErrorKind::cannot_create, folder,
                "the folder cannot be created" + (problem ? ": " + problem.message() : std::string()),
                "give another --out");
  }
}

/// The whole lines of a file; what follows the last line end is cut off the file.
std::vector<std::string> whole_lines(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::size_t whole = text.rfind('\n') + 1;  // npos + 1 is 0
  if (whole < text.size()) fs::resize_file(path, whole);
  std::vector<std::string> lines;
  for (std::size_t from = 0; from < whole;) {
    const std::size_t end = text.find('\n', from);
    lines.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return lines;
}

}  // namespace

TrialStore::TrialStore(const std::string& folder) : path_((fs::path(folder) / "trials.jsonl").string()) {
  create_folder(folder);
  std::size_t number = 0;
  if (fs::exists(path_)) {
    for (const std::string& line : whole_lines(path_)) {
      ++number;
      try {
        TrialResult result = parse_trial(line);
        results_[result.key] = std::move(result);
      } catch (const Error& error) {
        throw Error(ErrorKind::data, fmt::format("{}, line {}", path_, number), error.problem(),
                    "remove the line, or give another --out");
      }
    }
  }
  errno = 0;
  file_.open(path_, std::ios::binary | std::ios::app);
  if (!file_) throw Error(ErrorKind::cannot_create, path_, "cannot be opened: " + cause(), "give another --out");
}

const TrialResult* TrialStore::find(const std::string& key) const {
  const auto found = results_.find(key);
  return found == results_.end() ? nullptr : &found->second;
}

void TrialStore::add(const TrialResult& result) {
  errno = 0;
  file_ << trial_json(result) << '\n';
  file_.flush();
  if (!file_) throw Error(ErrorKind::io, path_, "cannot be written: " + cause(), "is the disk full?");
  results_[result.key] = result;
}

}  // namespace vdn
