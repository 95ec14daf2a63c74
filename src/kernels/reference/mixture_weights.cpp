// Mixture weights from scores: the plain form.

#include <algorithm>
#include <cmath>

#include <vdn/kernels/mixture.hpp>

namespace vdn::kernels {

template <>
void group_log_softmax_forward<double>(ConstMatrix<double> score, std::size_t group, Matrix<double> log_weight) {
  const std::size_t groups = score.cols / group;
  const double log_groups = std::log(static_cast<double>(groups));
  for (std::size_t first = 0; first < score.size(); first += group) {
    const auto in = score.flat().subspan(first, group);
    const double largest = *std::max_element(in.begin(), in.end());
    double sum = 0;
    for (const double value : in) sum += std::exp(value - largest);
    const double log_sum = largest + std::log(sum) + log_groups;
    for (std::size_t m = 0; m < group; ++m) log_weight.data[first + m] = in[m] - log_sum;
  }
}

// dscore = dlog_weight - share * (sum of dlog_weight over the group), share = weight within the group.
template <>
void group_log_softmax_backward<double>(ConstMatrix<double> log_weight, std::size_t group,
                                        ConstMatrix<double> dlog_weight, Matrix<double> dscore) {
  const std::size_t group_count = log_weight.cols / group;
  const auto groups = static_cast<double>(group_count);
  for (std::size_t first = 0; first < log_weight.size(); first += group) {
    double total = 0;
    for (std::size_t m = 0; m < group; ++m) total += dlog_weight.data[first + m];
    for (std::size_t m = 0; m < group; ++m)
      dscore.data[first + m] = dlog_weight.data[first + m] - groups * std::exp(log_weight.data[first + m]) * total;
  }
}

}  // namespace vdn::kernels
