#pragma once
// JSON text, written in one pass: no tree in between.

#include <cstddef>
#include <string>
#include <string_view>

namespace dynamutex::dynamo {

/// Appends JSON to a string, which is complete once the writer is gone. The caller opens and closes in order; commas are the writer's
/// business.
class JsonWriter {
 public:
  /// `bytes_typical`: of text, for which there is room from the start.
  JsonWriter(std::string& out, std::size_t bytes_typical);
  ~JsonWriter() { out_.resize(used_); }
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  JsonWriter& open_object() { return put("{", false); }
  JsonWriter& close_object() { return end('}'); }
  JsonWriter& open_array() { return put("[", false); }
  JsonWriter& close_array() { return end(']'); }
  JsonWriter& key(std::string_view name) { return quoted({}, name, ":", false); }
  /// A member of the program's own, as JSON: its name with the colon, and its value where that is always the same.
  JsonWriter& member(std::string_view json) { return put(json, json.back() != ':'); }
  JsonWriter& string(std::string_view text) { return quoted({}, text, {}, true); }
  /// An object with one member, a string: {"S":"text"}.
  JsonWriter& tagged(char name, std::string_view text);
  JsonWriter& base64(std::string_view bytes);
  JsonWriter& boolean(bool value) { return put(value ? "true" : "false", true); }
  JsonWriter& integer(int value) { return put(std::to_string(value), true); }

 private:
  /// What comes before and after the quotes goes out as it is.
  JsonWriter& quoted(std::string_view before, std::string_view text, std::string_view after, bool comma_next);
  JsonWriter& put(std::string_view token, bool comma_next);
  JsonWriter& end(char bracket);
  char* room(std::size_t bytes);

  std::string& out_;  ///< Longer than what is written.
  std::size_t used_;
  bool needs_comma_ = false;
};

}  // namespace dynamutex::dynamo
