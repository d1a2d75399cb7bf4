#pragma once
// What `init` takes.

#include "cli/options.hpp"

namespace dynamutex::cli {

[[nodiscard]] const OptionTable& init_options();

}  // namespace dynamutex::cli
