#pragma once
// Text as a terminal sees it: characters and columns, not bytes.

#include <cstddef>
#include <string>
#include <string_view>

namespace dynamutex::cli {

/// Length of the well-formed UTF-8 sequence at the start of `text`; 0 if there is none (RFC 3629, section 4).
[[nodiscard]] std::size_t utf8_length(std::string_view text) noexcept;

/// Columns that printable UTF-8 takes on a terminal: two for East Asian wide characters and emoji (Unicode, UAX #11), none for
/// combining marks. Close enough for a table: terminals differ in the rest.
[[nodiscard]] std::size_t display_width(std::string_view text) noexcept;

/// `text`, or as much of it as leaves room for "…" in `columns` columns.
[[nodiscard]] std::string cut_to_width(std::string_view text, std::size_t columns);

}  // namespace dynamutex::cli
