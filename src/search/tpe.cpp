#include <vdn/search/tpe.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <vdn/search/sampler.hpp>

namespace vdn::search {
namespace {

constexpr double good_share = 0.25;
constexpr std::uint64_t candidates = 64;
constexpr double not_used = std::numeric_limits<double>::quiet_NaN();

double place_of(const Dimension& dimension, const Configuration& configuration) {
  const auto found = std::find_if(configuration.begin(), configuration.end(),
                                  [&](const auto& setting) { return setting.first == dimension.key; });
  return found == configuration.end() ? not_used : coordinate_of(dimension, found->second);
}

double width_of(std::size_t trials) {
  return std::max(0.1, 0.25 * std::pow(static_cast<double>(trials), -0.2));
}

double normal_density(double distance, double width) {
  const double z = distance / width;
  return std::exp(-0.5 * z * z) / (width * std::sqrt(2.0 * std::numbers::pi));
}

bool same_place(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

}  // namespace

ParzenModel::ParzenModel(const SearchSpace& space, const std::vector<Configuration>& trials) : space_(space) {
  const auto wanted = static_cast<std::size_t>(std::ceil(good_share * static_cast<double>(trials.size())));
  const std::size_t good = std::min(std::max<std::size_t>(2, wanted), trials.size());
  good_ = group_of(space, trials, 0, good);
  rest_ = group_of(space, trials, good, trials.size());
}

ParzenModel::Group ParzenModel::group_of(const SearchSpace& space, const std::vector<Configuration>& trials,
                                         std::size_t from, std::size_t end) {
  Group group;
  for (const Dimension& dimension : space.dimensions) {
    std::vector<double>& places = group.places.emplace_back();
    for (std::size_t i = from; i < end; ++i) places.push_back(place_of(dimension, trials[i]));
  }
  return group;
}

double ParzenModel::Group::log_density(const Dimension& dimension, std::size_t d, double place) const {
  const std::vector<double>& known = places[d];
  const auto n = static_cast<double>(known.size());
  const auto alike = static_cast<double>(
      std::count_if(known.begin(), known.end(), [&](double other) { return same_place(place, other); }));
  if (dimension.scale == Scale::choice) {
    const auto values = static_cast<double>(dimension.choices.size() + (dimension.when ? 1 : 0));
    return std::log((1.0 + alike) / (values + n));
  }
  if (std::isnan(place)) return std::log((1.0 + alike) / (1.0 + n));
  double sum = 1.0;
  for (const double other : known) {
    if (!std::isnan(other)) sum += normal_density(place - other, width_of(known.size()));
  }
  return std::log(sum / (1.0 + n));
}

double ParzenModel::log_ratio(const Configuration& configuration) const {
  double ratio = 0.0;
  for (std::size_t d = 0; d < space_.dimensions.size(); ++d) {
    const Dimension& dimension = space_.dimensions[d];
    const double place = place_of(dimension, configuration);
    ratio += good_.log_density(dimension, d, place) - rest_.log_density(dimension, d, place);
  }
  return ratio;
}

Configuration tpe_configuration(const SearchSpace& space, const std::vector<Configuration>& known, std::uint64_t seed,
                                std::uint64_t number) {
  const ParzenModel model(space, known);
  Configuration best;
  double highest = -std::numeric_limits<double>::infinity();
  for (std::uint64_t k = 0; k < candidates; ++k) {
    const Configuration candidate =
        configuration_at(space, unit_point(Sampler::random, seed, number * candidates + k, space.dimensions.size()));
    const double ratio = model.log_ratio(candidate);
    if (ratio <= highest) continue;
    highest = ratio;
    best = candidate;
  }
  return best;
}

}  // namespace vdn::search
