#include <vdn/search/study_page.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include <vdn/report/html_page.hpp>
#include <vdn/report/line_chart.hpp>
#include <vdn/search/importance.hpp>

#include "report/run_sections.hpp"
#include "search/front_chart.hpp"
#include "search/parallel_coordinates.hpp"

namespace vdn::search {
namespace {

using report::AxisRange;
using report::grouped;
using report::number;
using report::percent_text;

constexpr std::size_t most_rows = 500;  // of a table
constexpr std::size_t best_curves = 3;  // in colours of their own
constexpr const char* plus_minus = " \xC2\xB1 ";

/// What the sections are made of.
struct Findings {
  const StudyView& view;
  std::vector<TrialRecord> search, finals;
  std::map<std::string, std::string> defaults;  ///< of the settings as they are, by key; empty where they are not known
  std::vector<Finalist> finalists;
  std::optional<std::size_t> pick;    ///< of the finalists
  std::optional<TrialRecord> leader;  ///< the best of the search

  std::optional<std::uint64_t> picked() const { return pick ? std::optional(finalists[*pick].number) : std::nullopt; }
  std::size_t first_rung() const { return view.definition.rungs.empty() ? 1 : view.definition.rungs.front(); }
};

/// A stored definition may name what this version does not know.
std::map<std::string, std::string> default_texts(const StudyDefinition& definition) {
  std::map<std::string, std::string> texts;
  try {
    const Settings settings = base_settings(definition);
    for (const auto& parameter : settings_table().parameters()) texts[parameter.name] = parameter.print(settings);
  } catch (const Error&) {
    texts.clear();
  }
  return texts;
}

Findings findings_of(const StudyView& view) {
  const auto& objectives = view.definition.objectives;
  Findings found{view, {}, {}, default_texts(view.definition), finalists_of(view.trials, objectives), {}, {}};
  for (const TrialRecord& trial : view.trials) (trial.final_stage ? found.finals : found.search).push_back(trial);
  std::erase_if(found.finalists, [](const Finalist& f) { return f.seeds == 0; });
  if (!found.finalists.empty()) {
    found.pick = pick_of(found.finalists, objectives, objectives.empty() ? Pick::best : Pick::knee);
  }
  for (const TrialRecord& trial : found.search) {
    if (!AxisRange::shown(trial.score) || trial.state == TrialState::failed) continue;
    if (!found.leader || better_trial(trial, *found.leader)) found.leader = trial;
  }
  return found;
}

std::string score_text(double score) {
  if (!std::isfinite(score)) return "-";
  return std::abs(score) < 1000 ? fmt::format("{:.4f}", score) : fmt::format("{:.4g}", score);
}

std::string figure_text(double value) {
  return std::isfinite(value) ? fmt::format("{:.4g}", value) : "-";
}

/// "42 s", "12 min", "3.1 h"
std::string time_text(double seconds) {
  if (seconds < 100) return fmt::format("{:.3g} s", seconds);
  return seconds < 6000 ? fmt::format("{:.0f} min", seconds / 60) : fmt::format("{:.1f} h", seconds / 3600);
}

std::string configuration_text(const Configuration& configuration) {
  std::string text;
  for (const auto& [key, value] : configuration) text += fmt::format("{}{}={}", text.empty() ? "" : ", ", key, value);
  return text;
}

template <class Values, class Print>
std::string joined(const Values& values, Print&& print, const char* between = ", ") {
  std::string text;
  for (const auto& value : values) text += (text.empty() ? "" : between) + std::string(print(value));
  return text;
}

const Finalist* finalist_of(const Findings& found, std::uint64_t number) {
  for (const Finalist& f : found.finalists) {
    if (f.number == number) return &f;
  }
  return nullptr;
}

std::string spread_text(const Finalist& f) {
  return f.seeds > 1 ? score_text(f.score) + plus_minus + score_text(f.score_deviation) : score_text(f.score);
}

std::size_t count_of(const std::vector<TrialRecord>& trials, TrialState state) {
  return static_cast<std::size_t>(
      std::count_if(trials.begin(), trials.end(), [&](const TrialRecord& trial) { return trial.state == state; }));
}

std::size_t ended_of(const std::vector<TrialRecord>& trials) {
  return static_cast<std::size_t>(
      std::count_if(trials.begin(), trials.end(), [](const TrialRecord& trial) { return ended(trial.state); }));
}

// At a glance

std::vector<HtmlFact> count_facts(const Findings& found) {
  const StudyDefinition& d = found.view.definition;
  double seconds = 0.0;
  for (const TrialRecord& trial : found.view.trials) seconds += std::isfinite(trial.seconds) ? trial.seconds : 0.0;
  std::vector<HtmlFact> facts{
      {"trials", grouped(found.search.size()),
       d.trials > 0 ? fmt::format("of {}", grouped(d.trials)) : std::string("as many as the time allows")}};
  for (const TrialState state : {TrialState::finished, TrialState::dropped, TrialState::pruned, TrialState::failed}) {
    facts.push_back({state_name(state), grouped(count_of(found.search, state)), ""});
  }
  const std::size_t open = found.search.size() - ended_of(found.search);
  if (open > 0) {
    facts.push_back(
        {"under way", grouped(open), fmt::format("{} train now", count_of(found.search, TrialState::running))});
  }
  facts.push_back({"final fits", grouped(count_of(found.finals, TrialState::finished)),
                   found.finals.empty() ? "" : fmt::format("of {}", grouped(found.finals.size()))});
  facts.push_back({"training time", time_text(seconds), d.seconds > 0 ? "of " + time_text(d.seconds) : ""});
  return facts;
}

std::vector<HtmlFact> pick_facts(const Findings& found) {
  if (!found.pick) {
    if (!found.leader) return {{"the pick", "none yet", ""}};
    return {{"the pick", "none yet", ""},
            {"best of the search", score_text(found.leader->score), fmt::format("number {}", found.leader->number)}};
  }
  const Finalist& pick = found.finalists[*found.pick];
  const Finalist* as_is = finalist_of(found, 0);
  return {{"the pick", fmt::format("number {}", pick.number), pick.number == 0 ? "the settings as they are" : ""},
          {"its validation score", score_text(pick.score),
           as_is && pick.number != 0 ? "number 0: " + score_text(as_is->score) : ""}};
}

/// The pick against number 0, beside what seeds do to either.
std::string verdict(const Finalist& pick, const Finalist& as_is) {
  const double gain = std::abs(as_is.score - pick.score),
               spread = std::max(pick.score_deviation, as_is.score_deviation);
  if (!std::isfinite(gain)) return "One of the pick and number 0 has no score.";
  std::string text =
      fmt::format("Number {} has a validation score of {}, the settings as they are one of {} (lower is better).",
                  pick.number, spread_text(pick), spread_text(as_is));
  if (pick.seeds < 2 || as_is.seeds < 2) return text + " With one seed each nothing can be said of their spread.";
  return text + (gain > 2 * spread ? " The difference is more than twice what seeds differ by."
                                   : " Their seeds differ by about as much: the difference may be luck.");
}

void add_glance(HtmlPage& page, const Findings& found) {
  page.section("At a glance");
  std::vector<HtmlFact> facts = pick_facts(found);
  for (HtmlFact& fact : count_facts(found)) facts.push_back(std::move(fact));
  page.facts(facts);
  if (found.search.empty()) page.note("No trial has begun.");
  const std::size_t failed = count_of(found.search, TrialState::failed);
  if (failed > 0 && 2 * failed >= found.search.size()) {
    page.note(fmt::format("{} of {} trials failed; why stands under Ended early.", failed, found.search.size()),
              HtmlNote::warning);
  }
  if (!found.pick) return;
  const Finalist& pick = found.finalists[*found.pick];
  const Finalist* as_is = finalist_of(found, 0);
  const bool over = ended_of(found.finals) == found.finals.size() && found.finalists.size() > 1;
  if (pick.number == 0 && over && found.view.definition.objectives.empty()) {
    page.note("No finalist came out ahead of the settings as they are.");
  } else if (pick.number != 0 && as_is) {
    page.note(verdict(pick, *as_is));
  }
}

// The pick

HtmlTable settings_table_of(const Findings& found, const Configuration& configuration, const std::string& name) {
  HtmlTable table{"What differs from the settings as they are.", {"setting", name, "as they are"}, {}, 3};
  for (const auto& [key, value] : configuration) {
    const auto known = found.defaults.find(key);
    if (known != found.defaults.end() && known->second == value) continue;
    table.rows.push_back({key, value, known == found.defaults.end() ? "-" : known->second});
  }
  return table;
}

std::string finalist_name(const Findings& found, const Finalist& f) {
  std::string name = std::to_string(f.number);
  if (f.number == 0) name += ", as they are";
  if (found.picked() == f.number) name += ", the pick";
  return f.valid ? name : name + ", not valid";
}

HtmlTable finalist_table(const Findings& found) {
  HtmlTable table{
      "Means over seeds the search never used, the score with its deviation; the lowest of a column in bold. "
      "Calibration: mean distance of the 80 and 90% intervals from nominal. Robustness: what noise in the context adds "
      "to the CRPS. On the front: none of the others is at least as good in everything and better in something.",
      {"number", "seeds", "validation score", "CRPS", "calibration", "robustness", "seconds", "parameters", "front"},
      {}};
  const auto lowest = [&](double Finalist::*figure, double value) {
    return std::all_of(found.finalists.begin(), found.finalists.end(),
                       [&](const Finalist& f) { return !(f.*figure < value); });
  };
  const auto cell = [&](const Finalist& f, double Finalist::*figure, const std::string& text) {
    return HtmlCell(text, found.finalists.size() > 1 && std::isfinite(f.*figure) && lowest(figure, f.*figure));
  };
  std::vector<Finalist> sorted = found.finalists;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Finalist& a, const Finalist& b) { return a.score < b.score; });
  for (const Finalist& f : sorted) {
    table.rows.push_back(
        {finalist_name(found, f), std::to_string(f.seeds), cell(f, &Finalist::score, spread_text(f)),
         cell(f, &Finalist::crps, score_text(f.crps)), cell(f, &Finalist::calibration, score_text(f.calibration)),
         cell(f, &Finalist::robustness, score_text(f.robustness)), cell(f, &Finalist::seconds, figure_text(f.seconds)),
         grouped(f.parameters), f.on_front ? "yes" : "no"});
  }
  return table;
}

