#pragma once
// Inputs made worse on purpose, to see who stands it.

#include <cstdint>
#include <vector>

#include <vdn/core/matrix.hpp>

namespace vdn {

enum class Disturbance { noise, missing, shift };
const char* disturbance_name(Disturbance disturbance);

/// `scaled` [D][T] with
///   noise:   N(0, amount^2) added to every value;
///   missing: stretches of 24 rows without values, as many as make up the share `amount` of all rows;
///   shift:   `amount` added in every second stretch of 48 rows: sensors that jump and jump back.
/// A pure function of the seed, the series and the row. Amounts in training deviations.
std::vector<float> disturbed(ConstMatrix<float> scaled, Disturbance disturbance, double amount, std::uint64_t seed);

}  // namespace vdn
