#pragma once
// What a person reads: results on standard output, everything else one line at a time on standard error.

#include <string>
#include <string_view>

#include "cli/style.hpp"

namespace dynamutex::cli {

/// `text` with control characters and bytes that are no UTF-8 written as \xNN, so that a name or an owner from the table cannot
/// break a line or drive a terminal.
[[nodiscard]] std::string printable(std::string_view text);

/// `printable` between single quotes, cut after 64 bytes: for naming things in a message.
[[nodiscard]] std::string quote(std::string_view text);

/// True where every byte of `text` belongs to well-formed UTF-8 (RFC 3629).
[[nodiscard]] bool is_utf8(std::string_view text);

/// Writes lines to standard error and results to standard output.
///
/// Thread-safe: each line is one write(2), so lines of two threads do not mix. A line that cannot be written is dropped:
/// nobody is left to tell.
class Console {
 public:
  explicit Console(bool verbose, ColorWhen color = ColorWhen::automatic);

  /// "dynamutex: " and the message.
  void error(std::string_view message) const;
  /// Like `error`; returns `exit_code`, for the last line of a command that ends with it.
  [[nodiscard]] int fail(std::string_view message, int exit_code) const;
  void warning(std::string_view message) const;
  /// Like `error`, if the user asked for a log.
  void log(std::string_view message) const;
  [[nodiscard]] bool verbose() const noexcept { return verbose_; }
  [[nodiscard]] ColorWhen color() const noexcept { return color_; }

 private:
  bool verbose_;
  ColorWhen color_;
  bool colored_;
};

/// Writes `text` to standard error as it stands. What cannot be written is dropped.
void write_to_person(std::string_view text);

/// True where somebody sits there: standard input and standard error are terminals.
[[nodiscard]] bool can_ask();

/// Asks on standard error and reads the answer from standard input: true for "y" or "yes". Blocks until there is one.
[[nodiscard]] bool ask(std::string_view question);

/// Writes all of `text` to standard output; false where that failed.
[[nodiscard]] bool print(std::string_view text);

}  // namespace dynamutex::cli
