#include "io/model_tensors.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include <fmt/format.h>

namespace vdn {
namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 62;

template <class Number>
constexpr const char* type_name() {
  return std::is_same_v<Number, double> ? "f64" : "f32";
}

/// The shape of a vector as it is; Malformed when it is not one the tensor may have.
TensorShape shape_of(const char* name, TensorShape wanted, std::size_t numbers) {
  TensorShape shape = wanted;
  if (wanted.cols == TensorShape::any && wanted.rows > 0) shape.cols = numbers / wanted.rows;
  if (shape.rows * shape.cols != numbers) throw Malformed(fmt::format("its tensor {} has another shape", name));
  return shape;
}

void check_optional(const TensorEntry& t, std::size_t begin) {
  const auto refuse = [&](const char* what) { throw Malformed(fmt::format("its tensor {} has {}", t.name, what)); };
  if (t.type != "f32" && t.type != "f64") refuse("no known type");
  const std::size_t most = (most_bytes - begin) / 8;
  if (t.rows == 0 || t.cols == 0 || t.rows > most || t.cols > most / t.rows) refuse("no possible shape");
  if (t.offset != begin) refuse("a wrong offset");
}

}  // namespace

std::size_t tensor_bytes(const std::vector<TensorEntry>& tensors) {
  return tensors.empty() ? 0 : align_tensor(tensors.back().offset + tensors.back().bytes());
}

std::vector<TensorEntry> required_tensors(const Network& network, std::size_t series) {
  const Settings& s = network.settings();
  std::vector<TensorEntry> tensors;
  for (const auto& [name, slot, initial] : network.layout().entries()) {
    tensors.push_back({name, "f32", slot.rows, slot.cols, tensor_bytes(tensors)});
  }
  if (s.line == LineMode::none) return tensors;
  tensors.push_back({"line.weight", "f64", s.horizon, s.lookback, tensor_bytes(tensors)});
  tensors.push_back({"line.bias", "f64", 1, s.horizon, tensor_bytes(tensors)});
  const std::size_t cycle = s.line_cycle.value_or(0);
  if (cycle > 0) tensors.push_back({"line.profile", "f32", series, cycle, tensor_bytes(tensors)});
  const std::size_t rank = line_rank(s);
  if (rank == 0) return tensors;
  tensors.push_back({"line.series_in", "f64", series * rank, s.lookback, tensor_bytes(tensors)});
  tensors.push_back({"line.series_out", "f64", series * s.horizon, rank, tensor_bytes(tensors)});
  tensors.push_back({"line.series_bias", "f64", series, s.horizon, tensor_bytes(tensors)});
  return tensors;
}

std::vector<TensorEntry> list_tensors(const Forecaster& forecaster) {
  auto tensors = required_tensors(forecaster.network(), forecaster.data().series_names.size());
  for_each_optional_tensor(
      forecaster, [&]<class Number>(const char* name, TensorShape wanted, const std::vector<Number>& numbers) {
        if (numbers.empty()) return;
        const TensorShape shape = shape_of(name, wanted, numbers.size());
        tensors.push_back({name, type_name<Number>(), shape.rows, shape.cols, tensor_bytes(tensors)});
      });
  return tensors;
}

void check_tensors(const std::vector<TensorEntry>& tensors, const std::vector<TensorEntry>& required) {
  if (tensors.size() < required.size() || !std::equal(required.begin(), required.end(), tensors.begin())) {
    throw Malformed("its tensors are not those of its settings");
  }
  std::vector<std::string> names;
  std::size_t begin = tensor_bytes(required);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    names.push_back(tensors[i].name);
    if (i < required.size()) continue;
    check_optional(tensors[i], begin);
    begin = align_tensor(tensors[i].offset + tensors[i].bytes());
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) throw Malformed(fmt::format("it has two tensors {}", *twice));
}

void copy_numbers(const Forecaster& forecaster, const std::vector<TensorEntry>& tensors, std::span<char> bytes) {
  std::size_t next = 0;
  const auto put = [&](const void* numbers) {
    std::memcpy(bytes.data() + tensors[next].offset, numbers, tensors[next].bytes());
    ++next;
  };
  for (const auto& entry : forecaster.network().layout().entries()) {
    put(&forecaster.parameters()[entry.slot.offset]);
  }
  if (forecaster.settings().line != LineMode::none) {
    const LinearPath& line = forecaster.line();
    put(line.weight.data());
    put(line.bias.data());
    if (!line.profile.empty()) put(line.profile.values.data());
    if (line.rank > 0) {
      put(line.series_in.data());
      put(line.series_out.data());
      put(line.series_bias.data());
    }
  }
  for_each_optional_tensor(forecaster, [&](const char*, TensorShape, const auto& numbers) {
    if (!numbers.empty()) put(numbers.data());
  });
}

template <class Number>
std::vector<Number> numbers_of(std::span<const char> bytes, const TensorEntry& tensor) {
  std::vector<Number> numbers(tensor.rows * tensor.cols);
  std::memcpy(numbers.data(), bytes.data() + tensor.offset, tensor.bytes());
  return numbers;
}

template std::vector<float> numbers_of(std::span<const char>, const TensorEntry&);
template std::vector<double> numbers_of(std::span<const char>, const TensorEntry&);

void take_numbers(std::span<const char> bytes, const std::vector<TensorEntry>& tensors, Forecaster& forecaster) {
  const auto& entries = forecaster.network().layout().entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::memcpy(&forecaster.edit_parameters()[entries[i].slot.offset], bytes.data() + tensors[i].offset,
                tensors[i].bytes());
  }
  for_each_optional_tensor(forecaster, [&]<class Number>(const char* name, TensorShape wanted,
                                                         std::vector<Number>& numbers) {
    const auto t = std::find_if(tensors.begin(), tensors.end(), [&](const auto& entry) { return entry.name == name; });
    if (t == tensors.end()) return;
    const bool fits = t->type == type_name<Number>() && t->rows == wanted.rows &&
                      (t->cols == wanted.cols || wanted.cols == TensorShape::any);
    if (!fits) throw Malformed(fmt::format("its tensor {} has another shape", name));
    numbers = numbers_of<Number>(bytes, *t);
  });
}

}  // namespace vdn
