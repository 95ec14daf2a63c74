#pragma once
// DIR/report.html: gathering what a run left and writing the page about it.

#include <string>

#include <vdn/core/scheduler.hpp>
#include <vdn/data/load.hpp>
#include <vdn/model/forecaster.hpp>
#include <vdn/report/run_report.hpp>

#include "common.hpp"

namespace vdn::cli {

/// DIR/name.
std::string in_run(const std::string& folder, const char* name);

/// DIR/events.jsonl with what DIR/neurons.bin says of every neuron, if it is there, whole and of the same run. Throws
/// what read_events throws.
RunRecord read_run(const std::string& folder);

/// Fan charts of the model on the data: in the middle of the rows scored, or of what comes after the table.
void add_panels(Forecaster& model, const LoadedData& data, Scheduler& scheduler, RunReport& report);

/// Writes DIR/report.html and returns its path.
std::string write_run_page(const std::string& folder, const RunReport& report);

}  // namespace vdn::cli
