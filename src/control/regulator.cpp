#include <vdn/control/regulator.hpp>

#include <algorithm>

#include <vdn/control/band_calibration.hpp>
#include <vdn/control/budget.hpp>
#include <vdn/control/guard.hpp>
#include <vdn/control/homeostat.hpp>
#include <vdn/control/penalty.hpp>
#include <vdn/control/projection.hpp>
#include <vdn/control/share.hpp>
#include <vdn/control/thermostat.hpp>

namespace vdn::control {

Regulator::Regulator(const ControlSettings& settings, ControlledLayer c)
    : settings_(settings),
      context_{.layer = c.layer,
               .values = c.values,
               .beta = c.beta,
               .bands = make_bands(settings, c.layer.neurons(), c.seed),
               .ar_weight = c.ar_weight,
               .ar_penalty = c.ar_penalty,
               .schedule = Schedule(settings, c.planned_steps),
               .averages = Averages(c.layer.neurons()),
               .measure_activity = std::move(c.measure_activity),
               .contribution = std::move(c.contribution)} {
  for (const Constraint constraint : settings.mode.list()) controllers_.push_back(make(constraint));
}

std::unique_ptr<Controller> Regulator::make(Constraint constraint) const {
  switch (constraint) {
    case Constraint::penalty:
      return std::make_unique<Penalty>(settings_);
    case Constraint::projection:
      return std::make_unique<Projection>();
    case Constraint::homeostat:
      return std::make_unique<Homeostat>(settings_);
    case Constraint::thermostat:
      return std::make_unique<Thermostat>(settings_);
    case Constraint::guard:
      return std::make_unique<Guard>();
    case Constraint::share:
      return std::make_unique<Share>(settings_);
    case Constraint::calibration:
      return std::make_unique<BandCalibration>(settings_, context_.bands);
    case Constraint::budget:
      return std::make_unique<Budget>(settings_, context_.neurons());
  }
  return nullptr;
}

double Regulator::before_backward(const StepStatistics& statistics, std::span<double> slope) {
  context_.statistics = statistics;
  std::fill(slope.begin(), slope.end(), 0.0);
  double penalty = 0.0;
  for (const auto& controller : controllers_) penalty += controller->before_backward(context_, slope);
  return penalty;
}

void Regulator::after_step(const StepStatistics& statistics) {
  if (!controllers_.empty()) {
    context_.statistics = statistics;
    context_.averages.activity.add(statistics.activity);
    context_.averages.kl.add(statistics.kl);
    context_.averages.awake.add(statistics.awake);
    for (const auto& controller : controllers_) controller->after_step(context_);
  }
  ++context_.step;
}

void Regulator::after_epoch() {
  for (const auto& controller : controllers_) controller->after_epoch(context_);
}

void Regulator::remember(StateArchive& archive) {
  archive.values(std::span(context_.bands.low));
  archive.values(std::span(context_.bands.high));
  archive.value(context_.ar_weight);
  archive.value(context_.step);
  for (NeuronAverages* averages : {&context_.averages.activity, &context_.averages.kl, &context_.averages.awake}) {
    averages->remember(archive);
  }
  for (const auto& controller : controllers_) controller->remember(archive);
}

}  // namespace vdn::control
