#include <vdn/evaluate/twins.hpp>

#include <string>

#include <algorithm>

#include <vdn/train/fit_job.hpp>

namespace vdn {
namespace {

/// The table as it was when the model was fitted: newer rows cut off.
LoadedData first_rows(const LoadedData& data, std::size_t rows) {
  LoadedData cut = data;
  if (rows >= data.series.length()) return cut;
  cut.series.times.resize(rows);
  cut.series.values.clear();
  for (std::size_t d = 0; d < data.series.count(); ++d) {
    const auto kept = data.series.series(d).first(rows);
    cut.series.values.insert(cut.series.values.end(), kept.begin(), kept.end());
  }
  for (Range& extent : cut.series.extent) extent = {std::min(extent.begin, rows), std::min(extent.end, rows)};
  std::erase_if(cut.series.breaks, [&](std::size_t row) { return row >= rows; });
  return cut;
}

void require_same_borders(const Forecaster& model, const LoadedData& data, Split split) {
  const Borders borders = fit_borders(data, split, model.settings());
  if (borders == model.data().borders) return;
  throw Error(ErrorKind::data, "--twins", "this table is not divided as the one the model was fitted on",
              "give the same DATA: " + model.data().source);
}

}  // namespace

std::vector<Forecaster> fit_twins(const Forecaster& model, const LoadedData& data, Scheduler& scheduler,
                                  const TwinObserver& observer) {
  if (model.settings().twin != Twin::none) {
    throw Error(ErrorKind::usage, "--twins",
                std::string("the model is a twin itself: ") + twin_name(model.settings().twin),
                "give the model it is a twin of");
  }
  const LoadedData rows = first_rows(data, model.data().rows);
  const Split split = parse_split(model.data().split);
  require_same_borders(model, rows, split);
  std::vector<Forecaster> twins;
  for (const Twin twin : {Twin::deterministic, Twin::mixture, Twin::noise}) {
    const std::unique_ptr<TrainingObserver> told = observer ? observer(twin) : nullptr;
    TrainingObserver silent;
    twins.push_back(fit_forecaster(rows, {with_twin(model.settings(), twin), model.preset(), split}, scheduler,
                                   told ? *told : silent));
  }
  return twins;
}

}  // namespace vdn
