#include "simulation/wire_server.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string_view>

#include "dynamo/base64.hpp"
#include "dynamo/crc32.hpp"

namespace dynamutex::simulation {
namespace {

using dynamo::AttributeValue;
using dynamo::Item;
using nlohmann::json;

/// Signatures older or younger than this are refused.
constexpr Duration kSignatureAgeMax = std::chrono::minutes(5);

[[noreturn]] void malformed(const char* what, std::string_view body) {
  std::fprintf(stderr, "simulation: malformed request (%s): %.*s\n", what, static_cast<int>(body.size()), body.data());
  std::abort();
}

AttributeValue read_value(const json& typed) {
  const auto member = typed.begin();
  if (typed.size() != 1) malformed("attribute value", typed.dump());
  const auto& text = member.value().get_ref<const std::string&>();
  if (member.key() == "S") return AttributeValue(text);
  if (member.key() == "N") return AttributeValue(dynamo::Number{text});
  if (member.key() == "B") return AttributeValue(dynamo::Binary{dynamo::decode_base64(text).value()});
  malformed("attribute type", typed.dump());
}

Item read_item(const json& object) {
  Item item;
  for (const auto& [name, value] : object.items()) item.set(name, read_value(value));
  return item;
}

json write_item(const Item& item) {
  json object = json::object();
  for (const dynamo::Attribute& attribute : item.attributes()) {
    json& value = object[attribute.name];
    if (const auto* const text = attribute.value.get_if<std::string>(); text != nullptr) value["S"] = *text;
    if (const auto* const number = attribute.value.get_if<dynamo::Number>(); number != nullptr) value["N"] = number->decimal;
    if (const auto* const binary = attribute.value.get_if<dynamo::Binary>(); binary != nullptr) {
      std::string text;
      dynamo::append_base64(text, binary->bytes);
      value["B"] = text;
    }
  }
  return object;
}

dynamo::Expression read_terms(const json& body) {
  dynamo::Expression terms;
  if (const auto names = body.find("ExpressionAttributeNames"); names != body.end()) {
    for (const auto& [placeholder, name] : names->items()) terms.names.emplace_back(placeholder, name.get<std::string>());
  }
  if (const auto values = body.find("ExpressionAttributeValues"); values != body.end()) {
    for (const auto& [placeholder, value] : values->items()) terms.values.emplace_back(placeholder, read_value(value));
  }
  return terms;
}

Operation read_operation(const WireRequest& request, const json& body) {
  dynamo::Expression terms = read_terms(body);
  const std::string condition = body.value("ConditionExpression", std::string());
  if (!condition.empty() && body.value("ReturnValuesOnConditionCheckFailure", std::string()) != "ALL_OLD") {
    malformed("a condition without ReturnValuesOnConditionCheckFailure", request.body);
  }
  if (request.operation == "PutItem") {
    terms.text = condition;
    return dynamo::PutItem{read_item(body.at("Item")), std::move(terms)};
  }
  if (request.operation == "DeleteItem") {
    terms.text = condition;
    return dynamo::DeleteItem{read_item(body.at("Key")), std::move(terms)};
  }
  if (request.operation == "UpdateItem") {
    terms.text = body.value("UpdateExpression", std::string());
    if (body.value("ReturnValues", std::string()) != "ALL_NEW") malformed("an update that asks for no values", request.body);
    return dynamo::UpdateItem{read_item(body.at("Key")), std::move(terms), condition};
  }
  if (request.operation == "GetItem") {
    if (!body.value("ConsistentRead", false)) malformed("a read that is not consistent", request.body);
    return dynamo::GetItem{read_item(body.at("Key")), true};
  }
  dynamo::Scan scan;
  if (const auto start = body.find("ExclusiveStartKey"); start != body.end()) scan.start_after = read_item(*start);
  return scan;
}

json body_of(const Served& served, const WireRequest& request) {
  json body = json::object();
  if (request.operation == "Scan") {
    body["Items"] = json::array();
    for (const Item& item : served.page.items) body["Items"].push_back(write_item(item));
    if (!served.page.last_key.empty()) body["LastEvaluatedKey"] = write_item(served.page.last_key);
  } else if (served.item) {
    body[request.operation == "UpdateItem" ? "Attributes" : "Item"] = write_item(*served.item);
  }
  return body;
}

struct Outcome {
  int status = 200;
  json body;
};

Outcome refusal(int status, const char* code, const char* message) {
  return {status, json{{"__type", std::string("com.amazonaws.dynamodb.v20120810#") + code}, {"message", message}}};
}

Outcome serve(Server& server, const WireRequest& request, const Origin& origin, bool old_item_hidden) {
  const json body = json::parse(request.body, nullptr, false);
  if (body.is_discarded() || body.value("TableName", std::string()) != "locks") malformed("body", request.body);
  const Served served = server.serve(read_operation(request, body), origin);
  switch (served.status) {
    case Served::Status::applied: return {200, body_of(served, request)};
    case Served::Status::invalid: return refusal(400, "ValidationException", "The provided expression refers to an attribute");
    case Served::Status::condition_failed: break;
  }
  Outcome outcome = refusal(400, "ConditionalCheckFailedException", "The conditional request failed");
  if (served.item && !old_item_hidden) outcome.body["Item"] = write_item(*served.item);
  return outcome;
}

/// "20150830T123600Z"
dynamo::ServerTime read_amz_date(const std::string& text) {
  std::tm parts{};
  if (std::sscanf(text.c_str(), "%4d%2d%2dT%2d%2d%2dZ", &parts.tm_year, &parts.tm_mon, &parts.tm_mday, &parts.tm_hour,
                  &parts.tm_min, &parts.tm_sec) != 6) {
    malformed("x-amz-date", text);
  }
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  return dynamo::ServerTime(std::chrono::seconds(::timegm(&parts)));
}

Outcome judge(Server& server, const WireRequest& request, const Origin& origin, const Circumstances& circumstances) {
  const Duration age = circumstances.now - read_amz_date(request.signed_date);
  if (circumstances.answer == Answer::denied)
    return refusal(400, "ExpiredTokenException", "The security token included is expired");
  // A client with a wrong clock learns the time from the refusal's date: where there never is one, none is refused.
  if (!circumstances.never_dated && (age > kSignatureAgeMax || age < -kSignatureAgeMax)) {
    return refusal(400, "InvalidSignatureException", "Signature expired or not yet current");
  }
  switch (circumstances.answer) {
    case Answer::throttled: return refusal(400, "ProvisionedThroughputExceededException", "Slow down");
    case Answer::error_not_applied: return refusal(500, "InternalServerError", "It did not happen, but who knows");
    case Answer::error_applied: {
      [[maybe_unused]] const Outcome hidden = serve(server, request, origin, circumstances.old_item_hidden);
      return refusal(500, "InternalServerError", "It may have happened");
    }
    default: return serve(server, request, origin, circumstances.old_item_hidden);
  }
}

}  // namespace

WireRequest read_request(const http::Request& request) {
  WireRequest result;
  bool authorized = false;
  for (std::size_t i = 0; i < request.header_count; ++i) {
    const http::Header& header = request.headers[i];
    constexpr std::string_view kPrefix = "DynamoDB_20120810.";
    if (header.name == "x-amz-target" && header.value.substr(0, kPrefix.size()) == kPrefix) {
      result.operation = header.value.substr(kPrefix.size());
    } else if (header.name == "x-amz-date") {
      result.signed_date = header.value;
    } else if (header.name == "authorization") {
      authorized = header.value.substr(0, 17) == "AWS4-HMAC-SHA256 ";
    }
  }
  result.body = request.body;
  result.writes = result.operation != "GetItem" && result.operation != "Scan";
  if (result.operation.empty() || result.signed_date.empty() || !authorized) malformed("headers", request.body);
  return result;
}

WireReply answer_request(Server& server, const WireRequest& request, const Origin& origin, const Circumstances& circumstances) {
  const Outcome outcome = judge(server, request, origin, circumstances);
  WireReply reply;
  reply.status = outcome.status;
  reply.body = outcome.body.dump();
  reply.headers = {{"x-amzn-RequestId", "SIMULATED"},
                   {"Content-Type", "application/x-amz-json-1.0"},
                   {"x-amz-crc32", std::to_string(dynamo::crc32(reply.body))}};
  if (circumstances.date) reply.headers.push_back({"Date", http_date(*circumstances.date)});
  return reply;
}

std::string http_date(dynamo::ServerTime time) {
  const auto seconds = static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count());
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[parts.tm_wday], parts.tm_mday,
                kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
  return text;
}

}  // namespace dynamutex::simulation
