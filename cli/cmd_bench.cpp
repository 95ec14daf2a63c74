// vdn bench: how fast this machine is at what vdn does.

#include <array>
#include <cstdio>
#include <memory>

#include <vdn/bench/csv_bench.hpp>
#include <vdn/bench/epoch_bench.hpp>
#include <vdn/bench/predict_bench.hpp>
#include <vdn/bench/scale_bench.hpp>
#include <vdn/bench/step_bench.hpp>

#include "common.hpp"
#include "settings_options.hpp"

namespace vdn::cli {
namespace {

struct BenchArguments {
  Shared shared;
  SettingsOptions settings;
  std::size_t runs = 0;  ///< as many as the bench takes unless said
  std::string peer, folder = ".";
  std::size_t series = 321, rows = 26304;
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

int run_epoch(const BenchArguments& o) {
  const Settings settings = resolve_settings(o.settings);
  Scheduler scheduler(o.shared.threads);
  const bench::EpochBench b = bench::bench_epoch(settings, o.runs, scheduler);
  const double over_steps = b.rest.median / b.steps.median;
  if (o.shared.json) {
    print({{"command", "bench epoch"},
           {"preset", o.settings.preset},
           {"threads", scheduler.threads()},
           {"step_count", b.step_count},
           {"validation_windows", b.validation_windows},
           {"epoch", timing_json(b.epoch)},
           {"steps", timing_json(b.steps)},
           {"validation", timing_json(b.validation)},
           {"rest", timing_json(b.rest)},
           {"rest_over_steps", over_steps}});
    return 0;
  }
  std::vector<std::vector<std::string>> rows{{"", "median ms", "10%", "90%", "/ steps"}};
  rows.push_back(timing_row("epoch", b.epoch, b.steps.median));
  rows.push_back(timing_row(counted(b.step_count, "step"), b.steps, b.steps.median));
  rows.push_back(timing_row("validation", b.validation, b.steps.median));
  rows.push_back(timing_row("all else", b.rest, b.steps.median));
  print(columns(rows, {false, true, true, true, true}));
  print(fmt::format("{} windows a step, {} validation windows, {}\n", grouped(settings.batch),
                    grouped(b.validation_windows), counted(scheduler.threads(), "thread")));
  return 0;
}

int run_predict(const BenchArguments& o) {
  const Settings settings = resolve_settings(o.settings);
  Scheduler scheduler(o.shared.threads);
  const bench::PredictBench b = bench::bench_predict(settings, o.runs, scheduler);
  const double weights = b.weights.median, batch_rate = 1e3 * b.batch_gflop / b.batch.median;
  const double products_rate = 1e3 * b.products_gflop / b.products.median;
  if (o.shared.json) {
    print({{"command", "bench predict"},
           {"preset", o.settings.preset},
           {"threads", scheduler.threads()},
           {"weight_bytes", b.weight_bytes},
           {"weights", timing_json(b.weights)},
           {"plug_in", timing_json(b.plug_in)},
           {"drawn", timing_json(b.drawn)},
           {"quantiles", timing_json(b.quantiles)},
           {"paths_100", timing_json(b.paths)},
           {"batch_1024", timing_json(b.batch)},
           {"scored_1024", timing_json(b.scored)},
           {"p50_over_weights", b.plug_in.median / weights},
           {"p99_over_weights", b.plug_in.p99 / weights},
           {"paths_over_plug_in", b.paths.median / b.plug_in.median},
           {"batch_gflops", batch_rate},
           {"products_gflops", products_rate}});
    return 0;
  }
  std::vector<std::vector<std::string>> rows{{"", "median ms", "10%", "90%", "99%", "/ weights"}};
  const auto add = [&](const std::string& what, const bench::Timing& t) {
    rows.push_back({what, fmt::format("{:.3f}", t.median), fmt::format("{:.3f}", t.p10), fmt::format("{:.3f}", t.p90),
                    fmt::format("{:.3f}", t.p99), fmt::format("{:.2f}", t.median / weights)});
  };
  add("reading the weights once", b.weights);
  add("one window, plug-in", b.plug_in);
  add(fmt::format("one window, {}", counted(settings.score_draws, "draw")), b.drawn);
  add("... and 3 quantiles", b.quantiles);
  add("one window, 100 paths", b.paths);
  add("1,024 windows", b.batch);
  add("... and their scores", b.scored);
  print(columns(rows, {false, true, true, true, true, true}));
  print(fmt::format("{:.1f} MB of weights; batches at {:.0f} GFLOP/s, a step's products at {:.0f}; {}\n",
                    1e-6 * static_cast<double>(b.weight_bytes), batch_rate, products_rate,
                    counted(scheduler.threads(), "thread")));
  return 0;
}

int run_csv(const BenchArguments& o) {
  const bench::CsvBench b = bench::bench_csv(o.folder, o.series, o.rows, o.runs);
  const double megabytes = 1e-6 * static_cast<double>(b.bytes), rate = 1e3 * megabytes / b.read.median;
  if (o.shared.json) {
    print({{"command", "bench csv"},
           {"series", o.series},
           {"rows", o.rows},
           {"bytes", b.bytes},
           {"read", timing_json(b.read)},
           {"megabytes_per_second", rate}});
    return 0;
  }
  print(fmt::format("{} series of {}, {:.1f} MB: read in {:.0f} ms (10% {:.0f}, 90% {:.0f}), {:.0f} MB/s\n", o.series,
                    counted(o.rows, "row"), megabytes, b.read.median, b.read.p10, b.read.p90, rate));
  return 0;
}

int run_scale(const BenchArguments& o) {
  const Settings settings = resolve_settings(o.settings);
  Scheduler scheduler(o.shared.threads);
  const std::vector<bench::ScaleBench> all = bench::bench_scale(settings, o.runs, scheduler);
  Json document{{"command", "bench scale"}, {"preset", o.settings.preset}, {"threads", scheduler.threads()}};
  std::vector<std::vector<std::string>> rows{{"median ms by", "size", "x 2", "x 4", "x 8", "exponent"}};
  for (const bench::ScaleBench& b : all) {
    document["scale"].push_back(
        {{"of", b.of}, {"sizes", b.sizes}, {"median_ms", b.median_ms}, {"exponent", b.exponent}});
    std::vector<std::string> row{fmt::format("{} from {}", b.of, b.sizes.front())};
    for (const double ms : b.median_ms) row.push_back(fmt::format("{:.2f}", ms));
    row.push_back(fmt::format("{:.2f}", b.exponent));
    rows.push_back(row);
  }
  if (o.shared.json) {
    print(document);
  } else {
    print(columns(rows, {false, true, true, true, true, true}));
  }
  return 0;
}

/// `usual` runs unless said.
void add_runs(CLI::App& app, BenchArguments& o, const std::string& what, std::size_t usual) {
  app.add_option("--runs", o.runs, fmt::format("{}; {} unless said", what, usual))
      ->check(CLI::Range(1, 100000).description(""))
      ->type_name("N");
  app.preparse_callback([&o, usual](std::size_t) { o.runs = usual; });
}

/// What benches of a network share: its settings, of the reference preset unless said.
void add_network(CLI::App& app, BenchArguments& o) {
  add_settings_options(app, o.settings);
  app.get_option("--horizon")->required(false);
  add_work_options(app, o.shared);
}

void add_predict(CLI::App& bench, const std::shared_ptr<BenchArguments>& o) {
  CLI::App* app = bench.add_subcommand("predict", "forecasts beside reading the weights once");
  add_runs(*app, *o, "forecasts timed, of batches and paths a tenth", 400);
  add_network(*app, *o);
  app->footer("Examples:\n  vdn bench predict --preset default\n  vdn bench predict --json");
}

void add_epoch(CLI::App& bench, const std::shared_ptr<BenchArguments>& o) {
  CLI::App* app = bench.add_subcommand("epoch", "what an epoch of training takes beside its steps");
  add_runs(*app, *o, "epochs timed", 5);
  add_network(*app, *o);
  app->footer("Examples:\n  vdn bench epoch --preset default\n  vdn bench epoch --set train.windows_per_epoch=8192");
}

void add_csv(CLI::App& bench, const std::shared_ptr<BenchArguments>& o) {
  CLI::App* app = bench.add_subcommand("csv", "reading a table");
  add_runs(*app, *o, "times it is read", 5);
  const auto size = CLI::Range(1, 10000000).description("");
  app->add_option("--series", o->series, "series of the table")->check(size)->type_name("D");
  app->add_option("--rows", o->rows, "rows of the table")->check(size)->type_name("T");
  app->add_option("--folder", o->folder, "where the table is written for the time being")->type_name("FOLDER");
  add_json(*app, o->shared);
  app->footer("Example:\n  vdn bench csv --series 321 --rows 26304 --folder /tmp");
}

void add_scale(CLI::App& bench, const std::shared_ptr<BenchArguments>& o) {
  CLI::App* app = bench.add_subcommand("scale", "how costs grow with neurons, draws, batch and series");
  add_runs(*app, *o, "runs of each size", 5);
  add_network(*app, *o);
  app->footer("Example:\n  vdn bench scale");
}

void add_step(CLI::App& bench, const std::shared_ptr<BenchArguments>& o) {
  CLI::App* app = bench.add_subcommand("step", "a training step beside its matrix products alone");
  add_network(*app, *o);
  add_runs(*app, *o, "steps timed", 40);
  app->add_option("--peer", o->peer, "a program to compare with, such as bench/peer_torch.py")->type_name("SCRIPT");
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
  o->settings.preset = "reference";
  o->settings.horizon = 96;
  add_step(*app, o);
  add_epoch(*app, o);
  add_predict(*app, o);
  add_csv(*app, o);
  add_scale(*app, o);
  app->footer("Example:\n  vdn bench step");
  return {app, [app, o] {
            if (app->got_subcommand("epoch")) return run_epoch(*o);
            if (app->got_subcommand("predict")) return run_predict(*o);
            if (app->got_subcommand("csv")) return run_csv(*o);
            if (app->got_subcommand("scale")) return run_scale(*o);
            return run_step(*o);
          }};
}

}  // namespace vdn::cli
