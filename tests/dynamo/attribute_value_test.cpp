#include "dynamutex/dynamo/attribute_value.hpp"

#include <doctest/doctest.h>

using namespace dynamutex::dynamo;

TEST_CASE("setting an attribute again replaces it in its place") {
  Item item;
  item.set("a", "1");
  item.set("b", Number{"2"});
  item.set("a", "3");
  REQUIRE(item.attributes().size() == 2);
  CHECK(item.attributes()[0].name == "a");
  CHECK(*item.find_as<std::string>("a") == "3");
}

TEST_CASE("an attribute of another type is not found as the wanted one") {
  Item item;
  item.set("a", Number{"1"});
  CHECK(item.find_as<std::string>("a") == nullptr);
  CHECK(item.find_as<Number>("a") != nullptr);
  CHECK(item.find("b") == nullptr);
}

TEST_CASE("a text literal is a string and not a flag") {
  const AttributeValue value("text");
  CHECK(value.get_if<std::string>() != nullptr);
  CHECK(AttributeValue(true).get_if<bool>() != nullptr);
}

TEST_CASE("nested values copy deeply") {
  AttributeValue::Map map = {{"inner", AttributeValue::List{"x", Number{"1"}}}};
  const AttributeValue value(map);
  AttributeValue copy = value;
  copy = AttributeValue(Null{});
  REQUIRE(value.get_if<AttributeValue::Map>() != nullptr);
  CHECK(value.get_if<AttributeValue::Map>()->front().value.get_if<AttributeValue::List>()->size() == 2);
}
