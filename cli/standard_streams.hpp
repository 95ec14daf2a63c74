#pragma once
// Standard input, output and error as the program finds them.

#include <string>

namespace vdn::cli {

/// Opens /dev/null, the wrong way round, in place of those that are closed: the next file opened would take their
/// number and receive what is meant for them. Reading or writing them fails all the same. Call before anything is
/// opened.
void hold_standard_streams();

/// Writes to standard error; where that fails there is nobody to tell, and the work goes on.
void say(const std::string& text) noexcept;

/// The message of an error as one line fit for a terminal: control characters spelled out, at most about a thousand
/// bytes, the middle left out.
std::string one_line(const std::string& message);

}  // namespace vdn::cli
