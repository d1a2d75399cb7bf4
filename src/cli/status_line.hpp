#pragma once
// A line that is redrawn in place, for a person who waits.

#include <cstddef>
#include <optional>
#include <string_view>

namespace dynamutex::cli {

/// Columns and rows of the terminal at a descriptor.
struct WindowSize {
  std::size_t columns;
  std::size_t rows;

  friend bool operator==(WindowSize a, WindowSize b) noexcept { return a.columns == b.columns && a.rows == b.rows; }
};
/// Empty where it is no terminal, or one that does not tell.
[[nodiscard]] std::optional<WindowSize> window_size(int descriptor) noexcept;

/// One line at the cursor of standard error. It is drawn on a terminal that can move its cursor, while this process is in the
/// foreground, and not at all elsewhere. Cut to the window's width. Gone with this object. Not thread-safe.
class StatusLine {
 public:
  StatusLine();
  ~StatusLine() { clear(); }
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  /// `text` is printable, and without line ends.
  void draw(std::string_view text);
  void clear();

 private:
  const bool usable_;
  bool drawn_ = false;
};

}  // namespace dynamutex::cli
