#pragma once
// Credentials from a program's standard output.

#include <memory>
#include <string>

#include "dynamutex/credentials/source.hpp"
#include "dynamutex/export.hpp"

namespace dynamutex::credentials {

/// Runs `command` and reads credentials from its standard output (AWS, "Sourcing credentials with an external process").
///
/// The command is split into words at white space; "…" and '…' keep words together, a backslash takes the next character as it is (inside
/// "…" only before '"' and '\'). No shell is involved: no variables, no '~', no pipes, as AWS's page demands. The program is
/// searched along PATH. It inherits standard error and the environment; its standard input is empty, its other descriptors are closed.
/// It is killed at the deadline, or 60 s after its start; output beyond 64 KiB is an error.
/// `clock` outlives the source.
[[nodiscard]] DYNAMUTEX_EXPORT std::unique_ptr<Source> make_process_source(Clock& clock, std::string command);

}  // namespace dynamutex::credentials
