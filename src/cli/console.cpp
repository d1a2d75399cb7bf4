#include "cli/console.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "cli/utf8.hpp"

namespace dynamutex::cli {
namespace {

constexpr std::size_t kQuotedBytesMax = 64;

/// C0 controls and DEL, and C1 controls (U+0080 to U+009F), some of which terminals obey.
bool is_control(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first < 0x20 || first == 0x7F;
  return sequence.size() == 2 && first == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0;
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void write_line(const std::string& prefix, std::string_view message) {
  static_cast<void>(write_all(STDERR_FILENO, prefix + printable(message) + "\n"));
}

}  // namespace

std::string printable(std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view sequence = text.substr(0, length == 0 ? 1 : length);
    if (length != 0 && !is_control(sequence)) {
      result += sequence;
    } else {
      for (const char each : sequence) {
        const auto byte = static_cast<unsigned char>(each);
        result += {'\\', 'x', kDigits[byte >> 4U], kDigits[byte & 15U]};
      }
    }
    text.remove_prefix(sequence.size());
  }
  return result;
}

std::string quote(std::string_view text) {
  if (text.size() <= kQuotedBytesMax) return "'" + printable(text) + "'";
  std::size_t cut = 0;
  while (cut < kQuotedBytesMax) {
    const std::size_t length = utf8_length(text.substr(cut));
    cut += length == 0 ? 1 : length;
  }
  return "'" + printable(text.substr(0, cut)) + "…'";
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

Console::Console(bool verbose, ColorWhen color) : verbose_(verbose), color_(color), colored_(use_color(color, STDERR_FILENO)) {}

void Console::error(std::string_view message) const { write_line(painted("dynamutex:", Tone::bad, colored_) + " ", message); }

int Console::fail(std::string_view message, int exit_code) const {
  error(message);
  return exit_code;
}

void Console::warning(std::string_view message) const {
  write_line("dynamutex: " + painted("warning:", Tone::warning, colored_) + " ", message);
}

void Console::log(std::string_view message) const {
  if (verbose_) write_line("dynamutex: ", message);
}

void write_to_person(std::string_view text) { static_cast<void>(write_all(STDERR_FILENO, text)); }

bool can_ask() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1; }

bool ask(std::string_view question) {
  if (!write_all(STDERR_FILENO, std::string(question) + " [y/N] ")) return false;
  std::string answer;
  for (char c = '\0';;) {
    const ssize_t count = ::read(STDIN_FILENO, &c, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0 || c == '\n') break;
    answer += c;
  }
  return answer == "y" || answer == "Y" || answer == "yes" || answer == "Yes" || answer == "YES";
}

bool print(std::string_view text) { return write_all(STDOUT_FILENO, text); }

}  // namespace dynamutex::cli
