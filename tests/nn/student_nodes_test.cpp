#include <vdn/nn/student_nodes.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace vdn::nn {
namespace {

double log_student(double x, double nu) {
  return std::lgamma((nu + 1) / 2) - std::lgamma(nu / 2) - .5 * std::log(nu * 3.14159265358979) -
         (nu + 1) / 2 * std::log1p(x * x / nu);
}

double log_nodes(const kernels::MixtureNodes& nodes, double x) {
  double density = 0;
  for (std::size_t q = 0; q < nodes.count; ++q) {
    const double z = x / nodes.scale[q];
    density += std::exp(nodes.log_weight[q] - z * z / 2) / nodes.scale[q] / std::sqrt(2 * 3.14159265358979);
  }
  return std::log(density);
}

/// The largest |log ratio| of the densities within 4 scales.
double largest_distance(double nu) {
  const kernels::MixtureNodes nodes = student_nodes(nu);
  double largest = 0;
  for (double x = 0; x <= 4; x += .1) largest = std::max(largest, std::abs(log_nodes(nodes, x) - log_student(x, nu)));
  return largest;
}

/// Of t_nu to the nodes, in nats, by Riemann sum.
double divergence(double nu) {
  const kernels::MixtureNodes nodes = student_nodes(nu);
  double sum = 0;
  for (double x = -15; x <= 15; x += .01) {
    const double log_density = log_student(x, nu);
    sum += .01 * std::exp(log_density) * (log_density - log_nodes(nodes, x));
  }
  return sum;
}

TEST(StudentNodes, AreNearTheDensityOfStudentsT) {
  for (const double nu : {4.0, 7.0, 10.0, 30.0, 1000.0}) EXPECT_LT(largest_distance(nu), .10) << nu;
  EXPECT_LT(largest_distance(3), .15);
  EXPECT_LT(largest_distance(2), .26);
  for (const double nu : {2.0, 3.0, 4.0, 10.0}) {
    EXPECT_LT(divergence(nu), .009) << nu;
    EXPECT_GT(divergence(nu), 0) << nu;
  }
}

TEST(StudentNodes, HaveTheTailsTheDocumentationSays) {
  EXPECT_NEAR(student_nodes(2).scale[2], 4.1, .1);
  EXPECT_NEAR(student_nodes(4).scale[2], 2.3, .1);
  EXPECT_NEAR(student_nodes(10).scale[2], 1.6, .1);
}

TEST(StudentNodes, AreADistributionAscendingInScale) {
  for (const double nu : {2.0, 4.0, 1000.0}) {
    const kernels::MixtureNodes nodes = student_nodes(nu);
    double sum = 0;
    ASSERT_EQ(nodes.count, 3u);
    for (std::size_t q = 0; q < nodes.count; ++q) sum += std::exp(nodes.log_weight[q]);
    EXPECT_NEAR(sum, 1, 1e-12);
    EXPECT_TRUE(std::is_sorted(nodes.scale.begin(), nodes.scale.begin() + 3));
  }
  EXPECT_EQ(student_nodes(0).count, 1u);
  EXPECT_EQ(student_nodes(0).scale[0], 1);
  EXPECT_EQ(student_nodes(0).log_weight[0], 0);
}

}  // namespace
}  // namespace vdn::nn
