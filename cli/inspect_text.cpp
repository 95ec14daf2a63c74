#include "inspect_text.hpp"

#include <algorithm>
#include <cmath>

namespace vdn::cli {
namespace {

constexpr std::size_t most_listed = 40, name_width = 20;

std::string value_text(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.4g}", value);
}

/// ".57".
std::string strength_text(double strength) {
  const std::string text = fmt::format("{:.2f}", strength);
  return text.starts_with("0.") ? text.substr(1) : text;
}

std::string joined(const std::vector<std::string>& parts, const char* between) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : between) + part;
  return text;
}

/// At most `limit` characters (UTF-8), the last one an ellipsis when something is cut.
std::string shortened(const std::string& text, std::size_t limit) {
  std::size_t characters = 0, last = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) continue;
    if (++characters == limit) last = at;
    if (characters > limit) return text.substr(0, last) + "\u2026";
  }
  return text;
}

bool full(const SeriesProfile& s, const SeriesSet& set) {
  return s.rows.begin == 0 && s.rows.end == set.length();
}

bool odd(const SeriesProfile& s, const SeriesSet& set) {
  return s.missing > 0 || !full(s, set) || !notable(s, set).empty();
}

std::vector<std::size_t> listed(const Inspection& found, bool all) {
  const SeriesSet& set = found.data.series;
  std::vector<std::size_t> which;
  for (std::size_t d = 0; d < set.count(); ++d) {
    if (all || set.count() <= most_listed || (odd(found.profile.series[d], set) && which.size() < most_listed)) {
      which.push_back(d);
    }
  }
  return which;
}

std::string table_text(const Inspection& found, const std::vector<std::size_t>& which) {
  const SeriesSet& set = found.data.series;
  const bool parts = std::any_of(which.begin(), which.end(), [&](std::size_t d) {
    return found.profile.series[d].observed > 0 && !full(found.profile.series[d], set);
  });
  std::vector<std::vector<std::string>> rows{
      {"SERIES", "VALUES", "MISSING", "LOW", "MEDIAN", "HIGH", "MOST REPEATED", "CONSTANT", "SEASONS"}};
  if (parts) rows.front().insert(rows.front().begin() + 2, {"FROM", "TO"});
  for (const std::size_t d : which) {
    const SeriesProfile& s = found.profile.series[d];
    std::vector<std::string> seasons;
    for (const Season& season : s.seasons) {
      seasons.push_back(fmt::format("{} {}", season.rows, strength_text(season.strength)));
    }
    std::vector<std::string> row{
        shortened(set.names[d], name_width),
        grouped(s.observed),
        s.missing == 0 ? "-" : grouped(s.missing),
        value_text(s.low),
        value_text(s.median),
        value_text(s.high),
        s.atom_count < 2 ? "-" : fmt::format("{} {:.1f}%", value_text(s.atom), 100 * s.atom_share()),
        s.constant.rows < 2 ? "-" : fmt::format("{} rows", grouped(s.constant.rows)),
        seasons.empty() ? "none" : joined(seasons, ", ")};
    if (parts) {
      const bool any = s.observed > 0;
      row.insert(row.begin() + 2, {any ? format_time(set.times[s.rows.begin], set.step) : "-",
                                   any ? format_time(set.times[s.rows.end - 1], set.step) : "-"});
    }
    rows.push_back(std::move(row));
  }
  const std::size_t more = parts ? 2 : 0;  // figures stand right, words left
  std::vector<bool> right(rows.front().size(), false);
  for (const std::size_t column : {std::size_t{1}, 2 + more, 3 + more, 4 + more, 5 + more}) right[column] = true;
  return columns(rows, right);
}

/// "notable  ORD: 21% are 0; DFW: ...", in lines of 100 columns.
std::string notable_text(const Inspection& found, const std::vector<std::size_t>& which) {
  constexpr std::size_t line_width = 100, indent = 9;
  std::string text;
  std::size_t column = 0;
  for (const std::size_t d : which) {
    const std::string words = joined(notable(found.profile.series[d], found.data.series), ", ");
    if (words.empty()) continue;
    const std::string part = shortened(found.data.series.names[d], name_width) + ": " + words;
    if (column + part.size() + 2 > line_width) {
      text += ";\n" + std::string(indent, ' ') + part;
      column = indent + part.size();
    } else {
      text += (text.empty() ? "notable  " : "; ") + part;
      column += (column == 0 ? indent : 2) + part.size();
    }
  }
  return text.empty() ? "" : text + "\n";
}

