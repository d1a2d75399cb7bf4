#include "dynamo/json_writer.hpp"

#include "base/byte_scan.hpp"
#include "dynamo/base64.hpp"

namespace dynamutex::dynamo {
namespace {

bool needs_escape(std::string_view text) noexcept {
  return base::any_byte(text, [](base::Bytes16 bytes) { return (bytes < 0x20) | (bytes == '"') | (bytes == '\\'); });
}

}  // namespace

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_quoted(name);
  out_ += ':';
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
  separate();
  append_quoted(text);
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::tagged(char name, std::string_view text) {
  separate();
  const char start[] = {'{', '"', name, '"', ':'};
  out_.append(&start[0], sizeof start);
  append_quoted(text);
  out_ += '}';
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::base64(std::string_view bytes) {
  separate();
  out_ += '"';
  append_base64(out_, bytes);
  out_ += '"';
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::integer(int value) {
  separate();
  out_ += std::to_string(value);
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_ += bracket;
  needs_comma_ = true;
  return *this;
}

void JsonWriter::separate() {
  if (needs_comma_) out_ += ',';
}

void JsonWriter::append_quoted(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out_ += '"';
  if (!needs_escape(text)) {
    out_.append(text);
    out_ += '"';
    return;
  }
  std::size_t clean_from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out_.append(text, clean_from, i - clean_from);
    clean_from = i + 1;
    out_ += '\\';
    if (c == '"' || c == '\\') {
      out_ += text[i];
    } else {
      out_ += "u00";
      out_ += kHex[c >> 4U];
      out_ += kHex[c & 15U];
    }
  }
  out_.append(text, clean_from, text.size() - clean_from);
  out_ += '"';
}

}  // namespace dynamutex::dynamo
