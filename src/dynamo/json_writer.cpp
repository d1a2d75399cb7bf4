#include "dynamo/json_writer.hpp"

#include <algorithm>

#include "base/byte_scan.hpp"
#include "base/copy.hpp"
#include "dynamo/base64.hpp"

namespace dynamutex::dynamo {
namespace {

/// "\u001f" for one byte.
constexpr std::size_t kEscapeSize = 6;

base::Bytes16 escapes(base::Bytes16 bytes) noexcept { return base::Bytes16((bytes < 0x20) | (bytes == '"') | (bytes == '\\')); }

/// Text in quotes; `found` tells whether anything in it needs to be escaped, and was not.
char* copy_quoted(char* to, std::string_view text, base::Bytes16& found) noexcept {
  *to++ = '"';
  to = base::copy_testing(to, text, escapes, found);
  *to++ = '"';
  return to;
}

/// The same, escaped: up to kEscapeSize bytes for one.
char* copy_escaped(char* to, std::string_view text) noexcept {
  static constexpr char kHex[] = "0123456789abcdef";
  *to++ = '"';
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
  *to++ = '"';
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

JsonWriter& JsonWriter::member(std::string_view name, char tag, std::string_view text) {
  const char between[] = {':', '{', '"', tag, '"', ':'};
  return pair(name, {&between[0], sizeof between}, text, "}");
}

JsonWriter& JsonWriter::base64(std::string_view bytes) {
  std::string text;
  append_base64(text, bytes);
  return string(text);
}

JsonWriter& JsonWriter::quoted(std::string_view before, std::string_view text, std::string_view after, bool comma_next) {
  const std::size_t around = before.size() + after.size() + 3;  // A comma and two quotes.
  base::Bytes16 found{};
  char* end = copy_quoted(put_start(around + text.size(), before), text, found);
  if (base::any_set(found)) end = copy_escaped(put_start(around + text.size() * kEscapeSize, before), text);
  return put_end(end, after, comma_next);
}

JsonWriter& JsonWriter::pair(std::string_view name, std::string_view between, std::string_view text, std::string_view after) {
  const std::size_t around = between.size() + after.size() + 5;  // A comma and four quotes.
  base::Bytes16 found{};
  char* end = copy_quoted(put_start(around + name.size() + text.size(), {}), name, found);
  end = copy_quoted(base::copy_text(end, between), text, found);
  if (base::any_set(found)) {
    end = copy_escaped(put_start(around + (name.size() + text.size()) * kEscapeSize, {}), name);
    end = copy_escaped(base::copy_text(end, between), text);
  }
  return put_end(end, after, true);
}

char* JsonWriter::put_start(std::size_t bytes, std::string_view before) {
  char* const at = room(bytes);
  if (!needs_comma_) return base::copy_text(at, before);
  *at = ',';
  return base::copy_text(at + 1, before);
}

JsonWriter& JsonWriter::put_end(char* end, std::string_view after, bool comma_next) {
  used_ = static_cast<std::size_t>(base::copy_text(end, after) - out_.data());
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
