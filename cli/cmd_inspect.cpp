// vdn inspect: what a table holds and what a fit of it would take, or what a model is.

#include <memory>

#include <vdn/io/atomic_file.hpp>
#include <vdn/io/model_file.hpp>
#include <vdn/report/data_page.hpp>

#include "common.hpp"
#include "inspect_data.hpp"
#include "inspect_model.hpp"
#include "inspect_text.hpp"

namespace vdn::cli {
namespace {

struct InspectArguments {
  Shared shared;
  std::string what, html, data;
  ReadingArguments reading;
  std::uint64_t horizon = 0;
  bool all = false, neurons = false;
};

/// Options that ask for something only a table has, or for neurons without --neurons.
void refuse_for_model(const InspectArguments& o) {
  const char* given = o.horizon > 0                         ? "--horizon"
                      : o.all                               ? "--all"
                      : !o.html.empty() && !o.neurons       ? "--html"
                      : o.reading.given() && o.data.empty() ? "how to read a table"
                                                            : nullptr;
  if (given) {
    const bool page = std::string(given) == "--html";
    throw Error(ErrorKind::usage, given, "is for tables, and " + o.what + " is a model",
                page ? "leave it out, or ask for the neurons' page with --neurons" : "leave it out");
  }
  if (!o.data.empty() && !o.neurons) {
    throw Error(ErrorKind::usage, "--data", "measures what neurons contribute", "ask for them with --neurons");
  }
}

/// Options that ask for something only a model has.
void refuse_for_table(const InspectArguments& o) {
  if (!o.neurons && o.data.empty()) return;
  throw Error(ErrorKind::usage, o.neurons ? "--neurons" : "--data", "is for models, and " + o.what + " is none",
              "give the model.vdn of a 'vdn fit'");
}

int run_inspect(const InspectArguments& o) {
  if (is_model_file(o.what)) {
    refuse_for_model(o);
    const InspectModelOptions options{o.shared, o.what, o.data, o.html, o.reading};
    return o.neurons ? inspect_neurons(options) : inspect_model(options);
  }
  refuse_for_table(o);
  Scheduler scheduler(o.shared.threads);
  const Inspection found = inspect_data(o.what, o.reading, o.horizon, scheduler);
  if (!o.html.empty()) {
    write_file_atomically(o.html, data_page_html(found.data, found.profile, found.advice, found.notes));
  }
  if (o.shared.json) {
    print(inspection_json(found, o.what));
  } else if (!o.shared.quiet) {
    print(inspection_text(found, o.what, o.all));
  }
  return 0;
}

}  // namespace

Command add_inspect(CLI::App& program) {
  const auto o = std::make_shared<InspectArguments>();
  CLI::App* app = program.add_subcommand("inspect", "what a table holds and a fit of it would take; what a model is");
  app->add_option("DATA|MODEL", o->what,
                  "CSV (.gz too): time, then one column a series; '-' reads standard input; a name; or a model.vdn")
      ->required()
      ->type_name("");
  add_reading(*app, o->reading);
  app->add_option("--horizon", o->horizon, "rows to forecast, for the look-back and the memory of a fit")
      ->check(CLI::Range(1, 1000000).description(""))
      ->type_name("H")
      ->group("Data");
  app->add_flag("--all", o->all, "list every series of a large table")->group("Output");
  app->add_flag("--neurons", o->neurons, "of a model: what every neuron does and did in training")->group("Model");
  app->add_option("--data", o->data, "with --neurons: rank them by what forecasts of this table lose without them")
      ->type_name("TABLE")
      ->group("Model");
  app->add_option("--html", o->html, "a page with a picture of every series, or of the neurons")
      ->type_name("FILE")
      ->group("Output");
  add_work_options(*app, o->shared);
  app->footer(
      "Seasons are given in rows with their strength, the share of the variance that repeats once trend and shorter\n"
      "seasons are taken out. Nothing is changed, nothing but --html is written.\n"
      "Examples:\n"
      "  vdn inspect sales.csv --horizon 28\n"
      "  vdn inspect flights --html flights.html\n"
      "  vdn inspect run/model.vdn\n"
      "  vdn inspect run/model.vdn --neurons --html neurons.html");
  return {app, [o] { return run_inspect(*o); }};
}

}  // namespace vdn::cli
