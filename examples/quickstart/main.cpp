#include <iostream>
#include <vdn/vdn.hpp>

int main() {
  vdn::Scheduler cores;  // all cores; any number of them gives the same bits
  const auto data = vdn::load_named("flights");
  vdn::FitJob job{.settings = vdn::preset("default")};
  job.settings.horizon = 3;
  job.settings.epochs = 10;
  vdn::TrainingObserver silent;
  auto model = vdn::fit_forecaster(data, job, cores, silent);
  const auto next = vdn::predict(model, data.series, data.series.length(), {.1, .5, .9}, cores);
  std::cout << vdn::to_csv(next);
}
