#pragma once
// Classes of bytes, as the grammars of HTTP and of URIs draw them.

#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include "dynamutex/error.hpp"
#include "dynamutex/sigv4/stages.hpp"

namespace dynamutex::sigv4 {

[[nodiscard]] inline Error invalid(std::string message) {
  Error error;
  error.kind = ErrorKind::invalid;
  error.message = std::move(message);
  return error;
}

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

namespace detail {
constexpr std::array<std::array<char, 2>, 256> make_hex_pairs() noexcept {
  std::array<std::array<char, 2>, 256> table{};
  constexpr char digits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < 256; ++i) table[i] = {digits[i >> 4U], digits[i & 15U]};
  return table;
}
inline constexpr auto hex_pairs = make_hex_pairs();
}  // namespace detail

[[nodiscard]] inline HexDigest to_hex(const unsigned char (&digest)[32]) noexcept {
  HexDigest hex;
  for (std::size_t i = 0; i < 32; ++i) std::memcpy(hex.digits.data() + 2 * i, detail::hex_pairs[digest[i]].data(), 2);
  return hex;
}

}  // namespace dynamutex::sigv4