std::string pick_rule(const StudyDefinition& definition) {
  if (definition.objectives.empty()) {
    return "Picked is the finalist of the lowest score, among those whose fits were valid and cost the least penalty.";
  }
  return "Picked is the knee of the front over " + joined(definition.objectives, objective_name) +
         ": the finalist nearest to the best in all of them.";
}

void add_pick(HtmlPage& page, const Findings& found) {
  page.section("The pick");
  const std::size_t done = ended_of(found.finals), lost = done - count_of(found.finals, TrialState::finished);
  if (found.finals.empty()) {
    page.note("The final stage has not begun: the best trials and number 0 are still to be fitted with fresh seeds.");
  } else if (done < found.finals.size()) {
    page.note(fmt::format("{} of {} final fits have ended; the pick may change.", done, found.finals.size()));
  }
  if (lost > 0) {
    page.note(fmt::format("{} final fit{} did not reach {} end; configurations with such fits are left out.", lost,
                          lost == 1 ? "" : "s", lost == 1 ? "its" : "their"),
              HtmlNote::warning);
  }
  if (found.pick) {
    const Finalist& pick = found.finalists[*found.pick];
    page.paragraph(pick_rule(found.view.definition) +
                   (pick.number == 0 ? " That is number 0, the settings as they are." : ""));
    const HtmlTable table = settings_table_of(found, pick.configuration, fmt::format("number {}", pick.number));
    if (!table.rows.empty()) page.table(table);
    page.table(finalist_table(found));
  } else if (found.leader) {
    const std::uint64_t best = found.leader->number;
    page.paragraph(fmt::format("Best of the search so far: number {}{}, validation score {} after {} epochs.", best,
                               best == 0 ? ", the settings as they are" : "", score_text(found.leader->score),
                               found.leader->epochs));
    const HtmlTable table = settings_table_of(found, found.leader->configuration, fmt::format("number {}", best));
    if (!table.rows.empty()) page.table(table);
  }
}

