#pragma once
// Colour, and when to use it.

#include <optional>
#include <string>
#include <string_view>

namespace dynamutex::cli {

enum class ColorWhen { automatic, always, never };

/// "auto", "always" or "never".
[[nodiscard]] std::optional<ColorWhen> parse_color_when(std::string_view text) noexcept;

/// Whether what is written to `descriptor` is coloured: where it is a terminal that can, unless NO_COLOR is set (https://no-color.org)
/// or TERM is "dumb". Reads the environment.
[[nodiscard]] bool use_color(ColorWhen when, int descriptor);

/// Whether `descriptor` is a terminal that a cursor can be moved on.
[[nodiscard]] bool is_smart_terminal(int descriptor);

enum class Tone { plain, strong, faint, good, warning, bad };

/// `text` in the colour of `tone` (ECMA-48, SGR), or as it is. Pure.
[[nodiscard]] std::string painted(std::string_view text, Tone tone, bool colored);

}  // namespace dynamutex::cli
