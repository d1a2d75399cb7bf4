#pragma once
// What `show` takes.

#include "cli/options.hpp"

namespace dynamutex::cli {

[[nodiscard]] const OptionTable& show_options();

}  // namespace dynamutex::cli
