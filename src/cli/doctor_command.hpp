#pragma once
// What `doctor` takes.

#include "cli/options.hpp"

namespace dynamutex::cli {

[[nodiscard]] const OptionTable& doctor_options();

}  // namespace dynamutex::cli
