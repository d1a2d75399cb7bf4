#pragma once
// A program's standard output, within a time and a size.

#include <cstddef>
#include <string>
#include <vector>

#include "dynamutex/clock.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::credentials {

/// Runs `words` (program, arguments) and returns what it wrote. The program is killed when it takes longer or writes more.
/// Errors: `invalid` (it cannot be run), `denied` (it failed, or wrote more than `bytes_max`), `timed_out`.
[[nodiscard]] Result<std::string> output_of(Clock& clock, const std::vector<std::string>& words, std::size_t bytes_max,
                                            MonotonicTime deadline, const Cancellation* cancellation);

}  // namespace dynamutex::credentials
