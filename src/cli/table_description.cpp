#include "cli/table_description.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <utility>

#include "cli/console.hpp"
#include "cli/errors.hpp"
#include "cli/world.hpp"

namespace dynamutex::cli {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr auto kExplainTimeout = std::chrono::seconds(5);

/// A member's text; empty where it is missing or of another type.
std::string text_member(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

/// A member's whole number; 0 where it is missing or of another type.
long long number_member(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() && found->is_number_integer() ? found->get<long long>() : 0;
}

/// A member of that type; an empty one otherwise.
const json& member(const json& object, const char* name, const json& otherwise) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() && found->type() == otherwise.type() ? *found : otherwise;
}

const json& array_member(const json& object, const char* name) {
  static const json none = json::array();
  return member(object, name, none);
}

std::string type_of(const json& table, const std::string& attribute) {
  for (const json& each : array_member(table, "AttributeDefinitions")) {
    if (text_member(each, "AttributeName") == attribute) return text_member(each, "AttributeType");
  }
  return "";
}

std::string in_words(const std::optional<KeyAttribute>& key, const std::optional<KeyAttribute>& sort_key) {
  if (!key) return "no key";
  std::string words = "key " + quote(key->name) + " (" + key->type + ")";
  words += sort_key ? " and sort key " + quote(sort_key->name) + " (" + sort_key->type + ")" : " and no sort key";
  return words;
}

bool is_string_key(const std::optional<KeyAttribute>& attribute) { return !attribute || attribute->type == "S"; }

}  // namespace

std::string create_table_request(const std::string& table, const lock::KeySchema& schema) {
  ordered_json attributes = ordered_json::array();
  ordered_json keys = ordered_json::array();
  const auto add = [&](const std::string& name, const char* role) {
    attributes.push_back({{"AttributeName", name}, {"AttributeType", "S"}});
    keys.push_back({{"AttributeName", name}, {"KeyType", role}});
  };
  add(schema.key, "HASH");
  if (!schema.sort_key.empty()) add(schema.sort_key, "RANGE");
  const ordered_json request = {{"TableName", table},
                                {"AttributeDefinitions", std::move(attributes)},
                                {"KeySchema", std::move(keys)},
                                {"BillingMode", "PAY_PER_REQUEST"}};
  return request.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

Result<TableDescription> parse_table_description(std::string_view text) {
  const json reply = json::parse(text, nullptr, false);
  static const json none = json::object();
  const json& table = member(reply, "Table", none);
  if (table.empty()) {
    Error error;
    error.operation = "DescribeTable";
    error.message = "the service's description of the table cannot be read; is this DynamoDB's endpoint?";
    return error;
  }
  TableDescription description;
  description.status = text_member(table, "TableStatus");
  for (const json& each : array_member(table, "KeySchema")) {
    const std::string name = text_member(each, "AttributeName");
    auto& role = text_member(each, "KeyType") == "HASH" ? description.key : description.sort_key;
    role = KeyAttribute{name, type_of(table, name)};
  }
  description.on_demand = text_member(member(table, "BillingModeSummary", none), "BillingMode") == "PAY_PER_REQUEST";
  const json& throughput = member(table, "ProvisionedThroughput", none);
  description.read_units = number_member(throughput, "ReadCapacityUnits");
  description.write_units = number_member(throughput, "WriteCapacityUnits");
  for (const json& each : array_member(table, "Replicas")) description.replicas.push_back(text_member(each, "RegionName"));
  return description;
}

TtlDescription parse_ttl_description(std::string_view text) {
  const json reply = json::parse(text, nullptr, false);
  static const json none = json::object();
  const json& description = member(reply, "TimeToLiveDescription", none);
  const std::string status = text_member(description, "TimeToLiveStatus");
  return {status == "ENABLED" || status == "ENABLING", text_member(description, "AttributeName")};
}

std::string turn_on_ttl_request(const std::string& table, const std::string& attribute) {
  const ordered_json request = {{"TableName", table},
                                {"TimeToLiveSpecification", {{"Enabled", true}, {"AttributeName", attribute}}}};
  return request.dump();
}

std::string table_request(const std::string& table) { return ordered_json{{"TableName", table}}.dump(); }

std::string schema_difference(const std::string& table, const TableDescription& description, const lock::KeySchema& schema) {
  const auto& key = description.key;
  const auto& sort_key = description.sort_key;
  const std::string sort_name = sort_key ? sort_key->name : "";
  const bool names_match = key && key->name == schema.key && sort_name == schema.sort_key;
  const bool types_match = is_string_key(key) && is_string_key(sort_key);
  if (names_match && types_match) return "";

  std::optional<KeyAttribute> wanted_sort;
  if (!schema.sort_key.empty()) wanted_sort = KeyAttribute{schema.sort_key, "S"};
  std::string words = "table " + quote(table) + " has another key schema: " + in_words(key, sort_key) + ", and not " +
                      in_words(KeyAttribute{schema.key, "S"}, wanted_sort);
  if (key && types_match) {
    words += "; give --key-name " + key->name;
    words += sort_key ? " --sort-key-name " + sort_key->name : " and no --sort-key-name";
    words += ", or another --table";
  } else {
    words += "; lock names are strings (S): give another --table";
  }
  return words;
}

Result<TableDescription> describe_table(World& world, MonotonicTime deadline) {
  auto reply = world.client().call("DescribeTable", table_request(world.settings().table), true, {deadline, nullptr});
  if (!reply) return std::move(reply).error();
  return parse_table_description(*reply);
}

std::string explain(World& world, const Error& error) {
  std::string words = word_error(error, world.settings());
  if (error.kind != ErrorKind::invalid || error.aws_code != "ValidationException") return words;
  const auto description = describe_table(world, world.clock().now() + kExplainTimeout);
  if (!description) return words;
  std::string difference = schema_difference(world.settings().table, *description, world.settings().schema);
  return difference.empty() ? words : difference;
}

}  // namespace dynamutex::cli
