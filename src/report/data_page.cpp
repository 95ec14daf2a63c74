#include <vdn/report/data_page.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <vdn/report/html_page.hpp>
#include <vdn/report/sparkline.hpp>

namespace vdn {
namespace {

constexpr std::size_t most_rows = 2000;

std::string grouped(std::size_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string figure(double value) {
  return std::isnan(value) ? "" : fmt::format("{:.4g}", value);
}

std::string season_list(const std::vector<Season>& seasons) {
  std::string text;
  for (const Season& s : seasons) text += fmt::format("{}{} ({:.2f})", text.empty() ? "" : ", ", s.rows, s.strength);
  return text;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text;
}

HtmlTable series_table(const SeriesSet& set, const DataProfile& profile) {
  HtmlTable table;
  table.headings = {"series",  "first to last row", "seasons",         "low", "median", "high",
                    "missing", "most repeated",     "longest constant"};
  table.text_columns = 3;
  for (std::size_t d = 0; d < std::min(set.count(), most_rows); ++d) {
    const SeriesProfile& s = profile.series[d];
    table.rows.push_back({set.names[d], HtmlCell::picture(sparkline_svg(set.series(d), set.names[d])),
                          season_list(s.seasons), figure(s.low), figure(s.median), figure(s.high),
                          s.missing == 0 ? "" : grouped(s.missing),
                          s.atom_count > 1 ? fmt::format("{} ({:.1f}%)", figure(s.atom), 100 * s.atom_share()) : "",
                          s.constant.rows > 1 ? grouped(s.constant.rows) + " rows" : ""});
  }
  table.more = set.count() - table.rows.size();
  return table;
}

HtmlTable notable_table(const SeriesSet& set, const DataProfile& profile) {
  HtmlTable table{"", {"series", "what"}, {}, 2, 0};
  for (std::size_t d = 0; d < set.count(); ++d) {
    const auto words = notable(profile.series[d], set);
    if (words.empty()) continue;
    if (table.rows.size() == most_rows) {
      ++table.more;
    } else {
      table.rows.push_back({set.names[d], joined(words)});
    }
  }
  return table;
}

HtmlTable season_table(const SeriesSet& set, const DataProfile& profile) {
  HtmlTable table{"", {"season", "series", "median strength"}, {}, 1, 0};
  for (const CommonSeason& s : profile.seasons) {
    table.rows.push_back({describe_season(s.rows, set.step), fmt::format("{} of {}", s.series, set.count()),
                          fmt::format("{:.2f}", s.strength)});
  }
  return table;
}

void add_fit(HtmlPage& page, const FitAdvice& advice) {
  const Settings& s = advice.job.settings;
  page.section("A fit").paragraph(
      fmt::format("With {} training rows and a horizon of {} rows, preset {}: what vdn init writes into a settings "
                  "file.",
                  grouped(advice.training_rows), s.horizon, advice.job.preset));
  if (!advice.plan) {
    page.note("Such a fit is refused: " + advice.refusal, HtmlNote::warning);
    return;
  }
  page.facts({{"look-back", fmt::format("{} rows", s.lookback),
               advice.season > 0 ? fmt::format("{} seasons of {} rows", s.lookback / advice.season, advice.season)
                                 : "no common season"},
              {"memory", describe_bytes(advice.plan->memory), fmt::format("{} windows a step", s.batch)},
              {"parameters", grouped(advice.plan->parameters), ""},
              {"steps an epoch", fmt::format("{}", advice.plan->steps_per_epoch),
               fmt::format("at most {} epochs", s.epochs)}});
}

}  // namespace

std::string data_page_html(const LoadedData& data, const DataProfile& profile, const FitAdvice& advice,
                           const std::vector<std::string>& notes) {
  const SeriesSet& set = data.series;
  const std::string name = data.set ? std::string(data.set->name) : set.source;
  HtmlPage page(name, fmt::format("{} rows of {} series, step {}, {} to {}", grouped(set.length()),
                                  grouped(set.count()), describe_step(set.step),
                                  format_time(set.times.front(), set.step), format_time(set.times.back(), set.step)));
  if (!notes.empty()) page.section("Notes");
  for (const std::string& note : notes) page.note(note, HtmlNote::warning);
  page.section("Series").paragraph(
      "Values in the units of the table. Seasons in rows, with their strength: the share of the variance that repeats, "
      "once trend and shorter seasons are taken out.");
  page.table(series_table(set, profile));
  if (const HtmlTable table = notable_table(set, profile); !table.rows.empty()) {
    page.section("Worth a look").table(table);
  }
  page.section("Seasons");
  if (profile.seasons.empty()) {
    page.paragraph("No series repeats itself.");
  } else {
    page.table(season_table(set, profile));
  }
  add_fit(page, advice);
  return page.html("vdn inspect " + name);
}

}  // namespace vdn
