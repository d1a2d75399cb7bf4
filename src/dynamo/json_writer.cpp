#include "dynamo/json_writer.hpp"

#include <algorithm>

#include "base/byte_scan.hpp"
#include "base/copy.hpp"
#include "dynamo/base64.hpp"

namespace dynamutex::dynamo {
namespace {

/// "\u001f" for one byte.
constexpr std::size_t kEscapeSize = 6;

bool needs_escape(std::string_view text) noexcept {
  return base::any_byte(text, [](base::Bytes16 bytes) { return (bytes < 0x20) | (bytes == '"') | (bytes == '\\'); });
}

char* copy_escaped(char* to, std::string_view text) noexcept {
  static constexpr char kHex[] = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      to = base::copy_text(to, "\\u00");
      *to++ = kHex[byte >> 4U];
      *to++ = kHex[byte & 15U];
      continue;
    }
    if (c == '"' || c == '\\') *to++ = '\\';
    *to++ = c;
  }
  return to;
}

}  // namespace

JsonWriter::JsonWriter(std::string& out, std::size_t bytes_typical) : out_(out), used_(out.size()) {
  out_.resize(used_ + bytes_typical);
}

JsonWriter& JsonWriter::tagged(char name, std::string_view text) {
  const char start[] = {'{', '"', name, '"', ':'};
  return quoted({&start[0], sizeof start}, text, "}", true);
}

JsonWriter& JsonWriter::base64(std::string_view bytes) {
  std::string text;
  append_base64(text, bytes);
  return string(text);
}

JsonWriter& JsonWriter::quoted(std::string_view before, std::string_view text, std::string_view after, bool comma_next) {
  const bool clean = !needs_escape(text);
  constexpr std::size_t comma_and_quotes = 3;
  char* at = room(before.size() + text.size() * (clean ? 1 : kEscapeSize) + after.size() + comma_and_quotes);
  if (needs_comma_) *at++ = ',';
  at = base::copy_text(at, before);
  *at++ = '"';
  at = clean ? base::copy_text(at, text) : copy_escaped(at, text);
  *at++ = '"';
  at = base::copy_text(at, after);
  used_ = static_cast<std::size_t>(at - out_.data());
  needs_comma_ = comma_next;
  return *this;
}

JsonWriter& JsonWriter::put(std::string_view token, bool comma_next) {
  char* at = room(token.size() + 1);
  if (needs_comma_) *at++ = ',';
  used_ = static_cast<std::size_t>(base::copy_text(at, token) - out_.data());
  needs_comma_ = comma_next;
  return *this;
}

JsonWriter& JsonWriter::end(char bracket) {
  *room(1) = bracket;
  ++used_;
  needs_comma_ = true;
  return *this;
}

char* JsonWriter::room(std::size_t bytes) {
  if (out_.size() - used_ < bytes) out_.resize(std::max(2 * out_.size(), used_ + bytes));
  return out_.data() + used_;
}

}  // namespace dynamutex::dynamo
