#include "cli/table_description.hpp"

#include <doctest/doctest.h>

#include <string>

using dynamutex::cli::create_table_request;
using dynamutex::cli::KeyAttribute;
using dynamutex::cli::parse_table_description;
using dynamutex::cli::parse_ttl_description;
using dynamutex::cli::schema_difference;
using dynamutex::cli::TableDescription;
using dynamutex::lock::KeySchema;

TEST_CASE("a table is created on demand with the keys asked for") {
  CHECK(create_table_request("locks", {"key", ""}) ==
        R"({"TableName":"locks","AttributeDefinitions":[{"AttributeName":"key","AttributeType":"S"}],)"
        R"("KeySchema":[{"AttributeName":"key","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"})");
  const std::string sorted = create_table_request("locks", {"key", "part"});
  CHECK(sorted.find(R"({"AttributeName":"part","KeyType":"RANGE"})") != std::string::npos);
  CHECK(sorted.find(R"({"AttributeName":"part","AttributeType":"S"})") != std::string::npos);
}

TEST_CASE("a description tells status and keys") {
  const auto description = parse_table_description(
      R"({"Table":{"TableStatus":"ACTIVE","KeySchema":[{"AttributeName":"id","KeyType":"HASH"},)"
      R"({"AttributeName":"n","KeyType":"RANGE"}],"AttributeDefinitions":[{"AttributeName":"n","AttributeType":"N"},)"
      R"({"AttributeName":"id","AttributeType":"S"}]}})");
  REQUIRE(description.ok());
  CHECK(description->usable());
  REQUIRE((description->key && description->sort_key));
  CHECK(description->key->name == "id");
  CHECK(description->key->type == "S");
  CHECK(description->sort_key->name == "n");
  CHECK(description->sort_key->type == "N");
}

TEST_CASE("a description that is none is an error and no crash") {
  for (const char* text : {"", "null", "[]", "{}", "{\"Table\":[]}", "{\"Table\":7}", "{", "\"Table\""}) {
    CHECK_FALSE(parse_table_description(text).ok());
  }
  const auto odd = parse_table_description(R"({"Table":{"TableStatus":5,"KeySchema":[1,{"KeyType":"HASH"}]}})");
  REQUIRE(odd.ok());
  CHECK_FALSE(odd->usable());
  for (const char* text : {"", "[]", "{\"TimeToLiveDescription\":5}", "{}"}) CHECK_FALSE(parse_ttl_description(text).on);
}

TEST_CASE("TTL that is being turned on counts as on") {
  CHECK(parse_ttl_description(R"({"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLING","AttributeName":"ttl"}})").on);
  const auto ttl = parse_ttl_description(R"({"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"x"}})");
  CHECK(ttl.on);
  CHECK(ttl.attribute == "x");
  CHECK_FALSE(parse_ttl_description(R"({"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}})").on);
}

TEST_CASE("another key schema is told in words, with the flags that would fit") {
  const TableDescription plain{"ACTIVE", KeyAttribute{"key", "S"}, {}};
  CHECK(schema_difference("locks", plain, {"key", ""}).empty());
  CHECK(schema_difference("locks", {"ACTIVE", KeyAttribute{"id", "S"}, {}}, {"key", ""}) ==
        "table 'locks' has another key schema: key 'id' (S) and no sort key, and not key 'key' (S) and no sort key; "
        "give --key-name id and no --sort-key-name, or another --table");
  CHECK(schema_difference("locks", {"ACTIVE", KeyAttribute{"key", "S"}, KeyAttribute{"part", "S"}}, {"key", ""})
            .find("--key-name key --sort-key-name part") != std::string::npos);
  CHECK(schema_difference("locks", plain, {"key", "part"}).find("sort key 'part'") != std::string::npos);
  CHECK(schema_difference("locks", {"ACTIVE", KeyAttribute{"key", "N"}, {}}, {"key", ""}).find("lock names are strings") !=
        std::string::npos);
  CHECK_FALSE(schema_difference("locks", {"ACTIVE", {}, {}}, {"key", ""}).empty());
}
