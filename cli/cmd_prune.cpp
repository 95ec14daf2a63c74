// vdn prune: a smaller, faster network out of a fitted one.

#include <charconv>
#include <cmath>
#include <memory>

#include <vdn/evaluate/prune.hpp>
#include <vdn/io/model_file.hpp>

#include "common.hpp"

namespace vdn::cli {
namespace {

struct PruneArguments {
  Shared shared;
  std::string model, data, keep, loss, out;
  ReadingArguments reading;
};

/// A number, and whether a percent sign follows it. Throws Error (usage) for anything else.
struct Amount {
  double number = 0.0;
  bool percent = false;
};
Amount parse_amount(const std::string& option, const std::string& text, const std::string& hint) {
  Amount amount;
  std::string_view digits = text;
  if (!digits.empty() && digits.back() == '%') {
    amount.percent = true;
    digits.remove_suffix(1);
  }
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), amount.number);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || !std::isfinite(amount.number)) {
    throw Error(ErrorKind::usage, option, fmt::format("'{}' is no amount", text), hint);
  }
  return amount;
}

PruneTarget target_of(const PruneArguments& o, std::size_t neurons) {
  if (o.keep.empty() == o.loss.empty()) {
    throw Error(ErrorKind::usage, "", "either --keep or --loss is needed", "give one of them, such as --keep 50%");
  }
  PruneTarget target;
  if (!o.loss.empty()) {
    const Amount loss = parse_amount("--loss", o.loss, "give a percentage, such as 1%");
    target.loss = loss.number / 100.0;
    return target;
  }
  const Amount keep = parse_amount("--keep", o.keep, "give a percentage such as 50%, or a number of neurons");
  const double count = keep.percent ? std::round(keep.number / 100.0 * static_cast<double>(neurons)) : keep.number;
  if (!(count >= 1.0 && count <= static_cast<double>(neurons)) || count != std::floor(count)) {
    throw Error(ErrorKind::usage, "--keep",
                fmt::format("'{}' of {} cannot be kept", o.keep, counted(neurons, "neuron")),
                fmt::format("give a percentage such as 50%, or 1 to {}", neurons));
  }
  target.neurons = static_cast<std::size_t>(count);
  return target;
}

std::string curve_table(const std::vector<PrunePoint>& curve, std::size_t chosen) {
  std::vector<std::vector<std::string>> rows{{"neurons", "CRPS", "change", "NLL", "s per 1000 windows", ""}};
  for (const PrunePoint& p : curve) {
    rows.push_back({grouped(p.neurons), fmt::format("{:.4f}", p.crps),
                    fmt::format("{:+.2f}%", 100.0 * (p.crps / curve.front().crps - 1.0)), fmt::format("{:.4f}", p.nll),
                    fmt::format("{:.3f}", p.seconds_per_1000_windows), p.neurons == chosen ? "written" : ""});
  }
  return columns(rows, {true, true, true, true, true, false});
}

Json document(const Pruned& pruned, std::size_t neurons, const PruneArguments& o) {
  Json json{{"command", "prune"},
            {"model", o.model},
            {"data", o.data},
            {"out", o.out},
            {"neurons", {{"before", neurons}, {"after", pruned.kept.size()}}},
            {"kept", pruned.kept},
            {"curve", Json::array()}};
  for (const PrunePoint& p : pruned.curve) {
    json["curve"].push_back({{"neurons", p.neurons},
                             {"nll", p.nll},
                             {"crps", p.crps},
                             {"seconds_per_1000_windows", p.seconds_per_1000_windows}});
  }
  return json;
}

int run_prune(const PruneArguments& o) {
  Forecaster model = load_model(o.model);
  const std::size_t neurons = model.network().neurons().neurons();
  const PruneTarget target = target_of(o, neurons);
  const LoadedData data = read_data(o.data, o.reading, &model.data());
  Scheduler scheduler(o.shared.threads);
  const Pruned pruned = prune(model, data, target, scheduler, [&](const PrunePoint& p) {
    note(o.shared, "{}: CRPS {:.4f}, NLL {:.4f}", counted(p.neurons, "neuron"), p.crps, p.nll);
  });
  save_model(pruned.model, o.out);
  if (o.shared.json) {
    print(document(pruned, neurons, o));
  } else {
    print(curve_table(pruned.curve, pruned.kept.size()));
  }
  note(o.shared, "wrote {}: {} of {}", o.out, grouped(pruned.kept.size()), counted(neurons, "neuron"));
  return 0;
}

}  // namespace

Command add_prune(CLI::App& program) {
  const auto o = std::make_shared<PruneArguments>();
  CLI::App* app = program.add_subcommand("prune", "drop the neurons that contribute least: a smaller model");
  app->add_option("MODEL", o->model, "a model.vdn")->required()->type_name("");
  app->add_option("DATA", o->data, "the table it was fitted on")->required()->type_name("");
  app->add_option("--keep", o->keep, "how many stay: a percentage such as 50%, or a number")
      ->type_name("AMOUNT")
      ->group("Data");
  app->add_option("--loss", o->loss, "or: the fewest whose validation CRPS is at most so much worse, such as 1%")
      ->type_name("PERCENT")
      ->group("Data");
  add_reading(*app, o->reading);
  app->add_option("--out", o->out, "the smaller model")->required()->type_name("FILE")->group("Output");
  add_work_options(*app, o->shared);
  app->footer(
      "Neurons are ranked on training rows and what is left is measured on validation rows, uncalibrated.\n"
      "Examples:\n"
      "  vdn prune run/model.vdn flights --keep 50% --out half.vdn\n"
      "  vdn prune run/model.vdn flights --loss 1% --out small.vdn");
  return {app, [o] { return run_prune(*o); }};
}

}  // namespace vdn::cli
