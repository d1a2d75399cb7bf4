#include "dynamutex/dynamo/place.hpp"

#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "support/vectors.hpp"

using namespace dynamutex;
using namespace dynamutex::dynamo;

namespace {

using Variables = std::map<std::string, std::string>;

credentials::Environment environment_of(const Variables& variables) {
  return [&variables](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

credentials::ProfileFiles files_of(const std::string& config) {
  auto files = credentials::parse_profile_files(config, "");
  REQUIRE_MESSAGE(files.ok(), files.error().message);
  return *std::move(files);
}

Result<Place> resolve(const Variables& variables, const char* config = "", const PlaceOptions& options = {}) {
  return resolve_place(environment_of(variables), files_of(config), options);
}

/// AWS's cases speak of S3 nearly all; its name and DynamoDB's are exchanged in `text` for those that do.
std::string for_dynamodb(std::string text, const std::string& service) {
  if (service == "dynamodb") return text;
  for (const auto& [one, other] : {std::pair<std::string, std::string>("s3", "dynamodb"), {"S3", "DYNAMODB"}}) {
    const auto ends_with = [&](const std::string& end) {
      return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
    };
    for (const auto& [from, to] : {std::pair(one, other), std::pair(other, one)}) {
      if (!ends_with(from)) continue;
      return text.replace(text.size() - from.size(), from.size(), to);
    }
  }
  return text;
}

std::string config_of(const nlohmann::json& suite, const std::string& service) {
  std::string config;
  for (const auto& [name, settings] : suite.at("profiles").items()) {
    config += "[profile " + name + "]\n";
    for (const auto& [key, text] : settings.items()) config += key + " = " + text.get<std::string>() + '\n';
  }
  for (const auto& [name, services] : suite.at("services").items()) {
    config += "[services " + name + "]\n";
    for (const auto& [each, settings] : services.items()) {
      config += for_dynamodb(each, service) + " =\n";
      for (const auto& [key, text] : settings.items()) config += "  " + key + " = " + text.get<std::string>() + '\n';
    }
  }
  return config;
}

}  // namespace

TEST_CASE("AWS's cases of configured endpoints") {
  const auto text = test::read_vectors("endpoint-url/profile-tests.json");
  if (!text) return;
  const auto suite = nlohmann::json::parse(*text).at("testSuites").at(0);
  int checked = 0;
  for (const auto& test : suite.at("endpointUrlTests")) {
    CAPTURE(test.at("name").get<std::string>());
    const auto service = test.at("service").get<std::string>();
    const auto& own = suite.at("client_configs").at(test.at("client_config").get<std::string>());
    Variables variables = {{"AWS_REGION", "eu-west-1"}};
    for (const auto& [name, value] : suite.at("environments").at(test.at("environment").get<std::string>()).items()) {
      variables[for_dynamodb(name, service)] = value.get<std::string>();
    }
    // There is no option of a program's own for this; the variable means the same.
    if (own.value("ignore_configured_endpoint_urls", false)) variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
    const PlaceOptions options{"", own.value("endpoint_url", ""), test.at("profile").get<std::string>()};
    const auto place = resolve(variables, config_of(suite, service).c_str(), options);
    REQUIRE_MESSAGE(place.ok(), place.error().message);
    const auto expected = test.at("output").at("endpointUrl").get<std::string>();
    const bool own_of_aws = expected.find("amazonaws.com") != std::string::npos;
    CHECK(place->endpoint == (own_of_aws ? "https://dynamodb.eu-west-1.amazonaws.com" : expected));
    CHECK(place->endpoint_given == !own_of_aws);
    ++checked;
  }
  CHECK(checked == 39);
}

TEST_CASE("a region comes from the program, the environment and the profile, in this order") {
  const char* const config = "[default]\nregion = eu-west-1\n[profile prod]\nregion = eu-north-1\n";
  const Variables both = {{"AWS_REGION", "us-west-2"}, {"AWS_DEFAULT_REGION", "us-east-2"}};
  CHECK(resolve({}, config)->region == "eu-west-1");
  CHECK(resolve({{"AWS_PROFILE", "prod"}}, config)->region == "eu-north-1");
  CHECK(resolve({}, config, {"", "", "prod"})->region == "eu-north-1");
  CHECK(resolve({{"AWS_DEFAULT_REGION", "us-east-2"}}, config)->region == "us-east-2");
  CHECK(resolve(both, config)->region == "us-west-2");
  CHECK(resolve(both, config, {"sa-east-1", "", ""})->region == "sa-east-1");
  CHECK(configured_region(environment_of({}), files_of("")).empty());
}

TEST_CASE("an empty variable counts as not set") {
  CHECK(resolve({{"AWS_REGION", ""}, {"AWS_DEFAULT_REGION", "eu-north-1"}})->region == "eu-north-1");
  CHECK(resolve({{"AWS_REGION", "eu-west-1"}, {"AWS_ENDPOINT_URL_DYNAMODB", ""}})->endpoint ==
        "https://dynamodb.eu-west-1.amazonaws.com");
}

TEST_CASE("without a region there has to be an endpoint, which is signed for us-east-1") {
  CHECK(resolve({}).error().kind == ErrorKind::invalid);
  CHECK(resolve({}).error().message.rfind("no region: ", 0) == 0);
  const auto place = resolve({}, "", {"", "http://localhost:1234/", ""});
  REQUIRE(place.ok());
  CHECK(place->region == "us-east-1");
  CHECK(place->endpoint == "http://localhost:1234");
  CHECK(place->endpoint_given);
}

TEST_CASE("the region local is a server on this machine, and plain HTTP is meant") {
  const auto place = resolve({{"AWS_REGION", "local"}});
  REQUIRE(place.ok());
  CHECK(place->endpoint == "http://localhost:8000");
  CHECK(place->endpoint_given);
}

TEST_CASE("FIPS and dual-stack endpoints are asked for by variables or by the profile") {
  const Variables region = {{"AWS_REGION", "eu-west-1"}};
  CHECK_FALSE(resolve(region)->endpoint_given);
  CHECK(resolve(region, "[default]\nuse_fips_endpoint = TRUE\n")->endpoint == "https://dynamodb-fips.eu-west-1.amazonaws.com");
  CHECK(resolve(region, "[default]\nuse_dualstack_endpoint = true\n")->endpoint == "https://dynamodb.eu-west-1.api.aws");
  Variables variables = region;
  variables["AWS_USE_FIPS_ENDPOINT"] = "true";
  CHECK(resolve(variables)->endpoint == "https://dynamodb-fips.eu-west-1.amazonaws.com");
  variables["AWS_USE_FIPS_ENDPOINT"] = "false";
  CHECK(resolve(variables, "[default]\nuse_fips_endpoint = true\n")->endpoint == "https://dynamodb.eu-west-1.amazonaws.com");
}

TEST_CASE("an endpoint that is malformed, or comes with a variant, is refused") {
  CHECK(resolve({{"AWS_REGION", "eu-west-1"}, {"AWS_ENDPOINT_URL", "nonsense"}}).error().kind == ErrorKind::invalid);
  CHECK(resolve({{"AWS_REGION", "eu-west-1"}, {"AWS_ENDPOINT_URL", "http://a"}, {"AWS_USE_FIPS_ENDPOINT", "true"}})
            .error()
            .message.find("exclude each other") != std::string::npos);
}
