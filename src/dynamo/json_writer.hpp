#pragma once
// JSON text, written in one pass: no tree in between.

#include <string>
#include <string_view>

namespace dynamutex::dynamo {

/// Appends JSON to a string. The caller opens and closes in order; commas are the writer's business.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& open_object() { return open('{'); }
  JsonWriter& close_object() { return close('}'); }
  JsonWriter& open_array() { return open('['); }
  JsonWriter& close_array() { return close(']'); }
  JsonWriter& key(std::string_view name);
  JsonWriter& string(std::string_view text);
  /// An object with one member, a string: {"S":"text"}.
  JsonWriter& tagged(char name, std::string_view text);
  JsonWriter& base64(std::string_view bytes);
  JsonWriter& boolean(bool value);
  JsonWriter& integer(int value);

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();
  void append_quoted(std::string_view text);

  std::string& out_;
  bool needs_comma_ = false;
};

}  // namespace dynamutex::dynamo
