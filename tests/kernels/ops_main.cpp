// vdn_ops test|grad|perf [filter]: the table of operations by hand, after ggml's test-backend-ops.
#include <cstdio>
#include <string>

#include <kernels/op_case.hpp>

namespace {

using vdn::test::OpCase;
using vdn::test::Verdict;

bool report(const OpCase& row, const Verdict& verdict) {
  std::printf("%-44s %-28s %8.1e  %s\n", row.name.c_str(), row.shape.c_str(), verdict.worst,
              verdict.ok() ? "ok" : "FAIL");
  if (!verdict.ok()) std::printf("%s", verdict.problems.c_str());
  return verdict.ok();
}

void time_row(const OpCase& row) {
  const double seconds = vdn::test::time_forward(row);
  std::printf("%-44s %-28s %12.1f ns", row.name.c_str(), row.shape.c_str(), seconds * 1e9);
  std::size_t elements = 0;
  for (const std::size_t size : row.output_sizes) elements = size > elements ? size : elements;
  if (elements > 1) std::printf("  %8.3f ns/element", seconds * 1e9 / static_cast<double>(elements));
  if (row.flops > 0) std::printf("  %7.1f GFLOP/s", row.flops / seconds * 1e-9);
  if (row.bytes > 0) std::printf("  %7.1f GB/s", row.bytes / seconds * 1e-9);
  if (row.fast.gradient) std::printf("  gradient %12.1f ns", vdn::test::time_gradient(row) * 1e9);
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  const std::string filter = argc > 2 ? argv[2] : "";
  if (argc > 3 || (mode != "test" && mode != "grad" && mode != "perf")) {
    std::fprintf(stderr, "usage: vdn_ops test|grad|perf [part of an operation's name]\n");
    return 64;
  }
  bool ok = true;
  for (const OpCase& row : vdn::test::op_table()) {
    if (row.name.find(filter) == std::string::npos) continue;
    if (mode == "test") ok = report(row, check_forward(row)) && ok;
    if (mode == "grad" && row.plain.gradient) ok = report(row, check_gradient(row)) && ok;
    if (mode == "perf" && row.large) time_row(row);
  }
  return ok ? 0 : 1;
}
