#include "dynamo/requests.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace dynamutex::dynamo;
using nlohmann::json;

TEST_CASE("a conditional put is one object with the item, the condition and its placeholders") {
  PutItem put;
  put.item.set("key", "deploy");
  put.item.set("n", Number{"12"});
  put.condition.text = "attribute_not_exists(#k) OR #n < :n";
  put.condition.names = {{"#k", "key"}, {"#n", "n"}};
  put.condition.values = {{":n", Number{"5"}}};
  const json expected = json::parse(R"({
    "TableName": "locks",
    "Item": {"key": {"S": "deploy"}, "n": {"N": "12"}},
    "ConditionExpression": "attribute_not_exists(#k) OR #n < :n",
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    "ExpressionAttributeNames": {"#k": "key", "#n": "n"},
    "ExpressionAttributeValues": {":n": {"N": "5"}}
  })");
  CHECK(json::parse(to_json("locks", put)) == expected);
}

TEST_CASE("an unconditional put has no expression at all") {
  PutItem put;
  put.item.set("key", "x");
  CHECK(to_json("t", put) == R"({"TableName":"t","Item":{"key":{"S":"x"}}})");
}

TEST_CASE("get, delete, update and scan carry what DynamoDB's API names") {
  Item key;
  key.set("key", "x");
  CHECK(to_json("t", GetItem{key, true}) == R"({"TableName":"t","Key":{"key":{"S":"x"}},"ConsistentRead":true})");
  CHECK(to_json("t", GetItem{key, false}) == R"({"TableName":"t","Key":{"key":{"S":"x"}}})");
  const json erase = json::parse(to_json("t", DeleteItem{key, {"#v = :v", {{"#v", "rvn"}}, {{":v", "1"}}}}));
  const json expected_erase = json::parse(R"({
    "TableName": "t", "Key": {"key": {"S": "x"}}, "ConditionExpression": "#v = :v",
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD", "ExpressionAttributeNames": {"#v": "rvn"},
    "ExpressionAttributeValues": {":v": {"S": "1"}}})");
  CHECK(erase == expected_erase);
  const json update =
      json::parse(to_json("t", UpdateItem{key, {"SET #a = :a", {{"#a", "a"}}, {{":a", "1"}}}, "attribute_exists(#a)"}));
  const json expected_update = json::parse(R"json({
    "TableName": "t", "Key": {"key": {"S": "x"}}, "UpdateExpression": "SET #a = :a",
    "ConditionExpression": "attribute_exists(#a)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    "ExpressionAttributeNames": {"#a": "a"}, "ExpressionAttributeValues": {":a": {"S": "1"}}, "ReturnValues": "ALL_NEW"})json");
  CHECK(update == expected_update);
  Scan scan;
  scan.start_after = key;
  CHECK(to_json("t", scan) == R"({"TableName":"t","Limit":1000,"ExclusiveStartKey":{"key":{"S":"x"}}})");
}

TEST_CASE("every type of value has its own form") {
  PutItem put;
  put.item.set("b", Binary{std::string("\x00\xff", 2)});
  put.item.set("t", true);
  put.item.set("z", Null{});
  put.item.set("ss", StringSet{{"a", "b"}});
  put.item.set("ns", NumberSet{{"1", "2"}});
  put.item.set("bs", BinarySet{{"f"}});
  put.item.set("l", AttributeValue::List{"x", Number{"1"}});
  put.item.set("m", AttributeValue::Map{{"k", "v"}});
  const json expected = json::parse(R"({
    "b": {"B": "AP8="}, "t": {"BOOL": true}, "z": {"NULL": true}, "ss": {"SS": ["a", "b"]}, "ns": {"NS": ["1", "2"]},
    "bs": {"BS": ["Zg=="]}, "l": {"L": [{"S": "x"}, {"N": "1"}]}, "m": {"M": {"k": {"S": "v"}}}})");
  CHECK(json::parse(to_json("t", put))["Item"] == expected);
}

TEST_CASE("any text comes back from a JSON parser as it was") {
  std::string text = "quote\" back\\ slash/ \xc3\xa9 ";
  for (char c = 1; c < 0x20; ++c) text += c;
  text += '\x7f';
  text += '\0';
  PutItem put;
  put.item.set(text, text);
  const json parsed = json::parse(to_json("t", put));
  CHECK(parsed["Item"][text]["S"] == text);
}

TEST_CASE("text of any length, with or without what JSON escapes, comes back as it was") {
  for (std::size_t size = 0; size <= 3000; size = size < 40 ? size + 1 : size * 2) {
    for (const char odd : {'x', '"', '\\', '\n', '\x1f'}) {
      PutItem put;
      std::string text(size, 'y');
      if (size > 0) text[size * 7 / 8] = odd;
      put.item.set("text", text);
      put.item.set("all", std::string(size, odd));
      put.item.set("named " + text, Number{"1"});
      put.condition.names = {{"#n", text}};
      const json sent = json::parse(to_json(text, put));
      CHECK(sent["TableName"] == text);
      CHECK(sent["Item"]["text"]["S"] == text);
      CHECK(sent["Item"]["all"]["S"] == std::string(size, odd));
      CHECK(sent["Item"]["named " + text]["N"] == "1");
      CHECK(sent["ExpressionAttributeNames"]["#n"] == text);
    }
  }
}
