#include "cli/style.hpp"

#include <unistd.h>

#include <cstdlib>

namespace dynamutex::cli {
namespace {

std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

const char* code_of(Tone tone) noexcept {
  switch (tone) {
    case Tone::plain: return "0";
    case Tone::strong: return "1";
    case Tone::faint: return "2";
    case Tone::good: return "32";
    case Tone::warning: return "33";
    case Tone::bad: return "1;31";
  }
  return "0";
}

}  // namespace

std::optional<ColorWhen> parse_color_when(std::string_view text) noexcept {
  if (text == "auto") return ColorWhen::automatic;
  if (text == "always") return ColorWhen::always;
  if (text == "never") return ColorWhen::never;
  return std::nullopt;
}

bool is_smart_terminal(int descriptor) {
  const std::string_view term = variable("TERM");
  return ::isatty(descriptor) == 1 && !term.empty() && term != "dumb";
}

bool use_color(ColorWhen when, int descriptor) {
  if (when != ColorWhen::automatic) return when == ColorWhen::always;
  return variable("NO_COLOR").empty() && is_smart_terminal(descriptor);
}

std::string painted(std::string_view text, Tone tone, bool colored) {
  if (!colored || tone == Tone::plain || text.empty()) return std::string(text);
  return std::string("\x1b[") + code_of(tone) + "m" + std::string(text) + "\x1b[0m";
}

}  // namespace dynamutex::cli
