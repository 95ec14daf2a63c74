#include "inspect_model.hpp"

#include <filesystem>

#include <vdn/io/atomic_file.hpp>
#include <vdn/io/model_file.hpp>
#include <vdn/report/model_summary.hpp>
#include <vdn/report/neuron_report.hpp>
#include <vdn/train/fit_job.hpp>
#include <vdn/train/validation.hpp>

#include "run_page.hpp"

namespace vdn::cli {

int inspect_model(const InspectModelOptions& o) {
  const Forecaster model = load_model(o.model);
  const std::size_t bytes = std::filesystem::file_size(o.model);
  if (o.shared.json) {
    Json document{{"command", "inspect"}};
    document.update(Json::parse(model_summary_json(model, o.model, bytes)));
    print(document);
  } else {
    print(model_summary_text(model, o.model, bytes));
  }
  return 0;
}

namespace {

/// Of the training that left the model: empty when its files are not beside it.
RunRecord run_beside(const std::string& model) {
  const std::string folder = std::filesystem::path(model).parent_path().string();
  try {
    return read_run(folder.empty() ? "." : folder);
  } catch (const Error&) {  // the model was moved away from its run
    return {};
  }
}

/// Contributions on at most 128 validation windows.
void measure(Forecaster& model, const InspectModelOptions& o, NeuronReport& report) {
  const LoadedData data = read_data(o.data, o.reading, &model.data());
  const std::vector<float> values = scale_for(model, data.series);
  const Borders& borders = model.data().borders;
  if (borders.val_end > data.series.length()) {
    throw Error(ErrorKind::data, o.data, "ends before the rows the model was validated on",
                "give the table the model was fitted on");
  }
  const Windows windows = part_windows(data.series, borders.validation(), window_shape(model.settings()));
  const std::vector<Window> sample = thin_windows(windows, 128);
  if (sample.empty()) throw Error(ErrorKind::data, o.data, "has no validation window for the model");
  Scheduler scheduler(o.shared.threads);
  report.contribution =
      model.contribution({values.data(), data.series.count(), data.series.length()}, sample, scheduler);
  report.contribution_windows = sample.size();
}

}  // namespace

int inspect_neurons(const InspectModelOptions& o) {
  Forecaster model = load_model(o.model);
  NeuronReport report = describe_neurons(model, o.model, run_beside(o.model));
  if (!o.data.empty()) measure(model, o, report);
  if (!o.html.empty()) write_file_atomically(o.html, neuron_page_html(report));
  if (o.shared.json) {
    Json document{{"command", "inspect"}};
    document.update(Json::parse(neuron_json(report)));
    print(document);
  } else if (!o.shared.quiet) {
    print(neuron_text(report));
  }
  return 0;
}

}  // namespace vdn::cli
