#include "cli/handle.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::cli;

namespace {

Handle example() {
  Handle handle;
  handle.table = "locks";
  handle.region = "eu-west-1";
  handle.endpoint = "https://dynamodb.eu-west-1.amazonaws.com";
  handle.lease.name = lock::LockName("deploy");
  handle.lease.owner = "web-1:7:ab";
  handle.lease.lease = 20s;
  handle.lease.boot_id = "b";
  handle.lease.held = {"v1", MonotonicTime(100s)};
  return handle;
}

// As docs/handle.md shows it.
const std::string kText =
    R"({"format":"dynamutex-handle","format_version":1,"table":"locks","region":"eu-west-1",)"
    R"("endpoint":"https://dynamodb.eu-west-1.amazonaws.com","key_name":"key","sort_key_name":"","compat":"java",)"
    R"("name":"deploy","sort_key":"","owner":"web-1:7:ab","lease_ms":20000,"fencing_token":null,"boot_id":"b",)"
    R"("held":{"version":"v1","valid_until_ms":100000},"pending":null})"
    "\n";

std::string with(const std::string& from, const std::string& to) {
  std::string text = kText;
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a handle is written as it is documented") { CHECK(to_json(example()) == kText); }

TEST_CASE("a handle says after reading what it said before writing") {
  Handle handle = example();
  handle.schema = {"id", "part"};
  handle.compat = lock::Compat::go;
  handle.lease.name = lock::LockName("d\u00e9ploy \"x\"\n", "eu");
  handle.lease.fencing_token = lock::FencingToken{18'446'744'073'709'551'615U};
  handle.lease.pending = lock::LeaseTerm{"v2", MonotonicTime(107s)};
  const auto read = parse_handle(to_json(handle));
  REQUIRE(read.ok());
  CHECK(to_json(*read) == to_json(handle));
  CHECK(read->lease.name == handle.lease.name);
  CHECK(read->lease.fencing_token == handle.lease.fencing_token);
  CHECK(read->lease.lease == 20s);
  CHECK(read->lease.held.valid_until == MonotonicTime(100s));
  REQUIRE(read->lease.pending.has_value());
  CHECK(read->lease.pending->version == "v2");
  CHECK(read->compat == lock::Compat::go);
  CHECK(read->schema.sort_key == "part");
}

TEST_CASE("a time is never rounded to the holder's advantage") {
  Handle handle = example();
  handle.lease.held.valid_until = MonotonicTime(100s + 999'999ns);
  CHECK(to_json(handle) == kText);
}

TEST_CASE("what is no handle is told apart from a damaged one and from another version's") {
  for (const char* const other : {"", "{}", "[]", "null", "7", "deploy", "{\"format\":\"x\"}", "{\"format\":1}"}) {
    CAPTURE(other);
    const auto read = parse_handle(other);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().message == "is no handle of dynamutex");
  }
  const auto newer = parse_handle(with("\"format_version\":1", "\"format_version\":2"));
  REQUIRE_FALSE(newer.ok());
  CHECK(newer.error().message.find("another version") != std::string::npos);
  // Cut anywhere it is no JSON.
  for (std::size_t length = 0; length + 2 < kText.size(); ++length) CHECK_FALSE(parse_handle(kText.substr(0, length)).ok());
}

TEST_CASE("a member that is missing, of the wrong type or beyond its limits is named") {
  const struct {
    const char* from;
    const char* to;
    const char* named;
  } cases[] = {
      {"\"format_version\":1", "\"format_version\":\"1\"", "format_version"},
      {"\"table\":\"locks\"", "\"table\":7", "table"},
      {"\"region\":\"eu-west-1\",", "", "region"},
      {"\"endpoint\":\"https", "\"endpunkt\":\"https", "endpoint"},
      {"\"compat\":\"java\"", "\"compat\":\"rust\"", "compat"},
      {"\"owner\":\"web-1:7:ab\"", "\"owner\":null", "owner"},
      {"20000", "\"20000\"", "lease_ms"},
      {"20000", "999", "lease_ms"},
      {"20000", "20000.5", "lease_ms"},
      {"20000", "-20000", "lease_ms"},
      {"20000", "18446744073709551615", "lease_ms"},
      {"\"fencing_token\":null", "\"fencing_token\":7", "fencing_token"},
      {"\"fencing_token\":null", "\"fencing_token\":\"7x\"", "fencing_token"},
      {"\"fencing_token\":null", "\"fencing_token\":\"18446744073709551616\"", "fencing_token"},
      {"\"held\":{", "\"held\":[],\"x\":{", "held"},
      {"\"version\":\"v1\"", "\"version\":\"\"", "held"},
      {"\"valid_until_ms\":100000", "\"valid_until_ms\":9223372036854775807", "held"},
      {"\"pending\":null", "\"pending\":{}", "pending"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.to);
    const auto read = parse_handle(with(each.from, each.to));
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().message == std::string("is damaged (") + each.named + ")");
  }
}

TEST_CASE("the handle fills in the table, and a flag that names another one is told") {
  GlobalFlags given;
  given.verbose = true;
  const auto flags = flags_for(example(), given);
  REQUIRE(flags.ok());
  CHECK(flags->table == "locks");
  CHECK(flags->region == "eu-west-1");
  CHECK(flags->endpoint_url == "https://dynamodb.eu-west-1.amazonaws.com");
  CHECK(flags->key_name == "key");
  CHECK(flags->sort_key_name == "");
  CHECK(flags->verbose);

  given.table = "locks";
  given.endpoint_url = "https://vpce-1.example";
  REQUIRE(flags_for(example(), given).ok());
  CHECK(flags_for(example(), given)->endpoint_url == "https://vpce-1.example");
  for (auto member : {&GlobalFlags::table, &GlobalFlags::region, &GlobalFlags::key_name, &GlobalFlags::sort_key_name}) {
    GlobalFlags other;
    other.*member = "other";
    REQUIRE_FALSE(flags_for(example(), other).ok());
    CHECK(flags_for(example(), other).error().message.find("not for 'other'") != std::string::npos);
  }
}