void add_front(HtmlPage& page, const Findings& found) {
  page.section("Front");
  if (!found.pick) {
    page.paragraph("Finalists appear here when their fits are finished.");
    return;
  }
  const std::uint64_t pick = *found.picked();
  const auto legend = front_legend(found.finalists, pick);
  page.figures({{"Accuracy and cost", front_chart_svg(found.finalists, pick),
                 "Lower left is better, filled is on the front. Bars: deviation over seeds. Dashed: the best score "
                 "that so many seconds buy. "
                 "The front counts all objectives of the study, of which two are seen here.",
                 legend},
                {"Accuracy and calibration", calibration_chart_svg(found.finalists, pick),
                 "Across: mean distance of the 80 and 90% intervals from what they should cover.", legend}});
}

// Trials

/// What number 0 has of the space: its values may lie beyond it.
Configuration defaults_in(const Findings& found) {
  Configuration values;
  const auto text = [&](const std::string& key) {
    const auto known = found.defaults.find(key);
    return known == found.defaults.end() ? std::string() : known->second;
  };
  for (const Dimension& dimension : found.view.definition.space.dimensions) {
    const auto& when = dimension.when;
    const bool applies =
        !when || std::find(when->values.begin(), when->values.end(), text(when->key)) != when->values.end();
    if (applies) values.emplace_back(dimension.key, text(dimension.key));
  }
  return values;
}

