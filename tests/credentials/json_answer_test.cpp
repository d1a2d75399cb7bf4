#include "credentials/json_answer.hpp"

#include <doctest/doctest.h>

#include "credentials/helpers.hpp"

using namespace dynamutex;
using namespace dynamutex::credentials;

namespace {

Result<Fetched> read(std::string text, const JsonForm& form) {
  auto result = parse_json_credentials(text, form);
  CHECK(text.empty());
  if (!result) CHECK(result.error().message.find("hunter2") == std::string::npos);
  return result;
}

constexpr const char* kMetadata =
    R"({"Code":"Success","AccessKeyId":"AKID","SecretAccessKey":"hunter2","Token":"t","Expiration":"2026-11-23T15:00:00Z"})";

}  // namespace

TEST_CASE("credentials are read in each service's form") {
  const auto metadata = read(kMetadata, kMetadataForm);
  REQUIRE(metadata.ok());
  CHECK(metadata->credentials->access_key_id == "AKID");
  CHECK(metadata->credentials->secret_access_key.reveal() == "hunter2");
  CHECK(metadata->credentials->session_token.reveal() == "t");
  CHECK(metadata->expires == WallTime(std::chrono::seconds(1795446000)));

  const auto process = read(R"({"Version":1,"AccessKeyId":"AKID","SecretAccessKey":"hunter2"})", kProcessForm);
  REQUIRE(process.ok());
  CHECK(process->credentials->session_token.empty());
  CHECK_FALSE(process->expires.has_value());

  CHECK(
      read(R"({"credentials":{"accessKeyId":"a","secretAccessKey":"b","sessionToken":"c","expiration":"2026-11-23T15:00:00Z"}})",
           kIotForm)
          .ok());
}

TEST_CASE("an answer that lacks something, or has it in another type, is no credentials") {
  const auto replaced = [](std::string from, std::string to) {
    std::string text = kMetadata;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  for (const std::string& text :
       {std::string(), std::string("null"), std::string("[]"), std::string("\"hunter2\""), std::string("{}"),
        std::string("hunter2"), std::string(kMetadata).substr(0, 60), replaced("\"AKID\"", "7"), replaced("\"AKID\"", "\"\""),
        replaced("\"hunter2\"", "null"), replaced("\"hunter2\"", "[\"hunter2\"]"), replaced("\"t\"", "{}"),
        replaced("\"t\"", "\"\""), replaced("2026-11-23T15:00:00Z", "tomorrow"), replaced("\"Expiration\"", "\"expiration\"")}) {
    CAPTURE(text);
    const auto result = read(text, kMetadataForm);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().kind == ErrorKind::not_applied);
  }
  const auto refused = read(replaced("Success", "AssumeRoleUnauthorizedAccess"), kMetadataForm);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == ErrorKind::denied);
  CHECK(refused.error().aws_code == "AssumeRoleUnauthorizedAccess");

  for (const char* version : {"", "\"Version\":2,", "\"Version\":\"1\",", "\"Version\":1.5,"}) {
    CAPTURE(version);
    CHECK_FALSE(read(std::string("{") + version + R"("AccessKeyId":"AKID","SecretAccessKey":"hunter2"})", kProcessForm).ok());
  }
  CHECK_FALSE(read(R"({"Version":1,"AccessKeyId":"a","SecretAccessKey":"b","Expiration":"soon"})", kProcessForm).ok());
}

TEST_CASE("an answer nested without end is refused before it costs memory") {
  const auto with_other = [](const std::string& other) { return std::string(kMetadata).insert(1, "\"other\":" + other + ","); };
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(read(with_other(nested(15)), kMetadataForm).ok());
  CHECK_FALSE(read(with_other(nested(16)), kMetadataForm).ok());
  CHECK_FALSE(read(with_other(nested(100'000)), kMetadataForm).ok());
  CHECK_FALSE(read(R"({"AccessKeyId":)" + std::string(100'000, '['), kMetadataForm).ok());
  // Brackets in a string are text.
  CHECK(read(with_other('"' + std::string(100, '[') + '"'), kMetadataForm).ok());
  CHECK(read(with_other(R"("\"[[[[[[[[[[[[[[[[[[[[")"), kMetadataForm).ok());
}
