#include "search/lease_owner.hpp"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

#include <fmt/format.h>

namespace vdn::search {
namespace {

/// When the process began, in the kernel's ticks since boot (field 22 of /proc/PID/stat): tells a process from a later
/// one of the same number. "" where it cannot be read.
std::string process_start(long process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::size_t name_end = text.rfind(')');  // the name may hold blanks
  if (name_end == std::string::npos) return "";
  std::istringstream fields(text.substr(name_end + 1));
  std::string field;
  for (int number = 3; number <= 22; ++number) fields >> field;
  return field;
}

/// Host and namespace of process numbers: containers may share the first.
std::string host_name() {
  std::array<char, 256> name{}, space{};
  const std::string host = gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : "unknown";
  const ssize_t length = readlink("/proc/self/ns/pid", space.data(), space.size() - 1);
  return host + "," + (length > 0 ? std::string(space.data()) : "unknown");
}

std::vector<std::string> parts_of(const std::string& owner) {
  std::vector<std::string> parts;
  std::istringstream text(owner);
  for (std::string part; std::getline(text, part, '/');) parts.push_back(part);
  return parts;
}

}  // namespace

std::string lease_owner(std::size_t worker) {
  const long process = getpid();
  return fmt::format("{}/{}/{}/{}", host_name(), process, process_start(process), worker);
}

bool owner_is_gone(const std::string& owner) {
  const std::vector<std::string> parts = parts_of(owner);
  if (parts.size() != 4 || parts[0] != host_name()) return false;
  long process = 0;
  const auto [end, problem] = std::from_chars(parts[1].data(), parts[1].data() + parts[1].size(), process);
  if (problem != std::errc() || process <= 0) return false;
  if (kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH) return true;
  const std::string start = process_start(process);
  return !start.empty() && start != parts[2];  // one that cannot be looked at may live
}

}  // namespace vdn::search
