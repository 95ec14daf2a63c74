// C5: an ar1 prior tunes how persistent the neurons are.

#include <fmt/format.h>

#include <vdn/study/measure.hpp>
#include <vdn/study/statistics.hpp>

#include "study/studies.hpp"

namespace vdn::studies {
namespace {

class Persistence : public ArmStudy {
 public:
  std::string name() const override { return "persistence"; }
  std::string claim() const override {
    return "C5: the ar1 prior tunes temporal persistence: the autocorrelation of mu at lag encoder.stride over the "
           "validation windows rises with phi at a fixed weight lambda (no share control), and without the penalty "
           "(lambda 0) it is what the data make it.";
  }
  std::vector<std::string> usual_data() const override { return {"exchange", "etth1"}; }
  std::size_t usual_seeds() const override { return 5; }

  std::vector<Arm> arms() const override {
    std::vector<Arm> arms{{"lambda 0", {{"neuron.prior", "ar1"}, {"neuron.ar_weight", "0"}}}};
    for (const char* phi : {"0", "0.5", "0.8", "0.95"}) {
      arms.push_back(
          {fmt::format("phi {}", phi), {{"neuron.prior", "ar1"}, {"neuron.ar_weight", "1"}, {"neuron.phi", phi}}});
    }
    return arms;
  }

  StudyFindings find(const TrialResults& results) const override {
    StudyFindings found;
    StudyTable table{"Autocorrelation of mu, mean over neurons; 95% interval over seeds",
                     {"data", "arm", "seeds", "autocorrelation", "interval", "CRPS", "NLL"}};
    LineChart chart{.title = "Autocorrelation of mu against phi", .x_label = "phi", .y_label = "autocorrelation"};
    std::size_t style = 0;
    for (const std::string& data : data_of(results)) {
      ChartLine line{data, {}, {}, style++, true};
      for (const std::string& arm : arms_of(results)) {
        const TrialResults some = select(results, data, arm);
        if (some.empty()) continue;
        const std::vector<double> values = figures(some, "autocorrelation");
        const Interval interval = mean_interval(values);
        table.rows.push_back({data, arm, std::to_string(some.size()), fmt::format("{:.4f}", summarise(values).mean),
                              fmt::format("[{:.4f}, {:.4f}]", interval.low, interval.high),
                              print_summary(summarise(figures(some, "crps")), 4),
                              print_summary(summarise(figures(some, "nll")), 3)});
        if (!arm.starts_with("phi ")) continue;
        line.x.push_back(std::stod(arm.substr(4)));
        line.y.push_back(summarise(values).mean);
      }
      chart.lines.push_back(std::move(line));
    }
    found.tables.push_back(std::move(table));
    found.verdicts = compare_all(results, {{"phi 0.5", "phi 0", "autocorrelation"},
                                           {"phi 0.8", "phi 0.5", "autocorrelation"},
                                           {"phi 0.95", "phi 0.8", "autocorrelation"}});
    if (!chart.lines.empty()) found.picture = std::move(chart);
    return found;
  }
};

}  // namespace

std::unique_ptr<Study> persistence() {
  return std::make_unique<Persistence>();
}

}  // namespace vdn::studies
