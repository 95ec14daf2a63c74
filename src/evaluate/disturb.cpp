#include <vdn/evaluate/disturb.hpp>

#include <array>
#include <limits>

#include <vdn/core/random.hpp>
#include <vdn/kernels/random_fill.hpp>

namespace vdn {
namespace {

constexpr std::size_t missing_rows = 24, shifted_rows = 48;

}  // namespace

const char* disturbance_name(Disturbance disturbance) {
  constexpr std::array<const char*, 3> names{"noise", "missing", "shift"};
  return names[static_cast<std::size_t>(disturbance)];
}

std::vector<float> disturbed(ConstMatrix<float> scaled, Disturbance disturbance, double amount, std::uint64_t seed) {
  std::vector<float> values(scaled.flat().begin(), scaled.flat().end());
  const Matrix<float> out(values.data(), scaled.rows, scaled.cols);
  const StreamKey stream = stream_key(seed, Purpose::disturbance, static_cast<std::uint64_t>(disturbance));
  std::vector<float> noise(scaled.cols);
  for (std::size_t d = 0; d < out.rows; ++d) {
    const auto row = out.row(d);
    const auto series = static_cast<std::uint32_t>(d);
    if (disturbance == Disturbance::noise) kernels::fill_normal<float>({stream, series, 0, 0}, noise);
    for (std::size_t t = 0; t < row.size(); ++t) {
      switch (disturbance) {
        case Disturbance::noise:
          row[t] += static_cast<float>(amount) * noise[t];
          break;
        case Disturbance::missing: {
          const auto stretch = static_cast<std::uint32_t>(t / missing_rows);
          if (to_uniform(philox(stream, {stretch, 0, 0, series})[0]) < amount) {
            row[t] = std::numeric_limits<float>::quiet_NaN();
          }
          break;
        }
        case Disturbance::shift:
          if (t / shifted_rows % 2 == 1) row[t] += static_cast<float>(amount);
          break;
      }
    }
  }
  return values;
}

}  // namespace vdn
