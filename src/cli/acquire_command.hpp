#pragma once
// What `acquire`, `renew` and `release` take.

#include "cli/options.hpp"

namespace dynamutex::cli {

[[nodiscard]] const OptionTable& acquire_options();
[[nodiscard]] const OptionTable& renew_options();
[[nodiscard]] const OptionTable& release_options();

}  // namespace dynamutex::cli
