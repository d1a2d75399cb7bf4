#include "cli/screen.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "cli/console.hpp"

namespace dynamutex::cli {
namespace {

constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view kLeave = "\x1b[?25h\x1b[?1049l";
constexpr std::string_view kHome = "\x1b[H";
constexpr std::string_view kClearToLineEnd = "\x1b[K";
constexpr std::string_view kClearBelow = "\x1b[J";
constexpr WindowSize kUsual{80, 24};

}  // namespace

Screen::Screen() {
  // Only there to end a poll(2): whoever waits there draws again, in the new size.
  struct sigaction action {};
  action.sa_handler = [](int) {};
  ::sigaction(SIGWINCH, &action, nullptr);
}

void Screen::leave() {
  if (entered_) static_cast<void>(print(kLeave));
  entered_ = false;
}

bool Screen::draw(std::string_view page) {
  const std::string text = (entered_ ? std::string() : std::string(kEnter)) + page_for(page, size().rows);
  entered_ = print(text);
  return entered_;
}

WindowSize Screen::size() { return window_size(STDOUT_FILENO).value_or(kUsual); }

std::string page_for(std::string_view page, std::size_t rows) {
  const auto lines = static_cast<std::size_t>(std::count(page.begin(), page.end(), '\n'));
  const bool fits = lines <= rows;
  std::size_t left = fits ? lines : rows - 1;
  std::string text(kHome);
  for (std::size_t row = 0; left > 0; --left, ++row) {
    const auto end = page.find('\n');
    if (row > 0) text += "\r\n";
    text += std::string(page.substr(0, end)) + std::string(kClearToLineEnd);
    page.remove_prefix(end + 1);
  }
  if (!fits) {
    if (rows > 1) text += "\r\n";
    text += "… " + std::to_string(lines - (rows - 1)) + " more lines" + std::string(kClearToLineEnd);
  }
  // At the end of the last row's text: a line end there would scroll.
  return text + std::string(kClearBelow);
}

}  // namespace dynamutex::cli
