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

struct Options {
  Shared shared;
  std::string what, html;
  ReadingArguments reading;
  std::uint64_t horizon = 0;
  bool all = false;
};

/// Options that ask for something only a table has.
void refuse_for_model(const Options& o) {
  const char* given = o.horizon > 0       ? "--horizon"
                      : o.all             ? "--all"
                      : !o.html.empty()   ? "--html"
                      : o.reading.given() ? "how to read a table"
                                          : nullptr;
  if (!given) return;
  throw Error(ErrorKind::usage, given, "is for tables, and " + o.what + " is a model", "leave it out");
}

int run(const Options& o) {
  if (is_model_file(o.what)) {
    refuse_for_model(o);
    return inspect_model({o.shared, o.what});
  }
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
  const auto o = std::make_shared<Options>();
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
  app->add_option("--html", o->html, "a page with a picture of every series")->type_name("FILE")->group("Output");
  add_work_options(*app, o->shared);
  app->footer(
      "Seasons are given in rows with their strength, the share of the variance that repeats once trend and shorter\n"
      "seasons are taken out. Nothing is changed, nothing but --html is written.\n"
      "Examples:\n"
      "  vdn inspect sales.csv --horizon 28\n"
      "  vdn inspect flights --html flights.html\n"
      "  vdn inspect run/model.vdn");
  return {app, [o] { return run(*o); }};
}

}  // namespace vdn::cli
