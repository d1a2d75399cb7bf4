#include "dynamutex/dynamo/endpoint.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "support/vectors.hpp"

using namespace dynamutex;
using namespace dynamutex::dynamo;
using nlohmann::json;

TEST_CASE("endpoints are those of AWS's own cases") {
  const auto text = test::read_vectors("endpoints/endpoint-tests.json");
  if (!text) return;
  const json cases = json::parse(*text)["testCases"];
  CHECK(cases.size() == 29);
  for (const json& vector : cases) {
    const std::string params = vector["params"].dump();
    CAPTURE(params);
    std::optional<std::string> configured;
    if (vector["params"].contains("Endpoint")) configured = vector["params"]["Endpoint"].get<std::string>();
    const EndpointVariant variant{vector["params"].value("UseFIPS", false), vector["params"].value("UseDualStack", false)};
    const auto endpoint = resolve_endpoint(configured, vector["params"]["Region"].get<std::string>(), variant);
    if (vector["expect"].contains("error")) {
      REQUIRE_FALSE(endpoint.ok());
      CHECK(endpoint.error().kind == ErrorKind::invalid);
    } else {
      REQUIRE(endpoint.ok());
      CHECK(*endpoint == vector["expect"]["endpoint"]["url"].get<std::string>());
    }
  }
}

TEST_CASE("every partition's domains are those of AWS's own list") {
  const auto text = test::read_vectors("endpoints/partitions.json");
  if (!text) return;
  const json document = json::parse(*text);
  for (const json& partition : document["partitions"]) {
    for (const auto& entry : partition["regions"].items()) {
      const std::string& region = entry.key();
      if (region.find("-global") != std::string::npos) continue;
      CAPTURE(region);
      const std::string suffix = "." + region + "." + partition["outputs"]["dnsSuffix"].get<std::string>();
      const std::string dual_suffix = "." + region + "." + partition["outputs"]["dualStackDnsSuffix"].get<std::string>();
      CHECK(*regional_endpoint(region) == "https://dynamodb" + suffix);
      CHECK(*regional_endpoint(region, {false, true}) == "https://dynamodb" + dual_suffix);
    }
  }
}

TEST_CASE("a region has its endpoint in its partition's domain") {
  CHECK(*regional_endpoint("eu-west-1") == "https://dynamodb.eu-west-1.amazonaws.com");
  CHECK(*regional_endpoint("cn-north-1") == "https://dynamodb.cn-north-1.amazonaws.com.cn");
  CHECK(*regional_endpoint("us-gov-west-1") == "https://dynamodb.us-gov-west-1.amazonaws.com");
  CHECK(*regional_endpoint("us-iso-east-1") == "https://dynamodb.us-iso-east-1.c2s.ic.gov");
  CHECK(*regional_endpoint("us-isob-east-1") == "https://dynamodb.us-isob-east-1.sc2s.sgov.gov");
}

TEST_CASE("the region local is DynamoDB Local on its usual port") {
  CHECK(*regional_endpoint("local") == "http://localhost:8000");
}

TEST_CASE("a region that is no DNS label is refused before it becomes a host") {
  for (const char* region : {"", "eu west", "a.b", "evil.com/", "-a", "a-", "eu-west-1#", "../x"}) {
    CAPTURE(region);
    const auto endpoint = regional_endpoint(region);
    REQUIRE_FALSE(endpoint.ok());
    CHECK(endpoint.error().kind == ErrorKind::invalid);
  }
  CHECK_FALSE(regional_endpoint(std::string(64, 'a')).ok());
}

TEST_CASE("a well-formed endpoint is taken as it is, less a trailing slash") {
  for (const char* url : {"http://localhost:8000", "https://dynamodb.eu-west-1.amazonaws.com", "http://127.0.0.1:1",
                          "http://[::1]:8000", "https://proxy.example/dynamo", "http://my_host"}) {
    CAPTURE(url);
    CHECK(*checked_endpoint(url) == url);
  }
  CHECK(*checked_endpoint("http://localhost:8000/") == "http://localhost:8000");
}

TEST_CASE("a malformed endpoint is refused with what to write instead") {
  for (const char* url : {"", "localhost:8000", "ftp://x", "http://", "http://:80", "http://a b", "http://a:0", "http://a:65536",
                          "http://a:", "http://a:8x", "https://a?x", "https://a#x", "http://[::1", "http://[]", "http://a\n",
                          "https:///", "http://\x80"}) {
    CAPTURE(url);
    const auto endpoint = checked_endpoint(url);
    REQUIRE_FALSE(endpoint.ok());
    CHECK(endpoint.error().kind == ErrorKind::invalid);
    CHECK(endpoint.error().message.find("https://HOST") != std::string::npos);
  }
}

TEST_CASE("what may be a password in an endpoint is not repeated") {
  const auto endpoint = checked_endpoint("https://me:hunter2@host");
  REQUIRE_FALSE(endpoint.ok());
  CHECK(endpoint.error().message.find("hunter2") == std::string::npos);
}
