#include "cli/status_line.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <string>

#include "cli/console.hpp"
#include "cli/style.hpp"
#include "cli/utf8.hpp"

namespace dynamutex::cli {
namespace {

constexpr std::string_view kClearLine = "\r\x1b[K";
constexpr std::size_t kColumnsUnlessTold = 80;

/// What a background job writes would stand in the line that somebody types.
bool in_foreground() { return ::tcgetpgrp(STDERR_FILENO) == ::getpgrp(); }

}  // namespace

std::optional<WindowSize> window_size(int descriptor) noexcept {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return std::nullopt;
  return WindowSize{size.ws_col, size.ws_row};
}

StatusLine::StatusLine() : usable_(is_smart_terminal(STDERR_FILENO)) {}

void StatusLine::draw(std::string_view text) {
  if (!usable_ || !in_foreground()) return;
  const auto window = window_size(STDERR_FILENO);
  // The last column stays free: a cursor behind it may stand in the next line.
  const std::size_t columns = (window ? window->columns : kColumnsUnlessTold) - 1;
  drawn_ = true;
  write_to_person(std::string(kClearLine) + cut_to_width(text, columns));
}

void StatusLine::clear() {
  if (!drawn_) return;
  drawn_ = false;
  if (in_foreground()) write_to_person(kClearLine);
}

}  // namespace dynamutex::cli
