#include "dynamo/json_reader.hpp"

#include <string>
#include <utility>

#include "dynamo/base64.hpp"

namespace dynamutex::dynamo {
namespace {

using nlohmann::json;
using Kind = json::value_t;

/// A value takes up to 100 bytes once it is built, and may be two bytes of text. A scan's page of lock records has a fifth of
/// them; an item has more only where it is lists of hardly anything.
constexpr std::size_t kJsonValuesMax = 100'000;

/// Bounds the depth and the number of values before anything is built.
bool small_enough(std::string_view text) noexcept {
  int depth = 0;
  std::size_t values = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == ',') {
      if (++values > kJsonValuesMax) return false;
    } else if (c == '{' || c == '[') {
      if (++depth > kJsonDepthMax || ++values > kJsonValuesMax) return false;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return true;
}

const std::string* as_string(const json& value) noexcept { return value.get_ptr<const json::string_t*>(); }

std::optional<std::vector<std::string>> read_strings(const json& array, bool base64) {
  if (!array.is_array()) return std::nullopt;
  std::vector<std::string> values;
  for (const json& element : array) {
    const std::string* text = as_string(element);
    if (text == nullptr) return std::nullopt;
    if (!base64) {
      values.push_back(*text);
      continue;
    }
    auto bytes = decode_base64(*text);
    if (!bytes) return std::nullopt;
    values.push_back(*std::move(bytes));
  }
  return values;
}

std::optional<AttributeValue> read_value(const json& typed);

std::optional<AttributeValue> read_scalar(const std::string& type, const json& value) {
  if (const std::string* text = as_string(value); text != nullptr) {
    if (type == "S") return AttributeValue(*text);
    if (type == "N") return AttributeValue(Number{*text});
    if (type == "B") {
      auto bytes = decode_base64(*text);
      if (bytes) return AttributeValue(Binary{*std::move(bytes)});
    }
    return std::nullopt;
  }
  if (const bool* flag = value.get_ptr<const json::boolean_t*>(); flag != nullptr) {
    if (type == "BOOL") return AttributeValue(*flag);
    if (type == "NULL" && *flag) return AttributeValue(Null{});
  }
  return std::nullopt;
}

std::optional<AttributeValue> read_composite(const std::string& type, const json& value) {
  if (type == "M") {
    auto map = read_item(value);
    if (!map) return std::nullopt;
    return AttributeValue(AttributeValue::Map(map->attributes()));
  }
  if (type == "L") {
    if (!value.is_array()) return std::nullopt;
    AttributeValue::List list;
    for (const json& element : value) {
      auto read = read_value(element);
      if (!read) return std::nullopt;
      list.push_back(*std::move(read));
    }
    return AttributeValue(std::move(list));
  }
  auto strings = read_strings(value, type == "BS");
  if (!strings) return std::nullopt;
  if (type == "SS") return AttributeValue(StringSet{*std::move(strings)});
  if (type == "NS") return AttributeValue(NumberSet{*std::move(strings)});
  if (type == "BS") return AttributeValue(BinarySet{*std::move(strings)});
  return std::nullopt;
}

std::optional<AttributeValue> read_value(const json& typed) {
  if (!typed.is_object() || typed.size() != 1) return std::nullopt;
  const auto member = typed.begin();
  return member.value().is_structured() ? read_composite(member.key(), member.value())
                                        : read_scalar(member.key(), member.value());
}

}  // namespace

std::optional<json> parse_json(std::string_view text) {
  if (!small_enough(text)) return std::nullopt;
  json document = json::parse(text.begin(), text.end(), nullptr, false);
  if (document.is_discarded()) return std::nullopt;
  return document;
}

const json* find_member(const json& object, const char* name, Kind type) {
  if (!object.is_object()) return nullptr;
  const auto member = object.find(name);
  return member != object.end() && member->type() == type ? &*member : nullptr;
}

std::optional<Item> read_item(const json& object) {
  if (!object.is_object()) return std::nullopt;
  std::vector<Attribute> attributes;
  attributes.reserve(object.size());
  for (const auto& [name, typed] : object.items()) {
    auto value = read_value(typed);
    if (!value) return std::nullopt;
    attributes.push_back({name, *std::move(value)});
  }
  return Item(std::move(attributes));
}

}  // namespace dynamutex::dynamo
