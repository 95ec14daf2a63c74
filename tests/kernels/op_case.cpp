#include <kernels/op_case.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <sstream>

#include <vdn/core/random.hpp>

namespace vdn::test {
namespace {

StreamKey value_key(std::uint64_t seed) {
  return stream_key(seed, Purpose::initial_weights);
}

double uniform(StreamKey key, std::size_t index, std::uint32_t lane) {
  return to_uniform(philox(key, {static_cast<std::uint32_t>(index), lane, 0, 0})[0]);
}

double to_float(double value) {
  return static_cast<double>(static_cast<float>(value));
}

template <class Real>
std::vector<Real> convert(const std::vector<double>& values) {
  std::vector<Real> result(values.size());
  std::transform(values.begin(), values.end(), result.begin(), [](double v) { return static_cast<Real>(v); });
  return result;
}

template <class Real>
Tensors<Real> inputs_of(const OpCase& row) {
  Tensors<Real> result;
  for (const Input& input : row.inputs) result.push_back(convert<Real>(input.values));
  return result;
}

template <class Real>
Tensors<Real> outputs_of(const OpCase& row) {
  Tensors<Real> result;
  for (const std::size_t size : row.output_sizes) result.emplace_back(size, std::numeric_limits<Real>::quiet_NaN());
  return result;
}

template <class Real>
Tensors<Real> cotangents_of(const OpCase& row) {
  Tensors<Real> result;
  for (const std::size_t size : row.output_sizes) {
    result.push_back(convert<Real>(normal_values(size, 1000 + result.size())));
  }
  return result;
}

template <class Real>
Tensors<Real> gradients_of(const OpCase& row) {
  Tensors<Real> result;
  for (const Input& input : row.inputs) {
    if (input.differentiable) result.emplace_back(input.values.size(), std::numeric_limits<Real>::quiet_NaN());
  }
  return result;
}

/// Adds one tensor's result to the verdict. The test is written so that a NaN fails it.
void judge(Verdict& verdict, const std::string& what, double error, double tolerance) {
  verdict.worst = std::max(verdict.worst, std::isnan(error) ? std::numeric_limits<double>::infinity() : error);
  if (error <= tolerance) return;
  std::ostringstream line;
  line << what << ": relative error " << error << " above " << tolerance << "\n";
  verdict.problems += line.str();
}

/// d sum(cotangents * outputs) / d inputs[tensor][entry] by a central difference, output by output so that nothing
/// large cancels.
double central_difference(const OpCase& row, Tensors<double>& inputs, const Tensors<double>& cotangents,
                          std::size_t tensor, std::size_t entry) {
  const double at = inputs[tensor][entry];
  const double step = 1e-5 * std::max(1.0, std::abs(at));
  auto above = outputs_of<double>(row), below = outputs_of<double>(row);
  inputs[tensor][entry] = at + step;
  row.plain.forward(inputs, above);
  inputs[tensor][entry] = at - step;
  row.plain.forward(inputs, below);
  inputs[tensor][entry] = at;
  double sum = 0;
  for (std::size_t o = 0; o < above.size(); ++o) {
    for (std::size_t i = 0; i < above[o].size(); ++i) sum += cotangents[o][i] * (above[o][i] - below[o][i]);
  }
  return sum / (2 * step);
}

/// Best of several timings, each long enough for the clock.
template <class Call>
double best_time(Call call) {
  using Clock = std::chrono::steady_clock;
  const auto seconds = [&](std::size_t calls) {
    const auto start = Clock::now();
    for (std::size_t i = 0; i < calls; ++i) call();
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  std::size_t calls = 1;
  while (seconds(calls) < 5e-3 && calls < (std::size_t{1} << 24)) calls *= 2;
  double best = std::numeric_limits<double>::infinity();
  for (int repeat = 0; repeat < 7; ++repeat) best = std::min(best, seconds(calls) / static_cast<double>(calls));
  return best;
}

}  // namespace

std::vector<double> uniform_values(std::size_t count, double lo, double hi, std::uint64_t seed) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = to_float(lo + (hi - lo) * uniform(value_key(seed), i, 0));
  return values;
}

std::vector<double> normal_values(std::size_t count, std::uint64_t seed) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double radius = std::sqrt(-2 * std::log(uniform(value_key(seed), i, 1)));
    values[i] = to_float(radius * std::cos(2 * 3.14159265358979323846 * uniform(value_key(seed), i, 2)));
  }
  return values;
}

