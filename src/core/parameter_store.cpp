#include <vdn/core/parameter_store.hpp>

#include <algorithm>
#include <cmath>

#include <vdn/core/error.hpp>
#include <vdn/core/random.hpp>

namespace vdn {

Initial Initial::linear(std::size_t inputs) {
  return uniform(1.0 / std::sqrt(static_cast<double>(inputs)));
}

Slot ParameterLayout::add(std::string name, std::size_t rows, std::size_t cols, Initial initial) {
  const auto same = [&](const Entry& entry) { return entry.name == name; };
  if (std::any_of(entries_.begin(), entries_.end(), same)) {
    throw Error(ErrorKind::software, "parameter layout", "'" + name + "' is declared twice");
  }
  constexpr std::size_t alignment = 16;
  const Slot slot{.offset = size_, .rows = rows, .cols = cols};
  size_ += (slot.size() + alignment - 1) / alignment * alignment;
  entries_.push_back({std::move(name), slot, initial});
  return slot;
}

Slot ParameterLayout::add_weight(std::string name, std::size_t outputs, std::size_t inputs, Initial initial) {
  add(std::move(name), outputs, inputs, initial);
  Slot& slot = entries_.back().slot;
  slot.panels = panels_size_;
  slot.transposed = transposed_size_;
  panels_size_ += packed_size(outputs, inputs);
  transposed_size_ += packed_size(inputs, outputs);
  return slot;
}

void ParameterLayout::set_rate(std::size_t first, double rate) {
  for (Entry& entry : entries_) {
    if (entry.slot.offset >= first) entry.slot.rate = rate;
  }
}

std::size_t ParameterLayout::count() const {
  std::size_t count = 0;
  for (const Entry& entry : entries_) count += entry.slot.size();
  return count;
}

const ParameterLayout::Entry& ParameterLayout::find(const std::string& name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.name == name; });
  if (found == entries_.end()) throw Error(ErrorKind::software, "parameter layout", "no parameter '" + name + "'");
  return *found;
}

template <class Real>
void initialise(const ParameterLayout& layout, std::uint64_t seed, std::span<Real> values) {
  std::fill(values.begin(), values.end(), Real{0});
  for (const auto& entry : layout.entries()) {
    const auto out = values.subspan(entry.slot.offset, entry.slot.size());
    if (entry.initial.kind == Initial::Kind::constant) {
      std::fill(out.begin(), out.end(), static_cast<Real>(entry.initial.value));
      continue;
    }
    const StreamKey key = stream_key(seed, Purpose::initial_weights, hash_name(entry.name));
    for (std::size_t i = 0; i < out.size(); ++i) {
      const double u = to_uniform(philox(key, {static_cast<std::uint32_t>(i / 4), 0, 0, 0})[i % 4]);
      out[i] = static_cast<Real>((2.0 * u - 1.0) * entry.initial.value);
    }
  }
}

template void initialise<float>(const ParameterLayout&, std::uint64_t, std::span<float>);
template void initialise<double>(const ParameterLayout&, std::uint64_t, std::span<double>);

}  // namespace vdn