/// A column a dimension with what the trials have of it, to the right of what the table holds.
void add_settings(HtmlTable& table, const Findings& found, const std::vector<TrialRecord>& trials) {
  const SearchSpace& space = found.view.definition.space;
  const Configuration as_they_are = defaults_in(found);
  for (const Dimension& d : space.dimensions) table.headings.push_back(axis_name(space, d.key));
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const Configuration& values = trials[row].number == 0 ? as_they_are : trials[row].configuration;
    for (const Dimension& d : space.dimensions) {
      std::string value;
      for (const auto& [key, text] : values) value = key == d.key ? text : value;
      table.rows[row].push_back(value);
    }
  }
}

HtmlTable trial_table(const Findings& found, const std::vector<TrialRecord>& trials) {
  HtmlTable table{
      "Score: validation score of the best epoch so far. Outside: share of the neurons outside their band "
      "after epoch 2. Settings to the right.",
      {"number", "state", "score", "epochs", "seconds", "parameters", "outside"},
      {},
      2};
  for (const TrialRecord& t : trials) {
    if (table.rows.size() == most_rows) break;
    table.rows.push_back({std::to_string(t.number), state_name(t.state), score_text(t.score), std::to_string(t.epochs),
                          figure_text(t.seconds), grouped(t.parameters), percent_text(t.outside)});
  }
  table.more = trials.size() - table.rows.size();
  add_settings(table, found, trials);
  return table;
}

void add_trials(HtmlPage& page, const Findings& found) {
  page.section("Trials");
  if (found.search.empty()) {
    page.paragraph("None yet.");
    return;
  }
  const ParallelCoordinates chart{found.view.definition.space, found.search, defaults_in(found), found.picked()};
  HtmlFigure figure;
  figure.legend = fate_legend(chart);
  figure.wide = true;
  // On a phone it is moved sideways rather than made too small to read.
  figure.svg = "<div style=\"overflow-x:auto\"><div style=\"min-width:700px\">" + parallel_coordinates_svg(chart) +
               "</div></div>";
  figure.caption =
      "A line a trial, from setting to setting to its validation score (lower is better), that of its best epoch so "
      "far. "
      "Trials were trained for different numbers of epochs. A line below an axis: the setting does not apply, or lies "
      "beyond the space.";
  page.figures({figure});
  std::vector<TrialRecord> sorted = found.search;
  std::stable_sort(sorted.begin(), sorted.end(), better_trial);
  page.folded_table("Every trial, the best first", trial_table(found, sorted));
}

// Importance

