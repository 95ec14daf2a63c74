#include "inspect_model.hpp"

#include <filesystem>

#include <vdn/io/model_file.hpp>
#include <vdn/report/model_summary.hpp>

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

}  // namespace vdn::cli