std::string seasons_text(const DataProfile& profile, const SeriesSet& set) {
  constexpr std::size_t most = 5;
  std::vector<std::string> parts;
  for (const CommonSeason& s : profile.seasons) {
    if (parts.size() == most) break;
    parts.push_back(fmt::format("{} in {} of {} series", describe_season(s.rows, set.step), grouped(s.series),
                                grouped(set.count())));
  }
  const std::size_t more = profile.seasons.size() - parts.size();
  return parts.empty() ? "none"
                       : joined(parts, "\n         ") + (more > 0 ? fmt::format("\n         and {} more", more) : "");
}

std::string missing_text(const DataProfile& profile) {
  std::size_t series = 0, values = 0, longest = 0, empty = 0;
  for (const SeriesProfile& s : profile.series) {
    empty += s.observed == 0 ? 1 : 0;
    series += s.missing > 0 ? 1 : 0;
    values += s.missing;
    longest = std::max(longest, s.longest_missing);
  }
  std::vector<std::string> parts;
  if (empty > 0)
    parts.push_back(fmt::format("all values of {} of {} series", grouped(empty), grouped(profile.series.size())));
  if (values > 0) {
    parts.push_back(fmt::format("{} in {} of {} series, at most {} side by side", counted(values, "value"),
                                grouped(series), grouped(profile.series.size()), grouped(longest)));
  }
  return parts.empty() ? "none" : joined(parts, "; ");
}

std::string times_text(const TimeAxisReport& axis) {
  if (axis.regular()) return "regular";
  std::vector<std::string> parts;
  const auto add = [&](std::size_t count, const char* noun) {
    if (count > 0) parts.push_back(counted(count, noun));
  };
  add(axis.gaps, "gap");
  add(axis.duplicates, "duplicate time");
  add(axis.unsorted, "step back in time");
  add(axis.irregular, "short step");
  return joined(parts, ", ");
}

std::string fit_text(const Inspection& found, const std::string& argument) {
  const Settings& s = found.advice.job.settings;
  std::string text = fmt::format("fit      horizon {}, look-back {} ({}), preset {}, {}\n", s.horizon, s.lookback,
                                 lookback_reason(found.advice), found.advice.job.preset,
                                 counted(found.advice.training_rows, "training row"));
  if (!found.advice.plan) return text + "         is refused: " + found.advice.refusal + "\n";
  const FitPlan& plan = *found.advice.plan;
  text += fmt::format("         about {} of memory, {}, {} an epoch of {} windows each\n", describe_bytes(plan.memory),
                      counted(plan.parameters, "parameter"), counted(plan.steps_per_epoch, "step"), s.batch);
  if (argument == "-") return text;
  return text + fmt::format("next     vdn init {} --horizon {}\n", argument, s.horizon);
}

Json number_json(double value) {
  return std::isnan(value) ? Json(nullptr) : Json(value);
}

Json series_json(const SeriesProfile& s, const std::string& name, const SeriesSet& set) {
  const bool any = s.observed > 0;
  Json seasons = Json::array();
  for (const Season& season : s.seasons) seasons.push_back({{"rows", season.rows}, {"strength", season.strength}});
  return {
      {"name", name},
      {"values", s.observed},
      {"rows", {{"begin", s.rows.begin}, {"end", s.rows.end}}},
      {"first", any ? Json(format_time(set.times[s.rows.begin], set.step)) : Json(nullptr)},
      {"last", any ? Json(format_time(set.times[s.rows.end - 1], set.step)) : Json(nullptr)},
      {"missing", s.missing},
      {"longest_missing", s.longest_missing},
      {"low", number_json(s.low)},
      {"median", number_json(s.median)},
      {"high", number_json(s.high)},
      {"mean", number_json(s.mean)},
      {"deviation", number_json(s.deviation)},
      {"most_repeated", {{"value", number_json(s.atom)}, {"count", s.atom_count}, {"share", s.atom_share()}}},
      {"longest_constant",
       {{"row", s.constant.row}, {"rows", s.constant.rows}, {"value", any ? Json(s.constant.value) : Json(nullptr)}}},
      {"suspected_mark", s.mark.count == 0 ? Json(nullptr) : Json{{"value", s.mark.value}, {"count", s.mark.count}}},
      {"seasons", seasons},
      {"notable", notable(s, set)}};
}

