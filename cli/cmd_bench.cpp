// vdn bench: how fast this machine is at what vdn does.

#include <array>
#include <cstdio>
#include <memory>

#include <vdn/bench/step_bench.hpp>

#include "common.hpp"
#include "settings_options.hpp"

namespace vdn::cli {
namespace {

struct BenchArguments {
  Shared shared;
  SettingsOptions settings;
  std::size_t runs = 40;
  std::string peer;
};

Json timing_json(const bench::Timing& t) {
  return {{"runs", t.runs}, {"median_ms", t.median}, {"p10_ms", t.p10}, {"p90_ms", t.p90}, {"p99_ms", t.p99}};
}

std::vector<std::string> timing_row(const std::string& what, const bench::Timing& t, double unit) {
  return {what, fmt::format("{:.2f}", t.median), fmt::format("{:.2f}", t.p10), fmt::format("{:.2f}", t.p90),
          fmt::format("{:.2f}", t.median / unit)};
}

/// What the peer prints, a JSON object with median_ms.
Json run_peer(const std::string& script, const Settings& s, std::size_t runs) {
  const std::string command =
      fmt::format("'{}' --lookback {} --horizon {} --width {} --neurons {} --draws {} --batch {} --runs {}", script,
                  s.lookback, s.horizon, s.encoder_width, s.neurons, s.draws, s.batch, runs);
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  std::array<char, 4096> part{};
  while (pipe && fgets(part.data(), part.size(), pipe.get())) text += part.data();
  Json peer = Json::parse(text, nullptr, false);
  if (peer.is_discarded() || !peer.is_object() || !peer.contains("median_ms") || !peer["median_ms"].is_number()) {
    throw Error(ErrorKind::data, script, "the peer printed no JSON object with median_ms",
                "run it by hand: " + command);
  }
  return peer;
}

int run_step(const BenchArguments& o) {
  const Settings settings = resolve_settings(o.settings);
  Json peer;
  if (!o.peer.empty() && o.settings.preset != "reference") {
    throw Error(ErrorKind::usage, "--peer", "a peer is the reference network", "leave --preset out");
  }
  if (!o.peer.empty()) peer = run_peer(o.peer, settings, o.runs);
  Scheduler scheduler(o.shared.threads);
  const bench::StepBench b = bench::bench_step(settings, o.runs, scheduler);
  Json document{{"command", "bench step"},
                {"preset", o.settings.preset},
                {"threads", scheduler.threads()},
                {"batch", settings.batch},
                {"parameters", b.parameters},
                {"arena_bytes", b.arena_bytes},
                {"gflop", b.gflop},
                {"median_ms", b.step.median},
                {"products_ms", b.products.median},
                {"over_products", b.step.median / b.products.median},
                {"idle", b.idle},
                {"step", timing_json(b.step)},
                {"products", timing_json(b.products)},
                {"gather", timing_json(b.gather)},
                {"draws", timing_json(b.draws)}};
  if (!peer.is_null()) {
    document["times_faster"] = peer["median_ms"].get<double>() / b.step.median;
    document["peer"] = peer;
  }
  if (o.shared.json) {
    print(document);
    return 0;
  }
  std::vector<std::vector<std::string>> rows{{"", "median ms", "10%", "90%", "/ products"}};
  rows.push_back(timing_row("step", b.step, b.products.median));
  rows.push_back(timing_row("its products alone", b.products, b.products.median));
  rows.push_back(timing_row("gathering the batch", b.gather, b.products.median));
  rows.push_back(timing_row("noise and masks", b.draws, b.products.median));
  if (!peer.is_null()) {
    const double ms = peer["median_ms"];
    rows.push_back(
        {peer.value("peer", "peer"), fmt::format("{:.2f}", ms), "", "", fmt::format("{:.2f}", ms / b.products.median)});
  }
  print(columns(rows, {false, true, true, true, true}));
  print(fmt::format("{:.2f} GFLOP of products at {:.0f} GFLOP/s, {}, largest idle share {:.1f}%\n", b.gflop,
                    1e3 * b.gflop / b.products.median, counted(scheduler.threads(), "thread"), 100.0 * b.idle));
  if (!peer.is_null()) {
    print(fmt::format("{:.2f} times faster than the peer\n", document["times_faster"].get<double>()));
  }
  return 0;
}

void add_step(CLI::App& bench, const std::shared_ptr<BenchArguments>& o) {
  CLI::App* app = bench.add_subcommand("step", "a training step beside its matrix products alone");
  o->settings.preset = "reference";
  o->settings.horizon = 96;
  add_settings_options(*app, o->settings);
  app->get_option("--horizon")->required(false);
  app->add_option("--runs", o->runs, "steps timed")->check(CLI::Range(1, 100000).description(""))->type_name("N");
  app->add_option("--peer", o->peer, "a program to compare with, such as bench/peer_torch.py")->type_name("SCRIPT");
  add_work_options(*app, o->shared);
  app->footer(
      "Times are medians of runs on made-up series, in milliseconds; the preset is reference unless said.\n"
      "Examples:\n"
      "  vdn bench step\n"
      "  vdn bench step --preset default --json\n"
      "  vdn bench step --peer bench/peer_torch.py");
}

}  // namespace

Command add_bench(CLI::App& program) {
  const auto o = std::make_shared<BenchArguments>();
  CLI::App* app = program.add_subcommand("bench", "how fast this machine is at what vdn does");
  app->require_subcommand(1);
  add_step(*app, o);
  app->footer("Example:\n  vdn bench step");
  return {app, [o] { return run_step(*o); }};
}

}  // namespace vdn::cli
