#pragma once
// ASCII rules of HTTP's grammar, independent of the process's locale.

#include <cstddef>
#include <string_view>

namespace dynamutex::http {

constexpr char to_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

/// Without the white space (RFC 9110, section 5.6.3) around it.
constexpr std::string_view trim(std::string_view text) noexcept {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

namespace detail {

struct TokenTable {
  bool allowed[256] = {};
  constexpr TokenTable() noexcept {
    for (char c = 'a'; c <= 'z'; ++c) allowed[static_cast<unsigned char>(c)] = true;
    for (char c = 'A'; c <= 'Z'; ++c) allowed[static_cast<unsigned char>(c)] = true;
    for (char c = '0'; c <= '9'; ++c) allowed[static_cast<unsigned char>(c)] = true;
    for (const char c : std::string_view("!#$%&'*+-.^_`|~")) allowed[static_cast<unsigned char>(c)] = true;
  }
};
inline constexpr TokenTable kTokenTable;

}  // namespace detail

/// A token of RFC 9110, section 5.6.2: what a method and a header's name are made of.
constexpr bool is_token(std::string_view text) noexcept {
  for (const char c : text) {
    if (!detail::kTokenTable.allowed[static_cast<unsigned char>(c)]) return false;
  }
  return !text.empty();
}

constexpr bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

}  // namespace dynamutex::http
