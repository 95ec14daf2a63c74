#pragma once
// Means with their spread, paired differences, rank correlation.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace vdn {

struct Interval {
  double low = 0.0, high = 0.0;
};

struct Summary {
  std::size_t count = 0;   ///< of the finite ones
  double mean = 0.0;       ///< NaN for none
  double deviation = 0.0;  ///< sample deviation (n - 1); 0 for one
};
Summary summarise(std::span<const double> values);
/// The 95% interval of the mean by Student's t; empty ends (NaN) for fewer than two.
Interval mean_interval(std::span<const double> values);

/// Spearman's rank correlation, ties by their mean rank. NaN for fewer than three pairs or a constant.
double rank_correlation(std::span<const double> x, std::span<const double> y);

/// The 95% interval of the mean of `differences`, a series in time, by a moving block bootstrap (Kuensch 1989) with
/// blocks of `block` neighbours and `draws` resamples: a pure function of the seed. Blocks of at least the horizon keep
/// the dependence of overlapping windows.
Interval block_bootstrap(std::span<const double> differences, std::size_t block, std::size_t draws, std::uint64_t seed);

/// "0.281 +- 0.003" with as many digits as `digits` after the point; "0.281" for one value; "-" for none.
std::string print_summary(const Summary& summary, int digits);

}  // namespace vdn
