#include <utility>
#include <vector>

#include <vdn/core/error.hpp>
#include <vdn/evaluate/probts.hpp>

#include "protocol_rules.hpp"

namespace vdn {
namespace {

/// The origins of a run (of stride 1) that are a whole number of strides behind `begin`.
void add_strided(const WindowRun& run, std::size_t begin, std::vector<WindowRun>& out) {
  const std::size_t first = begin + block_count(run.first - begin, probts_stride) * probts_stride;
  if (first > run.last()) return;
  WindowRun strided = run;
  strided.first = static_cast<std::uint32_t>(first);
  strided.stride = probts_stride;
  strided.count = static_cast<std::uint32_t>((run.last() - first) / probts_stride + 1);
  out.push_back(strided);
}

}  // namespace

void require_probts_context(const Forecaster& model, const LoadedData& data) {
  check_split_context(Split::probts, data.set ? data.set->name : "", model.context_rows(),
                      model.context_rows() - model.settings().lookback, model.name());
}

Windows probts_test_windows(const LoadedData& data, Range rows, const WindowShape& shape) {
  const std::size_t count = probts_windows(rows.size(), shape.horizon);
  if (count == 0) return {};
  const Windows all =
      part_windows(data.series, {rows.begin, rows.begin + probts_stride * (count - 1) + shape.horizon}, shape);
  if (all.is_grid() && all.first_origin() == rows.begin)
    return Windows(rows.begin, all.last_origin(), all.series(), probts_stride);
  std::vector<WindowRun> runs;  // gaps and short series leave some origins out, but never shift them
  for (std::size_t series = 0; series < all.series(); ++series) {
    for (const WindowRun& run : all.runs_of(series)) add_strided(run, rows.begin, runs);
  }
  return Windows::of_runs(std::move(runs), all.series());
}

}  // namespace vdn
