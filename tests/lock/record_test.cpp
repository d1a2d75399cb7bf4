#include "dynamutex/lock/record.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::lock;

namespace {
Record full() {
  Record record;
  record.name = LockName("deploy");
  record.owner = "web-1:42:cafe";
  record.version = "v1";
  record.lease = 20s;
  record.expires_at = dynamo::ServerTime(1'700'000'000'123ms);
  record.fencing_token = FencingToken{18446744073709551615ULL};
  record.released = true;
  record.data = std::string("a\0b", 3);
  record.ttl = std::chrono::seconds(1'700'604'801);
  return record;
}
}  // namespace

TEST_CASE("the item has the attributes of the AWS Lock Client, by name and type") {
  const dynamo::Item item = encode(full(), {}, Compat::java);
  CHECK(*item.find_as<std::string>("key") == "deploy");
  CHECK(*item.find_as<std::string>("ownerName") == "web-1:42:cafe");
  CHECK(*item.find_as<std::string>("recordVersionNumber") == "v1");
  CHECK(*item.find_as<std::string>("leaseDuration") == "20000");
  CHECK(item.find_as<dynamo::Number>("expiresAt")->decimal == "1700000000123");
  CHECK(item.find_as<dynamo::Number>("fencingToken")->decimal == "18446744073709551615");
  CHECK(*item.find_as<std::string>("isReleased") == "1");
  CHECK(item.find_as<dynamo::Binary>("data")->bytes == std::string("a\0b", 3));
  CHECK(item.find_as<dynamo::Number>("ttl")->decimal == "1700604801");
}

TEST_CASE("what is not set is not written") {
  Record record;
  record.name = LockName("x");
  record.version = "v";
  record.lease = 1500ms;
  const dynamo::Item item = encode(record, {}, Compat::java);
  for (const char* name : {"expiresAt", "expiresVersion", "fencingToken", "isReleased", "data", "ttl"})
    CHECK(item.find(name) == nullptr);
  CHECK(*item.find_as<std::string>("leaseDuration") == "1500");
}

TEST_CASE("in Go's form the lease is written as dynamolock reads it") {
  Record record = full();
  CHECK(*encode(record, {}, Compat::go).find_as<std::string>("leaseDuration") == "20s");
  record.lease = 1500ms;
  CHECK(*encode(record, {}, Compat::go).find_as<std::string>("leaseDuration") == "1500ms");
}

TEST_CASE("a record comes back from its item, in either form and with a sort key") {
  const KeySchema schema{"pk", "sk"};
  Record record = full();
  record.name = LockName("a", "b");
  for (const Compat compat : {Compat::java, Compat::go}) {
    const auto read = decode(encode(record, schema, compat), schema);
    REQUIRE(read.ok());
    CHECK(read->name == record.name);
    CHECK(read->owner == record.owner);
    CHECK(read->version == record.version);
    CHECK(read->lease == record.lease);
    CHECK(read->expires_at == record.expires_at);
    CHECK(read->fencing_token->value == record.fencing_token->value);
    CHECK(read->released);
    CHECK(read->data == record.data);
    CHECK(read->ttl == record.ttl);
  }
}

TEST_CASE("an expiry counts only for the version it was written for") {
  // A foreign client that updates the record in place leaves our expiresAt on its own lock.
  dynamo::Item item = encode(full(), {}, Compat::java);
  item.set("recordVersionNumber", "another client's");
  CHECK_FALSE(decode(item, {})->expires_at.has_value());
}

TEST_CASE("presence alone says released, as Java's client tests it") {
  dynamo::Item item = encode(full(), {}, Compat::java);
  item.set("isReleased", dynamo::Null{});
  CHECK(decode(item, {})->released);
}

TEST_CASE("an item that is no lock record is told as one, and by what") {
  const auto broken = [](std::string_view name, dynamo::AttributeValue value) {
    Record record = full();
    record.released = false;
    dynamo::Item item = encode(record, {}, Compat::java);
    item.set(name, std::move(value));
    return decode(item, {});
  };
  const std::pair<const char*, dynamo::AttributeValue> wrongs[] = {{"key", dynamo::Number{"1"}},
                                                                   {"recordVersionNumber", ""},
                                                                   {"recordVersionNumber", true},
                                                                   {"leaseDuration", "soon"},
                                                                   {"leaseDuration", "0"},
                                                                   {"leaseDuration", dynamo::Number{"20000"}},
                                                                   {"expiresAt", "1700000000123"},
                                                                   {"expiresAt", dynamo::Number{"1.5"}},
                                                                   {"expiresAt", dynamo::Number{"-1"}},
                                                                   {"expiresAt", dynamo::Number{"99999999999999999"}},
                                                                   {"fencingToken", dynamo::Number{"-1"}},
                                                                   {"fencingToken", dynamo::Number{"18446744073709551616"}},
                                                                   {"ttl", "x"}};
  for (const auto& wrong : wrongs) {
    CAPTURE(wrong.first);
    const auto record = broken(wrong.first, wrong.second);
    REQUIRE_FALSE(record.ok());
    CHECK(record.error().kind == ErrorKind::invalid);
  }
  CHECK(decode({}, {}).error().message.find("key attribute 'key'") != std::string::npos);
}

TEST_CASE("a lease's length is read as milliseconds or as a Go duration") {
  CHECK(parse_lease_duration("20000") == 20s);
  CHECK(parse_lease_duration("1") == 1ms);
  CHECK(parse_lease_duration("20s") == 20s);
  CHECK(parse_lease_duration("1m30s") == 90s);
  CHECK(parse_lease_duration("1h0m0s") == 1h);
  CHECK(parse_lease_duration("1.5s") == 1500ms);
  CHECK(parse_lease_duration("250ms") == 250ms);
  CHECK(parse_lease_duration("3us") == 3us);
  CHECK(parse_lease_duration("3\xc2\xb5s") == 3us);
  for (const char* text : {"", "0", "-1", "0s", "s", "1x", "1.s", ".5s", "1 s", "20s ", "9223372036854775807", "99999999999h",
                           "9999999999999999999999s", "1m30", "+5s"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_lease_duration(text).has_value());
  }
}

TEST_CASE("what is written of a lease's length is no less than what its holder counts on") {
  Record record;
  record.name = LockName("x");
  record.version = "v";
  record.lease = 1s + 999us;
  CHECK(*encode(record, {}, Compat::java).find_as<std::string>("leaseDuration") == "1001");
  CHECK(*encode(record, {}, Compat::go).find_as<std::string>("leaseDuration") == "1001ms");
}
