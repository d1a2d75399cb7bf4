#pragma once
// The whole terminal as a page that is drawn again and again.

#include <string>
#include <string_view>

#include "cli/status_line.hpp"

namespace dynamutex::cli {

/// The alternate screen of the terminal at standard output, with its cursor hidden (xterm's control sequences, "ALTERNATE SCREEN").
/// What stood on the terminal before is there again when this object ends or is left. Not thread-safe.
class Screen {
 public:
  Screen();
  ~Screen() { leave(); }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  /// Before this process is stopped; `draw` enters it again.
  void leave();

  /// Draws `page` from the top, and says at the end how many lines had no room. Lines must be no wider than the window.
  /// False where the terminal is gone.
  [[nodiscard]] bool draw(std::string_view page);

  [[nodiscard]] static WindowSize size();

 private:
  bool entered_ = false;
};

/// The part of `page` that fits into so many rows, ready to be written over what was drawn before. Pure.
[[nodiscard]] std::string page_for(std::string_view page, std::size_t rows);

}  // namespace dynamutex::cli
