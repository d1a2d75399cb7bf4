#pragma once
// What `list` takes.

#include "cli/options.hpp"

namespace dynamutex::cli {

[[nodiscard]] const OptionTable& list_options();

}  // namespace dynamutex::cli