/// A bar of the share, with a stroke where chance alone would end it.
std::string importance_bar(const DimensionImportance& dimension) {
  constexpr double width = 150;
  return fmt::format(
      "<svg class=\"vc k0\" width=\"150\" height=\"14\" viewBox=\"0 0 150 14\" aria-hidden=\"true\">"
      "<path class=\"g\" style=\"stroke-width:10\" d=\"M0 7h150\"/>"
      "<rect class=\"f\" y=\"2\" width=\"{}\" height=\"10\" opacity=\".75\"/><path "
      "style=\"stroke:var(--ink);stroke-width:1.5\" d=\"M{} 0v14\"/></svg>",
      number(width * dimension.share), number(width * std::min(1.0, dimension.chance)));
}

void add_importance(HtmlPage& page, const Findings& found) {
  page.section("Importance");
  const auto dimensions =
      importance_of(found.view.definition.space, found.search, found.view.epochs, found.first_rung());
  HtmlTable table{
      "Share: squared rank correlation with the score, for choices the correlation ratio of ranks. The "
      "stroke in a bar is what chance alone gives on average.",
      {"setting", "", "share", "by chance", "trials"},
      {},
      2};
  bool known = false;
  for (const DimensionImportance& d : dimensions) {
    const bool here = std::isfinite(d.share);
    known = known || here;
    table.rows.push_back({d.key, here ? HtmlCell::picture(importance_bar(d)) : HtmlCell(""), percent_text(d.share),
                          percent_text(d.chance), std::to_string(d.trials)});
  }
  if (!known) {
    page.paragraph("Too few trials have reached the first rung to compare their settings.");
    return;
  }
  page.paragraph(fmt::format(
      "How much of the spread of the scores after epoch {} goes with each setting alone. Take it as a hint where to "
      "look "
      "next: a setting that does nothing has the share of chance on average, and one in twenty such settings has three "
      "to four times that. Shares do not add up; what two settings do only together is not seen, nor a number that is "
      "best in the middle of its range.",
      found.first_rung()));
  page.table(table);
}

// Learning curves

using TrialKey = std::pair<std::uint64_t, std::uint64_t>;

/// Score by epoch.
std::map<TrialKey, ChartLine> curves_of(const StudyView& view) {
  std::map<TrialKey, std::map<std::size_t, double>> points;
  for (const EpochRecord& epoch : view.epochs) points[{epoch.number, epoch.seed}][epoch.epoch] = epoch.score;
  std::map<TrialKey, ChartLine> curves;
  for (const auto& [key, scores] : points) {
    ChartLine& line = curves[key];
    for (const auto& [epoch, score] : scores) {
      line.x.push_back(static_cast<double>(epoch));
      line.y.push_back(score);
    }
  }
  return curves;
}

/// The lines of a chart with a range that far scores do not stretch.
HtmlFigure curve_figure(const char* title, std::vector<ChartLine> lines, std::vector<HtmlLegendEntry> legend,
                        const char* caption) {
  std::vector<double> scores;
  double last = 1;
  for (const ChartLine& line : lines) {
    scores.insert(scores.end(), line.y.begin(), line.y.end());
    if (!line.x.empty()) last = std::max(last, line.x.back());
  }
  const ScoreRange range = score_range(scores);
  for (ChartLine& line : lines) {  // dots beyond the edge lie on it
    for (double& y : line.y) y = line.dots && y > range.range.high ? range.range.high : y;
  }
  LineChart chart{title, "epoch", "validation score", std::move(lines)};
  const double air = 0.05 * (range.range.high - range.range.low);
  if (air > 0) chart.y_range = {range.range.low - air, range.range.high + air};
  chart.x_range = {0.5, last + 0.5};
  chart.whole_x = true;
  return {title, line_chart_svg(chart), caption, std::move(legend)};
}