Json fit_json(const FitAdvice& advice) {
  const Settings& s = advice.job.settings;
  Json json{{"preset", advice.job.preset},
            {"split", split_name(advice.job.split)},
            {"training_rows", advice.training_rows},
            {"horizon", s.horizon},
            {"lookback", s.lookback},
            {"season", advice.season},
            {"moving_average", s.moving_average},
            {"batch", s.batch},
            {"memory", nullptr},
            {"parameters", nullptr},
            {"steps_per_epoch", nullptr},
            {"refusal", nullptr}};
  if (advice.plan) {
    json["memory"] = advice.plan->memory;
    json["parameters"] = advice.plan->parameters;
    json["steps_per_epoch"] = advice.plan->steps_per_epoch;
  } else {
    json["refusal"] = advice.refusal;
  }
  return json;
}

}  // namespace

std::string lookback_reason(const FitAdvice& advice) {
  const std::size_t rows = advice.job.settings.lookback, season = advice.season;
  if (season == 0) return "no common season";
  if (rows < season) return fmt::format("not even one season of {} rows fits", season);
  return fmt::format("{} of {} rows", counted(rows / season, "season"), season);
}

std::string inspection_text(const Inspection& found, const std::string& argument, bool all) {
  const SeriesSet& set = found.data.series;
  const auto which = listed(found, all);
  std::string text = fmt::format(
      "{}: {} of {}, step {}, {} to {}\n", argument == "-" ? set.source : argument, counted(set.length(), "row"),
      set.count() == 1 ? "1 series" : grouped(set.count()) + " series", describe_step(set.step),
      format_time(set.times.front(), set.step), format_time(set.times.back(), set.step));
  text += fmt::format("times    {}\n", times_text(found.profile.axis));
  text += fmt::format("missing  {}\n", missing_text(found.profile));
  text += fmt::format("seasons  {}\n", seasons_text(found.profile, set));
  for (const std::string& note : found.notes) text += fmt::format("note     {}\n", note);
  if (!which.empty()) text += "\n" + table_text(found, which);
  if (which.empty()) {
    text += fmt::format("\nnone of {} series stands out; --all lists every one\n", grouped(set.count()));
  } else if (which.size() < set.count()) {
    text += fmt::format("{} of {} series, {}those that stand out; --all lists every one\n", which.size(),
                        grouped(set.count()), which.size() == most_listed ? "the first of " : "");
  }
  const std::string words = notable_text(found, which);
  return text + (words.empty() ? "" : "\n" + words) + "\n" + fit_text(found, argument);
}

Json inspection_json(const Inspection& found, const std::string& argument) {
  const SeriesSet& set = found.data.series;
  const TimeAxisReport& axis = found.profile.axis;
  Json series = Json::array(), seasons = Json::array();
  for (std::size_t d = 0; d < set.count(); ++d) {
    series.push_back(series_json(found.profile.series[d], set.names[d], set));
  }
  for (const CommonSeason& s : found.profile.seasons) {
    seasons.push_back({{"rows", s.rows}, {"series", s.series}, {"strength", s.strength}});
  }
  return {{"command", "inspect"},
          {"data", argument},
          {"rows", set.length()},
          {"step", describe_step(set.step)},
          {"first", format_time(set.times.front(), set.step)},
          {"last", format_time(set.times.back(), set.step)},
          {"times",
           {{"gaps", axis.gaps},
            {"duplicates", axis.duplicates},
            {"unsorted", axis.unsorted},
            {"irregular", axis.irregular}}},
          {"notes", found.notes},
          {"seasons", seasons},
          {"fit", fit_json(found.advice)},
          {"series", series}};
}

}  // namespace vdn::cli
