#pragma once
// Exponential moving averages: the weight is that of the new value, an average starts at its first value.

#include <cstddef>
#include <span>
#include <vector>

#include <vdn/core/state_archive.hpp>

namespace vdn::control {

/// Of one number.
class MovingAverage {
 public:
  explicit MovingAverage(double weight) : weight_(weight) {}
  /// Takes a value and returns the average.
  double add(double value) {
    value_ = started_ ? value_ + weight_ * (value - value_) : value;
    started_ = true;
    return value_;
  }
  double value() const { return value_; }
  void remember(StateArchive& archive) {
    archive.value(value_);
    archive.value(started_);
  }

 private:
  double weight_, value_ = 0.0;
  bool started_ = false;
};

/// Of one number per neuron.
class NeuronAverages {
 public:
  NeuronAverages(double weight, std::size_t neurons) : weight_(weight), values_(neurons) {}
  void add(std::span<const double> values) {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      values_[i] = started_ ? values_[i] + weight_ * (values[i] - values_[i]) : values[i];
    }
    started_ = true;
  }
  std::span<const double> values() const { return values_; }
  std::span<double> values() { return values_; }
  void remember(StateArchive& archive) {
    archive.values(std::span(values_));
    archive.value(started_);
  }

 private:
  double weight_;
  std::vector<double> values_;
  bool started_ = false;
};

}  // namespace vdn::control
