#pragma once
// The Date header (RFC 9110, section 5.6.7).

#include <optional>
#include <string_view>

#include "dynamutex/dynamo/server_clock.hpp"

namespace dynamutex::dynamo {

/// Reads an IMF-fixdate, "Sun, 06 Nov 1994 08:49:37 GMT": the form that every sender must use. The two obsolete forms are
/// refused, as a date that is not understood says nothing. A leap second (":60") counts as the second after it.
[[nodiscard]] std::optional<ServerTime> parse_http_date(std::string_view text) noexcept;

}  // namespace dynamutex::dynamo
