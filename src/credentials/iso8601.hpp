#pragma once
// The form in which AWS tells when credentials end.

#include <optional>
#include <string_view>

#include "dynamutex/clock.hpp"

namespace dynamutex::credentials {

/// "2026-11-23T15:00:00Z", also with a fraction of a second (which is dropped) and with an offset ("+02:00") instead of 'Z'
/// (RFC 3339, section 5.6). Nothing for any other text, and for years outside 1970 to 2200.
[[nodiscard]] std::optional<WallTime> parse_iso8601(std::string_view text) noexcept;

}  // namespace dynamutex::credentials
