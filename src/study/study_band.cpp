// What a band can hold: neurons inside it against its width, and what the widths cost.

#include <fmt/format.h>

#include <vdn/study/measure.hpp>
#include <vdn/study/statistics.hpp>

#include "study/studies.hpp"

namespace vdn::studies {
namespace {

struct Width {
  const char *lower, *upper;
};
constexpr Width widths[] = {{"0.8", "1.6"}, {"0.6", "2"}, {"0.4", "2"}, {"0.4", "3"}, {"0.25", "4"}, {"0.15", "6"}};

class Band : public ArmStudy {
 public:
  std::string name() const override { return "band"; }
  std::string claim() const override {
    return "The trade-off of a fixed band: how many neurons stay inside it, and alive, over the whole validation "
           "part, by its width (multiples of the target). A narrow band cannot hold where activities of validation "
           "rows differ from those of training rows.";
  }
  std::vector<std::string> usual_data() const override { return {"exchange"}; }
  std::size_t usual_seeds() const override { return 3; }

  std::vector<Arm> arms() const override {
    std::vector<Arm> arms;
    for (const Width& width : widths) {
      arms.push_back({fmt::format("{} to {}", width.lower, width.upper),
                      {{"control.mode", "penalty+homeostat+thermostat+guard"},
                       {"band.lower", width.lower},
                       {"band.upper", width.upper}}});
    }
    return arms;
  }

  MeasureOptions measured() const override { return {.whole_validation = true}; }

  StudyFindings find(const TrialResults& results) const override {
    StudyFindings found;
    found.tables.push_back(mean_table("Neurons over the whole validation part", results,
                                      {{"inside", "inside", 2},
                                       {"low", "frac_low", 2},
                                       {"high", "frac_high", 2},
                                       {"alive", "alive", 2},
                                       {"mu^2", "mu2", 3},
                                       {"CRPS", "crps", 4},
                                       {"NLL", "nll", 3}}));
    LineChart chart{.title = "Share of neurons inside a fixed band", .x_label = "upper over lower end", .y_label = ""};
    std::size_t style = 0;
    for (const std::string& data : data_of(results)) {
      ChartLine line{data, {}, {}, style++, true};
      for (const Width& width : widths) {
        const TrialResults some = select(results, data, fmt::format("{} to {}", width.lower, width.upper));
        if (some.empty()) continue;
        line.x.push_back(std::stod(width.upper) / std::stod(width.lower));
        line.y.push_back(summarise(figures(some, "inside")).mean);
      }
      chart.lines.push_back(std::move(line));
    }
    if (!chart.lines.empty()) found.picture = std::move(chart);
    return found;
  }
};

}  // namespace

std::unique_ptr<Study> band() {
  return std::make_unique<Band>();
}

}  // namespace vdn::studies