/// Best first, so that they lie above the others; a dot where a trial was pruned.
HtmlFigure search_curves(const Findings& found, const std::map<TrialKey, ChartLine>& curves) {
  std::vector<TrialRecord> sorted = found.search;
  std::stable_sort(sorted.begin(), sorted.end(), better_trial);
  std::vector<ChartLine> lines, ends;
  std::vector<HtmlLegendEntry> legend;
  for (const TrialRecord& trial : sorted) {
    const auto curve = curves.find({trial.number, trial.seed});
    if (curve == curves.end()) continue;
    ChartLine line = curve->second;
    line.name = fmt::format("number {}", trial.number);
    line.style = trial.number == 0 ? 6 : legend.size() < best_curves ? legend.size() : 4;
    if (line.style != 4) legend.push_back({line.name + (trial.number == 0 ? ", as they are" : ""), line.style, {}});
    const std::size_t last = line.x.size() - 1;
    if (trial.state == TrialState::pruned) {
      ends.push_back({line.name + ", pruned", {line.x[last]}, {line.y[last]}, 3, true});
    }
    lines.push_back(std::move(line));
  }
  legend.push_back({"the others; a dot: pruned", 4, {}});
  lines.insert(lines.begin(), ends.begin(), ends.end());
  return curve_figure("The search", std::move(lines), std::move(legend), "Scores far above the others are cut off.");
}

HtmlFigure final_curves(const Findings& found, const std::map<TrialKey, ChartLine>& curves) {
  std::vector<ChartLine> lines;
  std::set<std::uint64_t> others;
  for (const TrialRecord& trial : found.finals) {
    const auto curve = curves.find({trial.number, trial.seed});
    if (curve == curves.end()) continue;
    ChartLine line = curve->second;
    line.name = fmt::format("number {}, seed {}", trial.number, trial.seed);
    line.style = found.picked() == trial.number ? 0 : trial.number == 0 ? 6 : 4;
    lines.push_back(std::move(line));
  }
  if (lines.empty()) return {};
  std::stable_sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.style < b.style; });
  std::vector<HtmlLegendEntry> legend;
  if (found.picked()) legend.push_back({"the pick", 0, {}});
  if (found.picked() != 0) legend.push_back({"settings as they are", 6, {}});
  legend.push_back({"other finalists", 4, {}});
  return curve_figure("The final stage", std::move(lines), std::move(legend), "A line a seed.");
}

void add_curves(HtmlPage& page, const Findings& found) {
  page.section("Learning curves");
  const auto curves = curves_of(found.view);
  if (curves.empty()) {
    page.paragraph("No epoch is done yet.");
    return;
  }
  std::vector<HtmlFigure> figures{search_curves(found, curves)};
  HtmlFigure finals = final_curves(found, curves);
  if (finals.svg.empty()) {  // alone it would fill the page
    figures[0].svg = "<div style=\"max-width:540px\">" + figures[0].svg + "</div>";
  } else {
    figures.push_back(std::move(finals));
  }
  page.figures(figures);
}

// Ended early

const EpochRecord* last_epoch(const StudyView& view, const TrialRecord& trial) {
  const EpochRecord* last = nullptr;
  for (const EpochRecord& epoch : view.epochs) {
    if (epoch.number != trial.number || epoch.seed != trial.seed) continue;
    if (!last || epoch.epoch > last->epoch) last = &epoch;
  }
  return last;
}

/// With the collapse modes of the last epoch where the words do not hold them.
std::string reason_text(const TrialRecord& trial, const EpochRecord* last) {
  if (!last || last->collapse.empty() || trial.reason.find(last->collapse) != std::string::npos) return trial.reason;
  return fmt::format("{}{}collapse: {}", trial.reason, trial.reason.empty() ? "" : "; ", last->collapse);
}

