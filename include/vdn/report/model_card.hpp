#pragma once
// The model card: what a model was made of, how well it did and where it must not be trusted, for those who get the
// file without having made it.

#include <optional>
#include <string>

#include <vdn/data/series.hpp>
#include <vdn/evaluate/backtest.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn {

/// What a card says beyond the model itself.
struct CardFacts {
  std::string command;                   ///< the command line; may be empty
  std::optional<BacktestRow> test = {};  ///< scores of the test part
  std::string no_test_reason = {};       ///< why there are none, in words that end "not scored: ..."
};

/// The share of a series' values, above which its most frequent one is called an atom: a likelihood is unbounded there.
inline constexpr double atom_share = 0.05;

/// Markdown. `series` is the table the model was fitted on. Everything said is taken from the record, the table or the
/// scores; text from the data is escaped.
std::string model_card(const Forecaster& model, const SeriesSet& series, const CardFacts& facts);

}  // namespace vdn
