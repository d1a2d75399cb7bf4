#include "dynamo/requests.hpp"

#include <type_traits>
#include <variant>

#include "dynamo/json_writer.hpp"

namespace dynamutex::dynamo {
namespace {

constexpr std::size_t kTypicalBody = 768;

void write_value(JsonWriter& json, const AttributeValue& value);

void write_members(JsonWriter& json, const std::vector<Attribute>& attributes) {
  json.open_object();
  for (const Attribute& attribute : attributes) {
    json.key(attribute.name);
    write_value(json, attribute.value);
  }
  json.close_object();
}

void write_strings(JsonWriter& json, std::string_view type, const std::vector<std::string>& values) {
  json.open_object().key(type).open_array();
  for (const std::string& value : values) json.string(value);
  json.close_array().close_object();
}

struct ValueWriter {
  JsonWriter& json;

  void operator()(const std::string& text) const { json.tagged('S', text); }
  void operator()(const Number& number) const { json.tagged('N', number.decimal); }
  void operator()(const Binary& binary) const { json.open_object().key("B").base64(binary.bytes).close_object(); }
  void operator()(bool flag) const { json.open_object().key("BOOL").boolean(flag).close_object(); }
  void operator()(Null) const { json.open_object().key("NULL").boolean(true).close_object(); }
  void operator()(const StringSet& set) const { write_strings(json, "SS", set.values); }
  void operator()(const NumberSet& set) const { write_strings(json, "NS", set.values); }
  void operator()(const BinarySet& set) const {
    json.open_object().key("BS").open_array();
    for (const std::string& bytes : set.values) json.base64(bytes);
    json.close_array().close_object();
  }
  void operator()(const AttributeValue::List& list) const {
    json.open_object().key("L").open_array();
    for (const AttributeValue& value : list) write_value(json, value);
    json.close_array().close_object();
  }
  void operator()(const AttributeValue::Map& map) const {
    json.open_object().key("M");
    write_members(json, map);
    json.close_object();
  }
};

void write_value(JsonWriter& json, const AttributeValue& value) { std::visit(ValueWriter{json}, value.storage()); }

void write_text(JsonWriter& json, std::string_view member, std::string_view text) {
  if (!text.empty()) json.member(member).string(text);
}

void write_placeholders(JsonWriter& json, const Expression& expression) {
  if (!expression.names.empty()) {
    json.member(R"("ExpressionAttributeNames":)").open_object();
    for (const auto& [placeholder, name] : expression.names) json.key(placeholder).string(name);
    json.close_object();
  }
  if (!expression.values.empty()) {
    json.member(R"("ExpressionAttributeValues":)").open_object();
    for (const auto& [placeholder, value] : expression.values) {
      json.key(placeholder);
      write_value(json, value);
    }
    json.close_object();
  }
}

void write_condition(JsonWriter& json, std::string_view condition) {
  if (condition.empty()) return;
  // A refusal then brings the item that caused it, in the same round trip.
  json.member(R"("ConditionExpression":)").string(condition);
  json.member(R"("ReturnValuesOnConditionCheckFailure":"ALL_OLD")");
}

template <class WriteRest>
void append_body(std::string& out, std::string_view table, WriteRest&& write_rest) {
  JsonWriter json(out, kTypicalBody);
  json.open_object().member(R"("TableName":)").string(table);
  write_rest(json);
  json.close_object();
}

}  // namespace

void append_json(std::string& out, std::string_view table, const PutItem& request) {
  append_body(out, table, [&](JsonWriter& json) {
    json.member(R"("Item":)");
    write_members(json, request.item.attributes());
    write_condition(json, request.condition.text);
    write_placeholders(json, request.condition);
  });
}

void append_json(std::string& out, std::string_view table, const GetItem& request) {
  append_body(out, table, [&](JsonWriter& json) {
    json.member(R"("Key":)");
    write_members(json, request.key.attributes());
    if (request.consistent) json.member(R"("ConsistentRead":true)");
  });
}

void append_json(std::string& out, std::string_view table, const DeleteItem& request) {
  append_body(out, table, [&](JsonWriter& json) {
    json.member(R"("Key":)");
    write_members(json, request.key.attributes());
    write_condition(json, request.condition.text);
    write_placeholders(json, request.condition);
  });
}

void append_json(std::string& out, std::string_view table, const UpdateItem& request) {
  append_body(out, table, [&](JsonWriter& json) {
    json.member(R"("Key":)");
    write_members(json, request.key.attributes());
    write_text(json, R"("UpdateExpression":)", request.update.text);
    write_condition(json, request.condition);
    write_placeholders(json, request.update);
    json.member(R"("ReturnValues":"ALL_NEW")");
  });
}

void append_json(std::string& out, std::string_view table, const Scan& request) {
  append_body(out, table, [&](JsonWriter& json) {
    write_text(json, R"("FilterExpression":)", request.filter.text);
    write_placeholders(json, request.filter);
    if (request.consistent) json.member(R"("ConsistentRead":true)");
    json.member(R"("Limit":)").integer(request.page_items_max);
    if (!request.start_after.empty()) {
      json.member(R"("ExclusiveStartKey":)");
      write_members(json, request.start_after.attributes());
    }
  });
}

}  // namespace dynamutex::dynamo
