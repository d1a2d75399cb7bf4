#pragma once
// Times as people write them on a command line.

#include <string>
#include <string_view>

#include "dynamutex/clock.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::cli {

/// Reads "500ms", "30s", "5m" or "2h": a whole number and its unit, without sign, space or fraction.
/// Errors: `invalid`, with what to write instead. A bare number is refused, since tools disagree on its unit.
[[nodiscard]] Result<Duration> parse_duration(std::string_view text);

/// A time for a person, in one unit of sensible size: "350 ms", "12 s", "5 min", "3 h". Negative times read as zero.
[[nodiscard]] std::string human_duration(Duration duration);

}  // namespace dynamutex::cli
