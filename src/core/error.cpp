#include <vdn/core/error.hpp>

#include <numeric>
#include <vector>

namespace vdn {
namespace {

std::string compose(const std::string& place, const std::string& problem, const std::string& hint) {
  std::string text = place.empty() ? problem : place + ": " + problem;
  if (!hint.empty()) text += "; " + hint;
  return text;
}

}  // namespace

Error::Error(ErrorKind kind, std::string place, std::string problem, std::string hint)
    : std::runtime_error(compose(place, problem, hint)),
      kind_(kind),
      place_(std::move(place)),
      problem_(std::move(problem)),
      hint_(std::move(hint)) {}

std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      const std::size_t substitution = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitution});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace vdn
