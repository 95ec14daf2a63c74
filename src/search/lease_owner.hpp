#pragma once
// The name under which a worker holds its leases.

#include <cstddef>
#include <string>

namespace vdn::search {

/// "host/process/start of the process/worker".
std::string lease_owner(std::size_t worker);

/// True when the owner was a process of this machine that is no more. Of other machines nothing is known: false.
bool owner_is_gone(const std::string& owner);

}  // namespace vdn::search
