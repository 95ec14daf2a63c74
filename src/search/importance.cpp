#include <vdn/search/importance.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include <vdn/study/statistics.hpp>

namespace vdn::search {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// A trial's value of one dimension beside its score.
struct Sample {
  std::string value;
  double score;
};

/// A trial with the score it is compared by.
struct Compared {
  const TrialRecord* trial;
  double score;
};

double orderly(double score) {
  return std::isfinite(score) ? score : infinite;
}

std::vector<Compared> compared_trials(const std::vector<TrialRecord>& trials, const std::vector<EpochRecord>& epochs,
                                      std::size_t epoch) {
  using Key = std::pair<std::uint64_t, std::uint64_t>;
  std::map<Key, const EpochRecord*> last;  // not after `epoch`
  for (const EpochRecord& record : epochs) {
    const EpochRecord*& found = last[{record.number, record.seed}];
    if (record.epoch <= epoch && (!found || record.epoch > found->epoch)) found = &record;
  }
  std::vector<Compared> compared;
  for (const TrialRecord& trial : trials) {
    if (trial.final_stage || trial.number == 0 || trial.state == TrialState::failed) continue;
    const auto found = last.find({trial.number, trial.seed});
    const EpochRecord* record = found == last.end() ? nullptr : found->second;
    const bool pruned = trial.state == TrialState::pruned;
    if (record && (record->epoch == epoch || pruned)) {
      compared.push_back({&trial, orderly(record->score)});
    } else if (pruned) {
      compared.push_back({&trial, infinite});
    }
  }
  return compared;
}

std::vector<double> mean_ranks(const std::vector<Sample>& samples) {
  std::vector<std::size_t> order(samples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return samples[a].score < samples[b].score; });
  std::vector<double> ranks(samples.size());
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && samples[order[end]].score == samples[order[begin]].score) ++end;
    for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = 0.5 * static_cast<double>(begin + end - 1);
  }
  return ranks;
}

/// eta^2 of the ranks and the number of choices taken.
std::pair<double, std::size_t> correlation_ratio(const std::vector<Sample>& samples, const std::vector<double>& ranks) {
  const double mean = 0.5 * static_cast<double>(ranks.size() - 1);
  std::map<std::string, std::pair<double, double>> groups;  // sum of deviations, count
  double total = 0.0, between = 0.0;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    auto& [sum, count] = groups[samples[i].value];
    sum += ranks[i] - mean;
    ++count;
    total += (ranks[i] - mean) * (ranks[i] - mean);
  }
  for (const auto& [value, group] : groups) between += group.first * group.first / group.second;
  return {total > 0 && groups.size() > 1 ? between / total : std::numeric_limits<double>::quiet_NaN(), groups.size()};
}

void measure(DimensionImportance& result, const Dimension& dimension, const std::vector<Sample>& samples) {
  if (samples.size() < 3) return;
  const std::vector<double> ranks = mean_ranks(samples);
  std::size_t freedom = 1;
  if (dimension.scale == Scale::choice) {
    const auto [share, choices] = correlation_ratio(samples, ranks);
    result.share = share;
    freedom = choices - 1;
  } else {
    std::vector<double> places;
    for (const Sample& sample : samples) places.push_back(coordinate_of(dimension, sample.value));
    const double rho = rank_correlation(places, ranks);
    result.share = rho * rho;
  }
  if (std::isnan(result.share)) return;
  result.share = std::clamp(result.share, 0.0, 1.0);
  result.chance = static_cast<double>(freedom) / static_cast<double>(samples.size() - 1);
}

/// Larger for what tells more; unknown is least.
double excess(const DimensionImportance& dimension) {
  return std::isnan(dimension.share) ? -infinite : dimension.share - dimension.chance;
}

}  // namespace

std::vector<DimensionImportance> importance_of(const SearchSpace& space, const std::vector<TrialRecord>& trials,
                                               const std::vector<EpochRecord>& epochs, std::size_t first_rung_epoch) {
  const std::vector<Compared> compared = compared_trials(trials, epochs, first_rung_epoch);
  std::vector<DimensionImportance> all;
  for (const Dimension& dimension : space.dimensions) {
    std::vector<Sample> samples;
    for (const Compared& c : compared) {
      for (const auto& [key, value] : c.trial->configuration) {
        if (key == dimension.key) samples.push_back({value, c.score});
      }
    }
    all.push_back({dimension.key, samples.size()});
    measure(all.back(), dimension, samples);
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return excess(a) > excess(b); });
  return all;
}

}  // namespace vdn::search
