// Every row of the table of operations: the fast form against the plain one, gradients against differences.
#include <gtest/gtest.h>

#include <cctype>

#include <kernels/op_case.hpp>

namespace vdn::test {
namespace {

const std::vector<OpCase>& table() {
  static const std::vector<OpCase> rows = op_table();
  return rows;
}

/// The numbers of the rows that have a gradient; random numbers and evaluations without one have none to test.
std::vector<std::size_t> rows_with_gradient() {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < table().size(); ++i) {
    if (table()[i].plain.gradient) rows.push_back(i);
  }
  return rows;
}

class OpTable : public testing::TestWithParam<std::size_t> {};
class OpTableGradient : public testing::TestWithParam<std::size_t> {};

TEST_P(OpTable, FastAgreesWithPlain) {
  const Verdict verdict = check_forward(table()[GetParam()]);
  EXPECT_TRUE(verdict.ok()) << verdict.problems;
}

TEST_P(OpTableGradient, IsRight) {
  const Verdict verdict = check_gradient(table()[GetParam()]);
  EXPECT_TRUE(verdict.ok()) << verdict.problems;
}

std::string row_name(const testing::TestParamInfo<std::size_t>& info) {
  const OpCase& row = table()[info.param];
  std::string name = row.name + "_" + row.shape + "_" + std::to_string(info.param);
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Rows, OpTable, testing::Range(std::size_t{0}, table().size()), row_name);
INSTANTIATE_TEST_SUITE_P(Rows, OpTableGradient, testing::ValuesIn(rows_with_gradient()), row_name);

}  // namespace
}  // namespace vdn::test
