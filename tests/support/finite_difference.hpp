#pragma once
// Numbers for tests, and gradients checked against central differences of a function of everything.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/core/parameter_store.hpp>
#include <vdn/core/task_list.hpp>

namespace vdn::test {

/// Uniform in (-bound, bound), the same on every machine.
inline void fill_numbers(std::span<double> out, std::uint64_t seed, double bound = 1.0) {
  std::mt19937_64 bits(seed);
  for (double& value : out) value = bound * (static_cast<double>(bits() >> 11) * 0x1p-52 - 1.0);
}

inline std::vector<double> numbers(std::size_t count, std::uint64_t seed, double bound = 1.0) {
  std::vector<double> out(count);
  fill_numbers(out, seed, bound);
  return out;
}

/// sum a b: the random linear functional of an output whose gradient is the random vector.
inline double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// (f(x + e) - f(x - e)) / 2e; x is put back.
template <class Loss>
double slope(Loss&& loss, double& x, double e = 1e-5) {
  const double kept = x;
  x = kept + e;
  const double above = loss();
  x = kept - e;
  const double below = loss();
  x = kept;
  return (above - below) / (2.0 * e);
}

/// The first, the last and a few entries between.
inline std::vector<std::size_t> some_entries(std::size_t size, std::size_t count = 5) {
  std::vector<std::size_t> entries;
  for (std::size_t k = 0; k < count; ++k) entries.push_back(k * (size - 1) / std::max<std::size_t>(count - 1, 1));
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
  return entries;
}

template <class Loss>
void expect_slopes(std::span<double> values, std::span<const double> gradient, Loss&& loss, const std::string& name,
                   double tolerance = 1e-7) {
  ASSERT_EQ(values.size(), gradient.size()) << name;
  for (const std::size_t i : some_entries(values.size())) {
    const double want = slope(loss, values[i]);
    EXPECT_NEAR(gradient[i], want, tolerance * (1.0 + std::abs(want))) << name << " [" << i << "]";
  }
}

/// A few entries of every parameter.
template <class Loss>
void expect_parameter_slopes(const ParameterLayout& layout, std::span<double> values, std::span<const double> gradient,
                             Loss&& loss, double tolerance = 1e-7) {
  for (const auto& [name, slot, initial] : layout.entries()) {
    expect_slopes(values.subspan(slot.offset, slot.size()), gradient.subspan(slot.offset, slot.size()), loss, name,
                  tolerance);
  }
}

inline void run_tasks(const TaskList& tasks, std::size_t threads = 1) {
  Scheduler scheduler(threads);
  tasks.run(scheduler);
}

/// "name rows x cols" of every parameter, in order of declaration.
inline std::vector<std::string> shapes(const ParameterLayout& layout) {
  std::vector<std::string> list;
  for (const auto& [name, slot, initial] : layout.entries()) {
    list.push_back(name + " " + std::to_string(slot.rows) + "x" + std::to_string(slot.cols));
  }
  return list;
}

template <class T>
std::vector<T> copy(std::span<T> values) {
  return {values.begin(), values.end()};
}

}  // namespace vdn::test
