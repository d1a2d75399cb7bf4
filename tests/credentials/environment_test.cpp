#include <doctest/doctest.h>

#include "credentials/helpers.hpp"
#include "dynamutex/credentials/provider.hpp"

using namespace dynamutex;
using namespace dynamutex::testing;

TEST_CASE("the environment's keys are read, with and without a token") {
  Variables variables;
  variables.values = {{"AWS_ACCESS_KEY_ID", "AKID"}, {"AWS_SECRET_ACCESS_KEY", "hunter2"}};
  auto provider = credentials::make_environment_provider(variables.lookup());
  auto found = provider->get(MonotonicTime::max(), nullptr);
  REQUIRE(found.ok());
  CHECK((*found)->access_key_id == "AKID");
  CHECK((*found)->secret_access_key.reveal() == "hunter2");
  CHECK((*found)->session_token.empty());
  CHECK(provider->source() == "environment");

  variables.values["AWS_SESSION_TOKEN"] = "token";
  CHECK((*provider->get(MonotonicTime::max(), nullptr))->session_token.empty());  // Read once.
  CHECK(
      (*credentials::make_environment_provider(variables.lookup())->get(MonotonicTime::max(), nullptr))->session_token.reveal() ==
      "token");
}

TEST_CASE("no keys are none, and half a pair is a mistake") {
  Variables variables;
  const auto error = [&] {
    const auto result = credentials::make_environment_provider(variables.lookup())->get(MonotonicTime::max(), nullptr);
    REQUIRE_FALSE(result.ok());
    return result.error();
  };
  for (const auto& nothing : {std::map<std::string, std::string>{},
                              std::map<std::string, std::string>{{"AWS_ACCESS_KEY_ID", ""}, {"AWS_SECRET_ACCESS_KEY", ""}},
                              std::map<std::string, std::string>{{"AWS_SESSION_TOKEN", "token"}}}) {
    variables.values = nothing;
    CHECK(error().kind == ErrorKind::denied);
    CHECK(error().message == "AWS_ACCESS_KEY_ID is not set");
  }

  const char* const no_key = "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not; set both, or neither";
  variables.values = {{"AWS_ACCESS_KEY_ID", "AKID"}};
  CHECK(error().kind == ErrorKind::invalid);
  CHECK(error().message == no_key);
  variables.values["AWS_SECRET_ACCESS_KEY"] = "";
  CHECK(error().message == no_key);
  variables.values = {{"AWS_SECRET_ACCESS_KEY", "hunter2"}};
  CHECK(error().kind == ErrorKind::invalid);
  CHECK(error().message == "AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not; set both, or neither");
}

TEST_CASE("keys given by the program are handed out as they are, and empty ones are not") {
  auto given = credentials::make_static_provider({"AKID", Secret("hunter2"), Secret("token")});
  CHECK((*given->get(MonotonicTime::max(), nullptr))->session_token.reveal() == "token");
  auto empty = credentials::make_static_provider({"AKID", Secret(), Secret()});
  CHECK(empty->get(MonotonicTime::max(), nullptr).error().kind == ErrorKind::denied);
}

TEST_CASE("the process's environment is looked up by name") {
  ::setenv("DYNAMUTEX_TEST_VARIABLE", "set", 1);
  const auto environment = credentials::process_environment();
  CHECK(environment("DYNAMUTEX_TEST_VARIABLE") == "set");
  ::unsetenv("DYNAMUTEX_TEST_VARIABLE");
  CHECK_FALSE(environment("DYNAMUTEX_TEST_VARIABLE").has_value());
}
