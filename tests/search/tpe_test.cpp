#include <vdn/search/tpe.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <numeric>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <vdn/search/sampler.hpp>

#include "support/support.hpp"

namespace vdn::search {
namespace {

SearchSpace small_space() {
  SearchSpace space;
  space.dimensions = {
      {.key = "head.dropout", .low = 0, .high = 1},
      {.key = "train.objective", .scale = Scale::choice, .choices = {"joint", "mixed"}},
      {.key = "neuron.beta", .low = 0, .high = 1, .when = Dimension::Condition{"train.objective", {"joint"}}}};
  return space;
}

TEST(ParzenModel, HasTheRatioOfItsFormula) {
  const SearchSpace space = small_space();
  // The best quarter of eight: the first two.
  std::vector<Configuration> trials{{{"head.dropout", "0.2"}, {"train.objective", "mixed"}},
                                    {{"head.dropout", "0.4"}, {"train.objective", "mixed"}}};
  for (int i = 0; i < 6; ++i) {
    trials.push_back({{"head.dropout", "0.9"}, {"train.objective", "joint"}, {"neuron.beta", "0.5"}});
  }
  const auto normal = [](double distance, double width) {
    return std::exp(-.5 * distance * distance / (width * width)) / (width * std::sqrt(2 * 3.14159265358979));
  };
  const double h2 = std::max(.1, .25 * std::pow(2, -.2)), h6 = std::max(.1, .25 * std::pow(6, -.2));
  const double dropout = std::log((1 + normal(.1, h2) + normal(.1, h2)) / 3) - std::log((1 + 6 * normal(.6, h6)) / 7);
  const double objective = std::log(3.0 / 4) - std::log(1.0 / 8);
  const double beta =
      std::log(3.0 / 3) - std::log(1.0 / 7);  // does not apply: in both of the good, in none of the rest
  const ParzenModel model(space, trials);
  EXPECT_NEAR(model.log_ratio({{"head.dropout", "0.3"}, {"train.objective", "mixed"}}), dropout + objective + beta,
              1e-9);
  EXPECT_LT(model.log_ratio({{"head.dropout", "0.9"}, {"train.objective", "joint"}, {"neuron.beta", "0.5"}}), 0.0);
}

TEST(Tpe, GoesWhereTheGoodOnesAreAndDependsOnSeedAndNumberAlone) {
  const SearchSpace space = small_space();
  std::vector<Configuration> known;
  for (std::uint64_t k = 1; k <= 40; ++k) known.push_back(sample_configuration(space, Sampler::random, 3, k));
  const auto dropout = [](const Configuration& c) { return std::stod(c.front().second); };
  std::sort(known.begin(), known.end(),
            [&](const auto& a, const auto& b) { return std::abs(dropout(a) - .7) < std::abs(dropout(b) - .7); });
  double distance = 0;
  for (std::uint64_t number = 41; number < 61; ++number) {
    const Configuration next = sample_configuration(space, Sampler::tpe, 1, number, known);
    EXPECT_EQ(next, sample_configuration(space, Sampler::tpe, 1, number, known));
    distance += std::abs(dropout(next) - .7) / 20;
  }
  EXPECT_LT(distance, .12);  // of random points .29
}

TEST(Tpe, BeginsWithSobolPoints) {
  const SearchSpace space = small_space();
  const std::vector<Configuration> few(least_known_trials - 1, Configuration{{"head.dropout", "0.5"}});
  EXPECT_EQ(sample_configuration(space, Sampler::tpe, 1, 5, few), sample_configuration(space, Sampler::sobol, 1, 5));
  EXPECT_TRUE(sample_configuration(space, Sampler::tpe, 1, 0).empty());
}

// ---- the sampler earns its place on recorded trials

struct Recorded {
  std::vector<Configuration> configurations;
  std::vector<double> ranks;  ///< by score, 0 the best
};

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream text(line);
  for (std::string field; std::getline(text, field, ',');) fields.push_back(field);
  return fields;
}

/// What `vdn autopilot show --csv` wrote: trials of the search but number 0.
Recorded recorded_trials(const std::string& name) {
  std::ifstream file(test::source_folder() / "tests/search/recorded" / (name + ".csv"));
  std::string line;
  EXPECT_TRUE(std::getline(file, line)) << name;
  const std::vector<std::string> heads = fields_of(line);
  const auto first_key = std::find(heads.begin(), heads.end(), "kl") + 1;
  Recorded table;
  std::vector<double> scores;
  while (std::getline(file, line)) {
    const std::vector<std::string> fields = fields_of(line);
    if (fields[2] != "search" || fields[0] == "0") continue;
    Configuration configuration;
    for (auto key = first_key; key != heads.end(); ++key) {
      const auto at = static_cast<std::size_t>(key - heads.begin());
      if (at < fields.size() && !fields[at].empty()) configuration.emplace_back(*key, fields[at]);
    }
    table.configurations.push_back(configuration);
    scores.push_back(std::stod(fields[7]));
  }
  for (const double score : scores) {
    table.ranks.push_back(
        static_cast<double>(std::count_if(scores.begin(), scores.end(), [&](double other) { return other < score; })));
  }
  return table;
}

/// The space of the recorded trials: before components were Student's t.
SearchSpace recorded_space() {
  SearchSpace space = preset_space("default");
  std::erase_if(space.dimensions, [](const Dimension& d) { return d.key == "head.tail"; });
  for (Dimension& d : space.dimensions) {
    if (d.key == "head.components") d.choices = {"4", "8", "16"};
  }
  return space;
}

/// Rank of the best of `budget` trials of the table, the first `least_known_trials` in a random order, the others as
/// the sampler chooses among those that are left.
double best_rank(const Recorded& table, std::size_t budget, bool learn, unsigned seed) {
  const SearchSpace space = recorded_space();
  std::vector<std::size_t> rest(table.ranks.size());
  std::iota(rest.begin(), rest.end(), 0);
  std::mt19937 random(seed);
  std::shuffle(rest.begin(), rest.end(), random);
  std::vector<std::size_t> seen(rest.end() - least_known_trials, rest.end());
  rest.resize(rest.size() - least_known_trials);
  while (seen.size() < budget) {
    std::sort(seen.begin(), seen.end(), [&](std::size_t a, std::size_t b) { return table.ranks[a] < table.ranks[b]; });
    std::vector<Configuration> known;
    for (const std::size_t i : seen) known.push_back(table.configurations[i]);
    const ParzenModel model(space, known);
    auto next = rest.end() - 1;
    if (learn) {
      next = std::max_element(rest.begin(), rest.end(), [&](std::size_t a, std::size_t b) {
        return model.log_ratio(table.configurations[a]) < model.log_ratio(table.configurations[b]);
      });
    }
    seen.push_back(*next);
    rest.erase(next);
  }
  double best = table.ranks[seen.front()];
  for (const std::size_t i : seen) best = std::min(best, table.ranks[i]);
  return best;
}

TEST(Tpe, BeatsRandomTrialsOnRecordedOnes) {
  for (const char* name : {"etth1-96", "exchange-96"}) {
    const Recorded table = recorded_trials(name);
    ASSERT_GE(table.ranks.size(), 100u) << name;
    constexpr unsigned turns = 60;
    double learned = 0, drawn = 0;
    for (unsigned seed = 0; seed < turns; ++seed) {
      learned += best_rank(table, 24, true, seed) / turns;
      drawn += best_rank(table, 24, false, seed) / turns;
    }
    EXPECT_LT(learned, drawn) << name;
    RecordProperty(std::string(name) + " tpe", std::to_string(learned));
    RecordProperty(std::string(name) + " random", std::to_string(drawn));
    std::printf("%s: rank of the best of 24, tpe %.2f, random %.2f\n", name, learned, drawn);
  }
}

}  // namespace
}  // namespace vdn::search
