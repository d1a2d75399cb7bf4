#pragma once
// What `break` takes.

#include "cli/options.hpp"

namespace dynamutex::cli {

[[nodiscard]] const OptionTable& break_options();

}  // namespace dynamutex::cli
