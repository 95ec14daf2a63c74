#include <vdn/report/prediction_json.hpp>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace vdn {
namespace {

using Json = nlohmann::ordered_json;

/// H numbers, `stride` apart; what is not finite is written as null.
template <class Number>
Json list_of(const Number* first, std::size_t count, std::size_t stride = 1) {
  Json list = Json::array();
  for (std::size_t h = 0; h < count; ++h) list.push_back(first[h * stride]);
  return list;
}

Json times_of(const Prediction& p, std::size_t d) {
  Json times = Json::array();
  for (std::size_t h = 0; h < p.horizon; ++h) times.push_back(format_time(p.times[d * p.horizon + h], p.step));
  return times;
}

Json series_of(const Prediction& p, std::size_t d) {
  const std::size_t H = p.horizon, Q = p.levels.size();
  Json quantiles = Json::object();
  for (std::size_t q = 0; q < Q; ++q) {
    quantiles[fmt::format("{}", p.levels[q])] = list_of(p.quantiles.data() + d * H * Q + q, H, Q);
  }
  Json series{{"unique_id", p.series[d]},
              {"cutoff", format_time(p.last_seen[d], p.step)},
              {"ds", times_of(p, d)},
              {"mean", list_of(p.mean.data() + d * H, H)},
              {"var_within", list_of(p.within_variance.data() + d * H, H)},
              {"var_latent", list_of(p.latent_variance.data() + d * H, H)},
              {"quantiles", quantiles},
              {"draws", p.draws[d]}};
  if (p.paths == 0) return series;
  Json paths = Json::array();
  const std::size_t own = p.chosen_draws ? p.draws[d] : p.paths;
  for (std::size_t n = 0; n < own; ++n) paths.push_back(list_of(p.paths_of(d).row(n).data(), H));
  series["paths"] = paths;
  return series;
}

}  // namespace

std::string prediction_json(const Prediction& p) {
  Json series = Json::array();
  for (std::size_t d = 0; d < p.series.size(); ++d) series.push_back(series_of(p, d));
  const Json document{{"ds", p.aligned() ? times_of(p, p.first_forecast()) : Json(nullptr)}, {"series", series}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace vdn
