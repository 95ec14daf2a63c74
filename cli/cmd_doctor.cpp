// vdn doctor: is this machine all right, and what does vdn find on it?

#include <unistd.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <thread>

#include <hwy/targets.h>

#include <vdn/core/scheduler.hpp>
#include <vdn/data/named.hpp>
#include <vdn/kernels/linear.hpp>

#include "common.hpp"

namespace vdn::cli {
namespace {

/// A made-up product y = x W^T, 96 rows of 200 inputs to 64 outputs; values in [-1, 1].
template <class Real>
struct Product {
  static constexpr std::size_t rows = 96, inputs = 200, outputs = 64;
  std::vector<Real> x, w, y;

  explicit Product(std::size_t threads) : x(rows * inputs), w(outputs * inputs), y(rows * outputs) {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<Real>(static_cast<float>(std::sin(0.37 * double(i))));
    for (std::size_t i = 0; i < w.size(); ++i) w[i] = static_cast<Real>(static_cast<float>(std::cos(0.73 * double(i))));
    const ConstMatrix<Real> all_x{x.data(), rows, inputs}, all_w{w.data(), outputs, inputs};
    const Matrix<Real> all_y{y.data(), rows, outputs};
    Scheduler scheduler(threads);
    scheduler.run(block_count(rows, 16), [&](std::size_t block) {
      const Range range{block * 16, (block + 1) * 16};
      kernels::linear_forward<Real>(all_x.slice(range), all_w, {}, all_y.slice(range));
    });
  }
};

struct SelfCheck {
  bool same_bits = false;  ///< two threads compute what one computes
  double worst = 0.0;      ///< largest difference from double precision
  bool accurate = false;
};

SelfCheck self_check() {
  const Product<float> one(1), two(2);
  const Product<double> exact(1);
  SelfCheck result;
  result.same_bits = std::memcmp(one.y.data(), two.y.data(), one.y.size() * sizeof(float)) == 0;
  for (std::size_t i = 0; i < one.y.size(); ++i) {
    result.worst = std::max(result.worst, std::fabs(static_cast<double>(one.y[i]) - exact.y[i]));
  }
  result.accurate = result.worst < 1e-3;  // 200 products of size 1: some 1e-5
  return result;
}

/// The best code path of the kernels this processor can run.
std::string code_path() {
  const auto usable = static_cast<std::int64_t>(hwy::SupportedTargets()) & static_cast<std::int64_t>(HWY_TARGETS);
  return usable == 0 ? "none" : hwy::TargetName(usable & -usable);  // better targets have lower bits
}

std::string compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

const char* blas() {
#if defined(VDN_BLAS_SERIAL)
  return "OpenBLAS, serial (same bits whatever the threads)";
#else
  return "system CBLAS (bits may depend on its threads)";
#endif
}

Json examine() {
  const SelfCheck check = self_check();
  Json found = Json::object();
  for (const NamedSet& set : named_sets()) {
    if (const auto path = locate(set)) found[std::string(set.name)] = *path;
  }
  const bool writable = access(".", W_OK) == 0;
  return {{"command", "doctor"},
          {"version", VDN_VERSION},
          {"compiler", compiler()},
          {"code_path", code_path()},
          {"blas", blas()},
          {"threads", Scheduler(0).threads()},
          {"same_bits_on_two_threads", check.same_bits},
          {"error_against_double", check.worst},
          {"kernels_accurate", check.accurate},
          {"current_folder_writable", writable},
          {"data_folders", data_folders()},
          {"data_sets", found},
          {"healthy", check.same_bits && check.accurate && writable}};
}

std::string as_text(const Json& d) {
  const auto verdict = [&](const char* key) { return std::string(d.at(key).get<bool>() ? "ok" : "FAILED"); };
  const auto text = [&](const char* key) { return d.at(key).get<std::string>(); };
  std::vector<std::vector<std::string>> rows{
      {"version", text("version")},
      {"compiler", text("compiler")},
      {"code path", text("code_path")},
      {"BLAS", text("blas")},
      {"threads", std::to_string(d.at("threads").get<std::size_t>())},
      {"two threads give the bits of one", verdict("same_bits_on_two_threads")},
      {"kernels agree with double precision", fmt::format("{} (largest difference {:.1e})", verdict("kernels_accurate"),
                                                          d.at("error_against_double").get<double>())},
      {"current folder can be written", verdict("current_folder_writable")}};
  for (const auto& folder : d.at("data_folders")) rows.push_back({"data folder", folder.get<std::string>()});
  for (const auto& [name, path] : d.at("data_sets").items())
    rows.push_back({"data set " + name, path.get<std::string>()});
  return columns(rows);
}

}  // namespace

Command add_doctor(CLI::App& program) {
  const auto shared = std::make_shared<Shared>();
  CLI::App* app = program.add_subcommand("doctor", "check this installation: version, processor, arithmetic, data");
  add_json(*app, *shared);
  app->footer("Exit code 0 when all is well, else 70.\nExample:\n  vdn doctor");
  return {app, [shared] {
            const Json found = examine();
            if (shared->json) {
              print(found);
            } else {
              print(as_text(found));
            }
            return found.at("healthy").get<bool>() ? 0 : static_cast<int>(ErrorKind::software);
          }};
}

}  // namespace vdn::cli
