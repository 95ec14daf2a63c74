#pragma once
// The floor of a training step: its matrix products and nothing else.

#include <cstddef>
#include <vector>

#include <vdn/core/scheduler.hpp>
#include <vdn/model/settings.hpp>

namespace vdn::bench {

/// Every product of a step as docs/method.md writes the network, nothing folded or joined: per linear map y = x W^T,
/// dx = dy W (but for the first layers, whose input is data) and dW = dy^T x. 3.78 GFLOP for the reference network
/// with L 336, H 96, C 256, N 1024, S 4, B 256. By the BLAS library, not by the kernels that are measured against it.
class StepProducts {
 public:
  explicit StepProducts(const Settings& settings);
  /// 2 R I O summed over the products, in 1e9.
  double gflop() const { return gflop_; }
  /// Each thread computes its share of every product, of rows or, for dW, of outputs, one product after the other
  /// without waiting for the other threads: products depend on none of each other's results here.
  void run(Scheduler& scheduler) const;

 private:
  struct Product {
    std::size_t rows, inputs, outputs;  ///< R, I, O
    bool backward_input;
  };
  void add(std::size_t rows, std::size_t inputs, std::size_t outputs, bool backward_input = true);
  void run_share(const Product& product, std::size_t share, std::size_t shares) const;

  std::vector<Product> products_;
  double gflop_ = 0.0;
  mutable std::vector<float> rows_in_, rows_out_, weights_, gradient_, rows_back_;  // of the largest product
};

}  // namespace vdn::bench
