#include "credentials/json_answer.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <utility>

#include "credentials/iso8601.hpp"
#include "credentials/outcome.hpp"

namespace dynamutex::credentials {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kDepthMax = 16;

/// Whether arrays and objects nest no deeper than `kDepthMax`, told before a parser spends memory on them.
bool is_shallow(std::string_view text) noexcept {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      else if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kDepthMax) return false;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return true;
}

/// The parsed text; its strings are wiped at the end, as they hold secrets.
class Document {
 public:
  explicit Document(std::string_view text)
      : root_(is_shallow(text) ? Json::parse(text, nullptr, false) : Json(Json::value_t::discarded)) {}
  ~Document() { wipe_strings(root_); }
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  /// The object with the credentials; null where there is none.
  [[nodiscard]] const Json* object(const char* envelope) const {
    if (!root_.is_object()) return nullptr;
    if (envelope == nullptr) return &root_;
    const auto found = root_.find(envelope);
    return found != root_.end() && found->is_object() ? &*found : nullptr;
  }

 private:
  static void wipe_strings(Json& json) {
    if (auto* const text = json.get_ptr<Json::string_t*>()) wipe(text->data(), text->size());
    if (!json.is_structured()) return;
    for (Json& child : json) wipe_strings(child);  // At most kDepthMax deep.
  }

  Json root_;
};

std::string_view text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  const auto* const text = found != object.end() ? found->get_ptr<const Json::string_t*>() : nullptr;
  return text != nullptr ? std::string_view(*text) : std::string_view();
}

Error wrong(const std::string& what) { return make_error(ErrorKind::not_applied, "the answer " + what); }

Result<Fetched> read_credentials(const Json& object, const JsonForm& form) {
  const std::string_view code = text_of(object, "Code");
  if (!code.empty() && code != "Success") {
    Error error = make_error(ErrorKind::denied, "the service answered with code '" + printable(code) + "'");
    error.aws_code = printable(code);
    return error;
  }
  if (form.has_version) {
    const auto version = object.find("Version");
    if (version == object.end() || !version->is_number_integer() || *version != 1) return wrong("is not of Version 1");
  }
  const std::string_view id = text_of(object, form.access_key_id);
  const std::string_view key = text_of(object, form.secret_access_key);
  const std::string_view token = text_of(object, form.session_token);
  const std::string_view end = text_of(object, form.expiration);
  if (id.empty()) return wrong(std::string("has no ") + form.access_key_id);
  if (key.empty()) return wrong(std::string("has no ") + form.secret_access_key);
  if (form.expires && token.empty()) return wrong(std::string("has no ") + form.session_token);
  const auto expires = parse_iso8601(end);
  if (!expires && (form.expires || !end.empty())) return wrong(std::string("has no ") + form.expiration + " in ISO 8601");
  return make_fetched({std::string(id), Secret(key), Secret(token)}, expires);
}

}  // namespace

Result<Fetched> parse_json_credentials(std::string& text, const JsonForm& form) {
  const Document document(text);
  wipe(text.data(), text.size());
  text.clear();
  const Json* const object = document.object(form.envelope);
  if (object == nullptr) return wrong("is not a JSON object with credentials");
  return read_credentials(*object, form);
}

}  // namespace dynamutex::credentials
