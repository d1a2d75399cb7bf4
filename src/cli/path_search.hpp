#pragma once
// Whether a command is there at all.

#include <string>

namespace dynamutex::cli {

/// True where a file of this name stands in a folder of PATH, whether it can be executed or not; a name with a slash is looked at
/// itself. execvp(3) cannot tell: for it, one folder that it may not search makes a command that is nowhere "permission denied".
[[nodiscard]] bool stands_in_path(const std::string& command);

}  // namespace dynamutex::cli
