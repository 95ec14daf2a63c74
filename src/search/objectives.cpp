#include <vdn/search/objectives.hpp>

#include <algorithm>
#include <array>
#include <cmath>

#include <vdn/core/error.hpp>

#include "search/rank.hpp"

#include "search/words.hpp"

namespace vdn::search {
namespace {

constexpr std::array<const char*, 4> names{"accuracy", "calibration", "stability", "cost"};

}  // namespace

bool better_trial(const TrialRecord& a, const TrialRecord& b) {
  return rank_of(a) < rank_of(b);
}

const char* objective_name(Objective objective) {
  return names.at(static_cast<std::size_t>(objective));
}

Objective parse_objective(const std::string& word) {
  return static_cast<Objective>(index_of_word(word, names, "--pareto", "objective"));
}

double Finalist::value(Objective objective) const {
  switch (objective) {
    case Objective::accuracy:
      return score;
    case Objective::calibration:
      return calibration;
    case Objective::stability:
      return score_deviation + robustness;
    case Objective::cost:
      return std::sqrt(seconds * static_cast<double>(parameters));
  }
  throw Error(ErrorKind::software, "Finalist::value", "there is no such objective");
}

}  // namespace vdn::search
