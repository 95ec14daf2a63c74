#pragma once
// A neuron as a row of a table. Private to report.

#include <cstddef>
#include <string>
#include <vector>

#include <vdn/report/neuron_report.hpp>

namespace vdn::report {

std::vector<std::string> neuron_headings(const NeuronReport& report);
/// Number, contribution where measured (1e-3 nats), info, KL, activity, place in the band, sigma, autocorrelation.
std::vector<std::string> neuron_cells(const NeuronReport& report, std::size_t neuron);

}  // namespace vdn::report
