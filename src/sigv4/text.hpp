#pragma once
// Classes of bytes, as the grammars of HTTP and of URIs draw them.

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "dynamutex/sigv4/stages.hpp"

namespace dynamutex::sigv4 {

constexpr unsigned char byte(char c) noexcept { return static_cast<unsigned char>(c); }

/// RFC 3986, section 2.3.
constexpr bool is_unreserved(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
         c == '~';
}

constexpr bool is_control(char c) noexcept { return byte(c) < 0x20 || c == 0x7f; }

namespace detail {
/// The lower-case form of each character of an RFC 9110 token (section 5.6.2), 0 for all others.
constexpr std::array<char, 256> make_token_lower() noexcept {
  std::array<char, 256> table{};
  for (std::size_t i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    const bool upper = c >= 'A' && c <= 'Z';
    bool token = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    for (const char mark : {'!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~'}) {
      token = token || c == mark;
    }
    table[i] = !token ? '\0' : upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return table;
}
inline constexpr std::array<char, 256> token_lower_table = make_token_lower();
}  // namespace detail

/// `c` in lower case if it may stand in a header's name, else 0.
constexpr char token_lower(char c) noexcept { return detail::token_lower_table[byte(c)]; }

/// The value of a hexadecimal digit of either case, or -1.
constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

[[nodiscard]] inline HexDigest to_hex(const unsigned char (&digest)[32]) noexcept {
  HexDigest hex;
  // Arithmetic and not a table, so that it compiles to a few vector instructions.
  constexpr auto digit = [](unsigned value) noexcept { return static_cast<char>(value + '0' + (value > 9 ? 'a' - '9' - 1 : 0)); };
  for (std::size_t i = 0; i < 32; ++i) {
    hex.digits[2 * i] = digit(digest[i] >> 4U);
    hex.digits[2 * i + 1] = digit(digest[i] & 15U);
  }
  return hex;
}

}  // namespace dynamutex::sigv4
