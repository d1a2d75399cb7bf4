#include "dynamo/json_reader.hpp"

#include <doctest/doctest.h>

#include "dynamo/replies.hpp"
#include "dynamo/requests.hpp"

using namespace dynamutex::dynamo;
using nlohmann::json;

TEST_CASE("an item comes back as it was written") {
  PutItem put;
  put.item.set("s", "text");
  put.item.set("n", Number{"1e3"});
  put.item.set("b", Binary{std::string("\x00\xff", 2)});
  put.item.set("t", false);
  put.item.set("z", Null{});
  put.item.set("bs", BinarySet{{"f", "g"}});
  put.item.set("l", AttributeValue::List{AttributeValue::Map{{"k", NumberSet{{"1"}}}}, StringSet{{"a"}}});
  const auto written = parse_json(to_json("t", put));
  REQUIRE(written.has_value());
  const auto item = read_item((*written)["Item"]);
  REQUIRE(item.has_value());
  PutItem again;
  for (const Attribute& attribute : put.item.attributes()) again.item.set(attribute.name, *item->find(attribute.name));
  CHECK(to_json("t", again) == to_json("t", put));
}

TEST_CASE("a wrong type in any field makes the whole item unreadable") {
  for (const char* text :
       {R"([])", R"({"a": 1})", R"({"a": {}})", R"({"a": {"S": 1}})", R"({"a": {"N": 1}})", R"({"a": {"B": "x"}})",
        R"({"a": {"BOOL": "true"}})", R"({"a": {"NULL": false}})", R"({"a": {"SS": "a"}})", R"({"a": {"SS": [1]}})",
        R"({"a": {"BS": ["x"]}})", R"({"a": {"L": {}}})", R"({"a": {"L": [1]}})", R"({"a": {"M": []}})",
        R"({"a": {"M": {"b": 1}}})", R"({"a": {"S": "x", "N": "1"}})", R"({"a": {"X": "x"}})", R"({"a": {"S": null}})"}) {
    CAPTURE(text);
    CHECK_FALSE(read_item(json::parse(text)).has_value());
  }
}

TEST_CASE("a document that nests too deeply is refused before it is built") {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']');
  };
  CHECK(parse_json(nested(kJsonDepthMax)).has_value());
  CHECK_FALSE(parse_json(nested(kJsonDepthMax + 1)).has_value());
  CHECK_FALSE(parse_json(nested(100'000)).has_value());
  // Brackets inside a text, also behind an escaped quote, are no nesting.
  CHECK(parse_json("[\"\\\"" + std::string(1000, '[') + "\"]").has_value());
}

TEST_CASE("a document of too many values is refused before it is built") {
  const auto wide = [](std::size_t count) {
    std::string text = "[0";
    for (std::size_t i = 1; i < count; ++i) text += ",0";
    return text + "]";
  };
  CHECK(parse_json(wide(100'000)).has_value());
  CHECK_FALSE(parse_json(wide(100'001)).has_value());
}

TEST_CASE("text that is not JSON is refused") {
  for (const char* text : {"", "{", "{\"a\":}", "nonsense", "{} trailing", "[1,]", "\"\\ud800\"", "{\"a\" 1}"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_json(text).has_value());
  }
}

TEST_CASE("a reply without an item differs from one that is malformed") {
  REQUIRE(read_item_reply("{}", "Item").has_value());
  CHECK_FALSE(read_item_reply("{}", "Item")->has_value());
  CHECK(read_item_reply(R"({"Item": {"k": {"S": "x"}}})", "Item")->has_value());
  CHECK_FALSE(read_item_reply(R"({"Item": []})", "Item").has_value());
  CHECK_FALSE(read_item_reply("[]", "Item").has_value());
  CHECK_FALSE(read_item_reply("<html>", "Item").has_value());
}

TEST_CASE("a scan's page tells its items and where the next one begins") {
  const auto page = read_scan_reply(R"({"Items": [{"k": {"S": "a"}}], "LastEvaluatedKey": {"k": {"S": "a"}}})");
  REQUIRE(page.has_value());
  CHECK(page->items.size() == 1);
  CHECK(*page->last_key.find_as<std::string>("k") == "a");
  CHECK(read_scan_reply(R"({"Items": []})")->last_key.empty());
  CHECK_FALSE(read_scan_reply("{}").has_value());
  CHECK_FALSE(read_scan_reply(R"({"Items": [1]})").has_value());
  CHECK_FALSE(read_scan_reply(R"({"Items": [], "LastEvaluatedKey": 1})").has_value());
}