double relative_error(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
  double difference = 0, size = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) != std::isnan(b[i])) return std::numeric_limits<double>::infinity();
    if (std::isnan(b[i]) || a[i] == b[i]) {
      size += std::isnan(b[i]) || std::isinf(b[i]) ? 0 : b[i] * b[i];
      continue;
    }
    difference += (a[i] - b[i]) * (a[i] - b[i]);
    size += b[i] * b[i];
  }
  return size > 0 ? std::sqrt(difference / size) : std::sqrt(difference);
}

Verdict check_forward(const OpCase& row) {
  auto plain = outputs_of<double>(row);
  auto fast = outputs_of<float>(row);
  row.plain.forward(inputs_of<double>(row), plain);
  row.fast.forward(inputs_of<float>(row), fast);
  Verdict verdict;
  for (std::size_t o = 0; o < plain.size(); ++o) {
    const std::string what = "output " + std::to_string(o);
    if (std::any_of(plain[o].begin(), plain[o].end(), [](double v) { return std::isnan(v); })) {
      verdict.problems += what + ": the plain form left entries unwritten or not a number\n";
    }
    judge(verdict, what, relative_error(convert<double>({fast[o].begin(), fast[o].end()}), plain[o]), row.tolerance);
  }
  return verdict;
}

Verdict check_gradient(const OpCase& row) {
  Verdict verdict;
  if (!row.plain.gradient) return verdict;
  auto inputs = inputs_of<double>(row);
  const auto cotangents = cotangents_of<double>(row);
  auto plain = gradients_of<double>(row);
  auto fast = gradients_of<float>(row);
  row.plain.gradient(inputs, cotangents, plain);
  row.fast.gradient(inputs_of<float>(row), cotangents_of<float>(row), fast);
  for (std::size_t tensor = 0, g = 0; tensor < row.inputs.size(); ++tensor) {
    if (!row.inputs[tensor].differentiable) continue;
    const std::string what = "gradient of " + row.inputs[tensor].name;
    judge(verdict, what + ", fast against plain",
          relative_error(convert<double>({fast[g].begin(), fast[g].end()}), plain[g]), row.gradient_tolerance);
    if (!row.large) {
      std::vector<double> analytic, numeric;
      const std::size_t count = plain[g].size();
      const std::size_t stride = std::max<std::size_t>(1, (count + 39) / 40);
      for (std::size_t entry = 0; entry < count; entry += stride) {
        analytic.push_back(plain[g][entry]);
        numeric.push_back(central_difference(row, inputs, cotangents, tensor, entry));
      }
      judge(verdict, what + ", plain against differences", relative_error(analytic, numeric), row.difference_tolerance);
    }
    ++g;
  }
  return verdict;
}

double time_forward(const OpCase& row) {
  const auto inputs = inputs_of<float>(row);
  auto outputs = outputs_of<float>(row);
  return best_time([&] { row.fast.forward(inputs, outputs); });
}

double time_gradient(const OpCase& row) {
  const auto inputs = inputs_of<float>(row);
  const auto cotangents = cotangents_of<float>(row);
  auto gradients = gradients_of<float>(row);
  return best_time([&] { row.fast.gradient(inputs, cotangents, gradients); });
}

std::vector<OpCase> op_table() {
  std::vector<OpCase> table;
  add_linear_cases(table);
  add_layer_norm_cases(table);
  add_elementwise_cases(table);
  add_latent_cases(table);
  add_persistence_cases(table);
  add_update_cases(table);
  add_random_cases(table);
  add_mixture_cases(table);
  return table;
}

}  // namespace vdn::test
