#include <vdn/report/model_card.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <vdn/core/version.hpp>
#include <vdn/data/seasons.hpp>
#include <vdn/report/model_summary.hpp>

namespace vdn {
namespace {

constexpr std::size_t most_series = 30;  ///< listed

/// Text of the user's as it is, whatever Markdown makes of its characters.
std::string plain(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (std::string_view("\\`*_{}[]<>|#~&$").find(c) != std::string_view::npos) safe += '\\';
    safe += c == '\n' || c == '\r' ? ' ' : c;
  }
  return safe;
}

std::string number(double value) {
  return std::isfinite(value) ? fmt::format("{:.4g}", value) : "-";
}

std::string percent(double share) {
  return fmt::format("{:.1f}%", 100 * share);
}

// ---- the series one by one

struct SeriesFacts {
  std::size_t missing = 0, observed = 0;
  double frequent = 0.0;        ///< the most frequent value
  double frequent_share = 0.0;  ///< of the observed ones
};

SeriesFacts facts_of(std::span<const double> values) {
  std::vector<double> sorted;
  std::copy_if(values.begin(), values.end(), std::back_inserter(sorted), [](double v) { return !std::isnan(v); });
  std::sort(sorted.begin(), sorted.end());
  SeriesFacts facts{values.size() - sorted.size(), sorted.size()};
  std::size_t most = 0;
  for (auto begin = sorted.begin(); begin != sorted.end();) {
    const auto end = std::upper_bound(begin, sorted.end(), *begin);
    const auto count = static_cast<std::size_t>(end - begin);
    if (count > most) most = count, facts.frequent = *begin;
    begin = end;
  }
  if (!sorted.empty()) facts.frequent_share = static_cast<double>(most) / static_cast<double>(sorted.size());
  return facts;
}

std::vector<SeriesFacts> facts_of(const SeriesSet& set) {
  std::vector<SeriesFacts> list;
  for (std::size_t d = 0; d < set.count(); ++d) list.push_back(facts_of(set.series(d)));
  return list;
}

std::string series_table(const Forecaster& model, const SeriesSet& set, const std::vector<SeriesFacts>& facts) {
  std::string text =
      "| series | mean | deviation | missing | most frequent value |\n| --- | ---: | ---: | ---: | ---: |\n";
  for (std::size_t d = 0; d < std::min(most_series, set.count()); ++d) {
    const SeriesFacts& f = facts[d];
    text += fmt::format("| {} | {} | {} | {} | {} in {} |\n", plain(set.names[d]), number(model.scaler().mean[d]),
                        number(model.scaler().deviation[d]), f.missing, number(f.frequent), percent(f.frequent_share));
  }
  if (set.count() > most_series) text += fmt::format("\nand {} more.\n", set.count() - most_series);
  return text + "\nMean and deviation are those of the training rows: scaled = (value - mean) / deviation.\n";
}

// ---- sections

std::string part_row(const DataRecord& d, const char* name, const char* use, Range rows, const SeriesSet& set) {
  if (rows.size() == 0) return fmt::format("| {} | none | | | |\n", name);
  return fmt::format("| {} | {} | {} | {} | {} |\n", name, rows.size(), format_time(set.times[rows.begin], d.step),
                     format_time(set.times[rows.end - 1], d.step), use);
}

std::string data_section(const Forecaster& model, const SeriesSet& set, const std::vector<SeriesFacts>& facts) {
  const DataRecord& d = model.data();
  std::string text = fmt::format("## Data\n\n- Source: {}\n- {} rows of {} series, step {}, {} to {}\n",
                                 plain(d.source), d.rows, set.count(), describe_step(d.step),
                                 format_time(set.times.front(), d.step), format_time(set.times.back(), d.step));
  const std::size_t missing = d.missing.value_or(0), rows = missing_values(set).rows;
  text += fmt::format(
      "- Missing values: {}{}\n", missing,
      missing > 0 ? fmt::format(" ({})", percent(static_cast<double>(missing) / static_cast<double>(rows))) : "");
  for (const auto& [option, value] : unusual_options(d.reading))
    text += fmt::format("- Read with {} = {}\n", plain(option), plain(value));
  text += fmt::format("- SHA-256 of the values: `{}`\n\n", d.values_sha256);
  text += fmt::format("Rows are divided in time (split {}):\n\n| part | rows | from | to | used for |\n", d.split);
  text += "| --- | ---: | --- | --- | --- |\n";
  text += part_row(d, "training", "weights, line, scaling", d.borders.train(), set);
  text += part_row(d, "validation", "the line, the epoch, calibration", d.borders.validation(), set);
  text += part_row(d, "test", "the figures above, nothing else", d.borders.test(), set);
  return text + "\n" + series_table(model, set, facts);
}

std::string settings_section(const Forecaster& model) {
  const Settings& s = model.settings();
  std::string text =
      fmt::format("## Settings\n\nPreset {}, seed {}, {} of {} epochs run, epoch {} kept.", model.preset(), s.seed,
                  model.training().epochs, s.epochs, model.training().best_epoch);
  std::string rows;
  for (const SettingRow& row : setting_rows(model)) {
    if (!row.changed) continue;
    rows += fmt::format("| `{}` | {} | {} | {} |\n", row.name, row.value, row.preset_value,
                        row.origin.empty() ? "not recorded" : plain(row.origin));
  }
  if (rows.empty()) return text + " Every setting is the preset's.\n";
  return text + " Changed from the preset:\n\n| setting | value | preset | from |\n| --- | --- | --- | --- |\n" + rows;
}

std::string test_rows(const BacktestRow& test) {
  std::string text = "| figure | scaled | original units |\n| --- | ---: | ---: |\n";
  const auto row = [&](const char* name, double Metrics::*figure) {
    text += fmt::format("| {} | {} | {} |\n", name, number(test.scaled.*figure), number(test.original.*figure));
  };
  row("MSE", &Metrics::mse);
  row("MAE", &Metrics::mae);
  row("CRPS", &Metrics::crps);
  row("NLL", &Metrics::nll);
  row("pinball", &Metrics::pinball);
  return text + fmt::format("| 80% interval covers | {} | |\n| 90% interval covers | {} | |\n",
                            percent(test.scaled.coverage_80), percent(test.scaled.coverage_90));
}

std::string figures_section(const Forecaster& model, const CardFacts& facts) {
  const TrainingRecord& t = model.training();
  std::string text = fmt::format("## Figures\n\nValidation (scaled, used to choose the epoch): NLL {}, MSE {}.\n\n",
                                 number(t.validation_nll), number(t.validation_mse));
  if (judges_correction(model.settings())) {
    text += fmt::format(
        "Of what the network adds to the mean of the line, forecasts keep {}, as far as later rows bear it "
        "out.\n\n",
        percent(model.correction_share()));
  }
  if (!model.naive().empty()) {
    text += fmt::format(
        "Beside the network the last value has a weight of {} in its distribution, the last season one of {}.\n\n",
        percent(model.naive().last.weight), percent(model.naive().season.weight));
  }
  if (!facts.test) return text + fmt::format("Test: not scored: {}.\n", facts.no_test_reason);
  return text + fmt::format("Test, {} windows, each once:\n\n", facts.test->scaled.windows) + test_rows(*facts.test) +
         "\nFigures say little alone: `vdn backtest MODEL DATA "
         "--baselines --twins` sets them beside simple forecasters.\n";
}

constexpr double much = 0.03;  ///< how far from 90% a 90% interval may be off

/// The series whose 90% interval is off by more than `much`, the worst named; constant ones say nothing.
std::string uneven_coverage(const Forecaster& model, const BacktestRow& test) {
  const auto& constant = model.scaler().constant;
  std::size_t off = 0, worst = 0, varying = 0;
  double most = 0.0;
  for (std::size_t d = 0; d < test.scaled_by_series.size(); ++d) {
    if (std::find(constant.begin(), constant.end(), d) != constant.end()) continue;
    ++varying;
    const double distance = std::abs(test.scaled_by_series[d].coverage_90 - 0.9);
    if (!(distance > much)) continue;
    ++off;
    if (distance > most) most = distance, worst = d;
  }
  if (off == 0 || varying < 2) return "";
  return fmt::format(
      " Series by series the 90% interval is off by more than {:.0f} points in {} of {}, most in {} ({}).", 100 * much,
      off, varying, plain(model.data().series_names[worst]), percent(test.scaled_by_series[worst].coverage_90));
}

std::string coverage_limit(const Forecaster& model, const CardFacts& facts) {
  if (!facts.test) return "- How often its intervals cover the truth was not measured on rows it has not seen.\n";
  const double off = facts.test->scaled.coverage_90 - 0.9;
  const char* verdict = off < -much  ? "too narrow: do not take them at their word"
                        : off > much ? "too wide"
                                     : "about right on average";
  return fmt::format(
      "- Its 80% interval covered {} and its 90% interval {} of the test values: {}.{} Sums over the {} rows were not "
      "measured.\n",
      percent(facts.test->scaled.coverage_80), percent(facts.test->scaled.coverage_90), verdict,
      uneven_coverage(model, *facts.test), model.horizon());
}

/// Series that were never negative may get negative quantiles.
std::string bound_limit(const SeriesSet& set) {
  const auto never_negative = [&](std::size_t d) {
    const auto values = set.series(d);
    return std::none_of(values.begin(), values.end(), [](double value) { return value < 0; });
  };
  std::size_t count = 0;
  for (std::size_t d = 0; d < set.count(); ++d) count += never_negative(d) ? 1 : 0;
  if (count == 0) return "";
  return fmt::format(
      "- It knows no bounds: {} of the {} series {} never negative, but quantiles, paths and means may be. Cut them at "
      "zero where values below it mean nothing.\n",
      count, set.count(), count == 1 ? "was" : "were");
}

std::string atom_limit(const SeriesSet& set, const std::vector<SeriesFacts>& facts) {
  std::string names;
  std::size_t count = 0;
  for (std::size_t d = 0; d < set.count(); ++d) {
    if (facts[d].frequent_share < atom_share) continue;
    if (++count <= 3) {
      names += fmt::format("{}{} ({} of it is {})", count > 1 ? ", " : "", plain(set.names[d]),
                           percent(facts[d].frequent_share), number(facts[d].frequent));
    }
  }
  if (count == 0) return "";
  if (count > 3) names += fmt::format(" and {} more", count - 3);
  return fmt::format(
      "- Values that come back exactly make a likelihood unbounded: no NLL below may be compared, because of {}.\n",
      names);
}

std::string constant_limit(const Forecaster& model) {
  const auto& constant = model.scaler().constant;
  if (constant.empty()) return "";
  return fmt::format("- {} series {} constant in the training rows, e.g. {}: nothing was learnt of how they vary.\n",
                     constant.size(), constant.size() == 1 ? "is" : "are",
                     plain(model.data().series_names[constant.front()]));
}

std::string training_limit(const Forecaster& model) {
  std::string text;
  if (model.settings().twin != Twin::none) {
    text += fmt::format("- It is the {} twin, a control to compare with, not a forecaster to use.\n",
                        twin_name(model.settings().twin));
  }
  if (model.training().best_epoch == 0) {
    text += "- Training was stopped before the first validation: its weights were never checked.\n";
  } else if (model.training().interrupted) {
    text += "- Training was interrupted: more epochs may do better.\n";
  }
  return text;
}

std::string limits_section(const Forecaster& model, const SeriesSet& set, const std::vector<SeriesFacts>& facts,
                           const CardFacts& card) {
  const DataRecord& d = model.data();
  std::string text = "## Use and limits\n\n";
  text += fmt::format(
      "- It forecasts the next {} rows (step {}), never further: one distribution for each row and series.\n",
      model.horizon(), describe_step(d.step));
  text += fmt::format(
      "- It reads the {} rows before the forecast; values missing there are filled with the last one seen, and a "
      "series with fewer rows is padded on the left, down to {} rows.\n",
      model.context_rows(), window_shape(model.settings()).least());
  text += fmt::format("- It knows these {} series and their step; a table of other series is refused.\n", set.count());
  text +=
      fmt::format("- It has seen the rows until {}: figures on them are no test, and `vdn backtest` refuses them.\n",
                  format_time(d.seen_until, d.step));
  const std::size_t cycle = model.line().profile.cycle;
  text +=
      fmt::format("- It reads nothing but the past of the series{}: no holidays, prices, weather or other inputs.\n",
                  cycle == 0 ? "" : " and where in a cycle of " + describe_season(cycle, d.step) + " it stands");
  text += coverage_limit(model, card) + bound_limit(set) + atom_limit(set, facts) + constant_limit(model) +
          training_limit(model);
  return text;
}

std::string made_by_section(const Forecaster& model, const CardFacts& facts) {
  std::string text = fmt::format("## Made by\n\n- vdn {}, {} training steps in {:.1f} s\n", version(),
                                 model.training().steps, model.training().seconds);
  if (!facts.command.empty()) text += "\n```sh\n" + facts.command + "\n```\n";
  return text;
}

}  // namespace

std::string model_card(const Forecaster& model, const SeriesSet& series, const CardFacts& facts) {
  const Settings& s = model.settings();
  const std::vector<SeriesFacts> by_series = facts_of(series);
  std::string text = fmt::format("# Model card: {}\n\n", plain(model.data().source));
  text += fmt::format(
      "Probabilistic forecasts of {} series, {} rows ahead, from {} variational neurons ({} parameters).\n\n",
      series.count(), s.horizon, s.neurons, parameter_count(model));
  return text + limits_section(model, series, by_series, facts) + "\n" + figures_section(model, facts) + "\n" +
         data_section(model, series, by_series) + "\n" + settings_section(model) + "\n" + made_by_section(model, facts);
}

}  // namespace vdn