void add_ended_early(HtmlPage& page, const Findings& found) {
  page.section("Ended early");
  std::vector<TrialRecord> trials = found.view.trials;
  std::erase_if(trials, [](const TrialRecord& trial) {
    return trial.state != TrialState::pruned && trial.state != TrialState::failed;
  });
  if (trials.empty()) {
    page.paragraph("No trial was pruned, and none failed.");
    return;
  }
  HtmlTable settings{"", {"number"}, {}};
  HtmlTable table{
      "Outside: share of the neurons outside their band after epoch 2. Information: nats of all neurons "
      "together, last epoch.",
      {"number", "state", "why", "epochs", "outside", "information"},
      {},
      3};
  for (const TrialRecord& t : trials) {
    if (table.rows.size() == most_rows) break;
    const EpochRecord* last = last_epoch(found.view, t);
    const std::string name = t.final_stage ? fmt::format("{}, seed {}", t.number, t.seed) : std::to_string(t.number);
    settings.rows.push_back({name});
    table.rows.push_back({name, state_name(t.state), reason_text(t, last), std::to_string(t.epochs),
                          percent_text(t.outside), last ? figure_text(last->info) : "-"});
  }
  table.more = trials.size() - table.rows.size();
  page.table(table);
  settings.more = table.more;
  add_settings(settings, found, trials);
  page.folded_table("Their settings", settings);
}

// Definition

HtmlTable definition_table(const StudyDefinition& d) {
  const auto count = [](std::size_t n) { return std::to_string(n); };
  const auto objectives = joined(d.objectives, objective_name);
  const auto reading = unusual_options(d.reading);
  return {"",
          {"", "value"},
          {{"data", d.data},
           {"read", reading.empty() ? "as usual" : configuration_text(reading)},
           {"SHA-256 of its values", d.values_sha256},
           {"horizon", count(d.horizon)},
           {"preset", d.preset},
           {"split", d.split},
           {"settings of every trial", d.set.empty() ? "those of the preset" : configuration_text(d.set)},
           {"sampler", sampler_name(d.sampler)},
           {"seed", count(d.seed)},
           {"scheduling", d.scheduling == Scheduling::halving ? "halving" : "asynchronous"},
           {"trials", d.trials > 0 ? count(d.trials) : "as many as the time allows"},
           {"training time", d.seconds > 0 ? time_text(d.seconds) : "no limit"},
           {"bracket", d.bracket > 0 ? count(d.bracket) : "all"},
           {"rungs, epochs", joined(d.rungs, count)},
           {"share that goes on", fmt::format("{:.4g}", d.keep)},
           {"finalists beside number 0", count(d.finalists)},
           {"seeds of the final stage", count(d.final_seeds)},
           {"pruned by regime", d.prune ? "yes" : "no"},
           {"objectives of the front", objectives.empty() ? "none named: valid, penalty, score" : objectives}},
          2};
}

HtmlTable space_table(const SearchSpace& space) {
  constexpr const char* scales[] = {"linear", "logarithmic", "whole numbers", "whole numbers, logarithmic", "choice"};
  HtmlTable table{"", {"setting", "scale", "values", "only when"}, {}, 4};
  const auto word = [](const std::string& text) { return text; };
  for (const Dimension& d : space.dimensions) {
    table.rows.push_back(
        {d.key, scales[static_cast<std::size_t>(d.scale)],
         d.scale == Scale::choice ? joined(d.choices, word) : fmt::format("{:.4g} to {:.4g}", d.low, d.high),
         d.when ? d.when->key + " is " + joined(d.when->values, word, " or ") : ""});
  }
  for (const Dependent& d : space.dependents) {
    table.rows.push_back({d.key, "follows", fmt::format("{:.4g} times {}, at most {:.4g}", d.share, d.of, d.most), ""});
  }
  for (const auto& [key, value] : space.fixed) table.rows.push_back({key, "fixed", value, "not number 0"});
  return table;
}

void add_definition(HtmlPage& page, const StudyDefinition& definition) {
  page.section("Definition");
  page.folded_table("Everything that decides what the study does", definition_table(definition));
  page.folded_table("The space it searches", space_table(definition.space));
}

}  // namespace

std::string study_page(const StudyView& view) {
  const Findings found = findings_of(view);
  HtmlPage page("Study " + view.name,
                fmt::format("{}, horizon {}: a search over settings. The test part was not looked at.",
                            view.definition.data, view.definition.horizon));
  add_glance(page, found);
  add_pick(page, found);
  add_front(page, found);
  add_trials(page, found);
  add_importance(page, found);
  add_curves(page, found);
  add_ended_early(page, found);
  add_definition(page, view.definition);
  return page.html("vdn autopilot, study " + view.name);
}

}  // namespace vdn::search
