#include "cli/settings.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

using dynamutex::ErrorKind;
using dynamutex::Result;
using dynamutex::cli::GlobalFlags;
using dynamutex::cli::make_lock_name;
using dynamutex::cli::Settings;
using Variables = std::map<std::string, std::string>;

namespace {

Result<Settings> resolve(const GlobalFlags& flags, const Variables& variables, const char* config = "") {
  const auto environment = [&](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  const auto files = dynamutex::credentials::parse_profile_files(config, "");
  REQUIRE(files.ok());
  return dynamutex::cli::resolve_settings(flags, environment, *files);
}

std::string refusal(const GlobalFlags& flags, const Variables& variables, const char* config = "") {
  const auto settings = resolve(flags, variables, config);
  REQUIRE_FALSE(settings.ok());
  CHECK(settings.error().kind == ErrorKind::invalid);
  return settings.error().message;
}

GlobalFlags with(std::optional<std::string> GlobalFlags::*member, const char* value) {
  GlobalFlags flags;
  flags.*member = value;
  return flags;
}

const Variables kIreland = {{"AWS_REGION", "eu-west-1"}};

}  // namespace

TEST_CASE("a region is enough") {
  const auto settings = resolve({}, kIreland).value();
  CHECK(settings.table == "locks");
  CHECK(settings.region == "eu-west-1");
  CHECK(settings.endpoint == "https://dynamodb.eu-west-1.amazonaws.com");
  CHECK_FALSE(settings.endpoint_given);
  CHECK(settings.schema.key == "key");
  CHECK(settings.schema.sort_key.empty());
}

TEST_CASE("flags outweigh the environment") {
  const Variables variables = {{"DYNAMUTEX_TABLE", "env-table"},
                               {"AWS_REGION", "eu-west-1"},
                               {"AWS_ENDPOINT_URL_DYNAMODB", "http://env"},
                               {"DYNAMUTEX_KEY_NAME", "env-key"},
                               {"DYNAMUTEX_SORT_KEY_NAME", "env-sort"}};
  GlobalFlags flags;
  CHECK(resolve(flags, variables).value().table == "env-table");
  CHECK(resolve(flags, variables).value().endpoint == "http://env");
  CHECK(resolve(flags, variables).value().schema.key == "env-key");
  CHECK(resolve(flags, variables).value().schema.sort_key == "env-sort");
  flags.table = "flag-table";
  flags.region = "us-west-2";
  flags.endpoint_url = "http://flag/";
  flags.key_name = "flag-key";
  flags.sort_key_name = "flag-sort";
  const auto settings = resolve(flags, variables).value();
  CHECK(settings.table == "flag-table");
  CHECK(settings.region == "us-west-2");
  CHECK(settings.endpoint == "http://flag");
  CHECK(settings.schema.key == "flag-key");
  CHECK(settings.schema.sort_key == "flag-sort");
}

TEST_CASE("variables stand in AWS's order, and empty ones do not count") {
  CHECK(resolve({}, {{"AWS_REGION", ""}, {"AWS_DEFAULT_REGION", "eu-north-1"}}).value().region == "eu-north-1");
  CHECK(resolve({}, {{"AWS_REGION", "eu-west-1"}, {"AWS_DEFAULT_REGION", "eu-north-1"}}).value().region == "eu-west-1");
  CHECK(resolve({}, {{"AWS_ENDPOINT_URL", "http://a"}}).value().endpoint == "http://a");
  CHECK(resolve({}, {{"AWS_ENDPOINT_URL", "http://a"}, {"AWS_ENDPOINT_URL_DYNAMODB", "http://b"}}).value().endpoint ==
        "http://b");
  CHECK(resolve({}, {{"DYNAMUTEX_TABLE", ""}, {"AWS_REGION", "eu-west-1"}}).value().table == "locks");
}

TEST_CASE("configured endpoints can be switched off, a flag cannot") {
  const Variables variables = {
      {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}, {"AWS_ENDPOINT_URL", "http://a"}, {"AWS_REGION", "eu-west-1"}};
  CHECK(resolve({}, variables).value().endpoint == "https://dynamodb.eu-west-1.amazonaws.com");
  CHECK(resolve(with(&GlobalFlags::endpoint_url, "http://b"), variables).value().endpoint == "http://b");
}

TEST_CASE("the region local is a server on this machine, and plain HTTP is meant") {
  const auto settings = resolve(with(&GlobalFlags::region, "local"), {}).value();
  CHECK(settings.endpoint == "http://localhost:8000");
  CHECK(settings.endpoint_given);
}

TEST_CASE("an endpoint without a region is signed for us-east-1") {
  const auto settings = resolve(with(&GlobalFlags::endpoint_url, "http://localhost:1234"), {}).value();
  CHECK(settings.region == "us-east-1");
  CHECK(settings.endpoint_given);
}

TEST_CASE("bad configuration is refused with what to do") {
  CHECK(refusal({}, {}).rfind("no region: give --region, set AWS_REGION", 0) == 0);
  CHECK(refusal(with(&GlobalFlags::endpoint_url, "nonsense"), {}).find("https://") != std::string::npos);
  CHECK(refusal(with(&GlobalFlags::region, "not a region"), {}).find("is not a region") != std::string::npos);
  for (const char* table : {"", "ab", "with space", "sl/ash"}) {
    CHECK(refusal(with(&GlobalFlags::table, table), kIreland).find("is no table name") != std::string::npos);
  }
  CHECK(refusal(with(&GlobalFlags::key_name, ""), kIreland).find("1 to 255 bytes") != std::string::npos);
  CHECK(refusal(with(&GlobalFlags::key_name, "ownerName"), kIreland).find("is an attribute of the record") != std::string::npos);
  CHECK(refusal(with(&GlobalFlags::sort_key_name, "key"), kIreland).find("cannot both be") != std::string::npos);
}

TEST_CASE("no attribute of the record can be a key") {
  for (const char* taken :
       {"ownerName", "recordVersionNumber", "leaseDuration", "expiresAt", "fencingToken", "isReleased", "data", "ttl"}) {
    CAPTURE(taken);
    CHECK(refusal(with(&GlobalFlags::key_name, taken), kIreland).find("is an attribute of the record") != std::string::npos);
    CHECK_FALSE(resolve(with(&GlobalFlags::sort_key_name, taken), kIreland).ok());
  }
}

TEST_CASE("a profile fills in what flags and variables leave out") {
  const char* const config =
      "[default]\nregion = eu-west-1\n[profile prod]\nregion = eu-north-1\nendpoint_url = http://p\n"
      "[profile bare]\n";
  CHECK(resolve({}, {}, config).value().region == "eu-west-1");
  const auto prod = resolve(with(&GlobalFlags::profile, "prod"), {}, config).value();
  CHECK(prod.profile == "prod");
  CHECK(prod.region == "eu-north-1");
  CHECK(prod.endpoint == "http://p");
  CHECK(prod.endpoint_given);
  CHECK(resolve({}, {{"AWS_PROFILE", "prod"}}, config).value().region == "eu-north-1");
  CHECK(resolve({}, {{"AWS_PROFILE", "prod"}}, config).value().profile.empty());
  CHECK(resolve({}, {{"AWS_PROFILE", "prod"}, {"AWS_DEFAULT_REGION", "us-west-2"}}, config).value().region == "us-west-2");
  CHECK(resolve({}, {{"AWS_PROFILE", "prod"}, {"AWS_ENDPOINT_URL", "http://a"}}, config).value().endpoint == "http://a");
  CHECK(refusal(with(&GlobalFlags::profile, "bare"), {}, config).rfind("no region:", 0) == 0);
}

TEST_CASE("a profile that a flag names must be there") {
  CHECK(refusal(with(&GlobalFlags::profile, "prod"), kIreland) ==
        "--profile: there is no profile 'prod' in the shared AWS files");
  CHECK(refusal(with(&GlobalFlags::profile, ""), kIreland).rfind("--profile:", 0) == 0);
}

TEST_CASE("FIPS and dual-stack endpoints are asked for by variables or by the profile, variables first") {
  CHECK(resolve({}, {{"AWS_REGION", "us-east-1"}, {"AWS_USE_FIPS_ENDPOINT", "TRUE"}}).value().endpoint ==
        "https://dynamodb-fips.us-east-1.amazonaws.com");
  const char* const config = "[default]\nregion = us-east-1\nuse_dualstack_endpoint = true\n";
  const auto dual = resolve({}, {}, config).value();
  CHECK(dual.endpoint == "https://dynamodb.us-east-1.api.aws");
  CHECK_FALSE(dual.endpoint_given);
  CHECK(resolve({}, {{"AWS_USE_DUALSTACK_ENDPOINT", "false"}}, config).value().endpoint ==
        "https://dynamodb.us-east-1.amazonaws.com");
  CHECK(refusal(with(&GlobalFlags::endpoint_url, "http://b"), {}, config).find("exclude each other") != std::string::npos);
}

TEST_CASE("a lock's name has 1 to 2048 bytes of UTF-8") {
  CHECK(make_lock_name("x", {}, {}).value().key == "x");
  CHECK(make_lock_name(std::string(2048, 'x'), {}, {}).ok());
  CHECK_FALSE(make_lock_name("", {}, {}).ok());
  CHECK_FALSE(make_lock_name(std::string(2049, 'x'), {}, {}).ok());
  CHECK_FALSE(make_lock_name("\xff", {}, {}).ok());
}

TEST_CASE("a sort key is given exactly where the table has one") {
  const dynamutex::lock::KeySchema sorted{"key", "part"};
  CHECK(make_lock_name("x", "a", sorted).value().sort_key == "a");
  CHECK_FALSE(make_lock_name("x", {}, sorted).ok());
  CHECK_FALSE(make_lock_name("x", "", sorted).ok());
  CHECK_FALSE(make_lock_name("x", std::string(1025, 'a'), sorted).ok());
  CHECK_FALSE(make_lock_name("x", "\xff", sorted).ok());
  CHECK_FALSE(make_lock_name("x", "a", {}).ok());
}

TEST_CASE("the table is created where the flags say, and not elsewhere") {
  CHECK(resolve({}, kIreland).value().init_command == "dynamutex init --table locks");
  GlobalFlags flags;
  flags.table = "t.1";
  flags.region = "local";
  flags.endpoint_url = "http://[::1]:8000";
  flags.profile = "my team's";
  flags.key_name = "id";
  flags.sort_key_name = "";
  CHECK(resolve(flags, {}, "[profile my team's]\n").value().init_command ==
        "dynamutex init --table t.1 --region local --endpoint-url http://[::1]:8000 --profile 'my team'\\''s' --key-name id "
        "--sort-key-name ''");
}

TEST_CASE("a flag that is empty is a mistake, and no reason to look elsewhere") {
  CHECK(refusal(with(&GlobalFlags::region, ""), kIreland) == "--region is empty");
  CHECK(refusal(with(&GlobalFlags::endpoint_url, ""), kIreland) == "--endpoint-url is empty");
}
