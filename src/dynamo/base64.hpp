#pragma once
// Base64 with padding (RFC 4648, section 4), as the B attributes travel.

#include <optional>
#include <string>
#include <string_view>

namespace dynamutex::dynamo {

void append_base64(std::string& out, std::string_view bytes);

/// Empty where `text` is not exactly one base64 encoding: no white space, no missing padding, no stray bits.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace dynamutex::dynamo
