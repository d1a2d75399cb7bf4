#include "cli/credential_chain.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

#include "cli/errors.hpp"
#include "cli/exit_codes.hpp"

using dynamutex::Error;
using dynamutex::ErrorKind;
using dynamutex::cli::word_credential_error;

namespace {

Error error_of(ErrorKind kind, const char* message) {
  Error error;
  error.kind = kind;
  error.message = message;
  return error;
}

}  // namespace

TEST_CASE("where no credentials are found the error says what to set") {
  const Error error = word_credential_error(error_of(ErrorKind::denied, "no credentials found (environment: X is not set)"));
  CHECK(error.message ==
        "no credentials found (environment: X is not set); set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a "
        "profile with --profile");
  CHECK(dynamutex::cli::exit_code_for(error) == dynamutex::cli::exit_code::configuration);
}

TEST_CASE("a source that is set up and fails is told as it is") {
  const Error wrong = word_credential_error(error_of(ErrorKind::invalid, "shared files: there is no such profile"));
  CHECK(wrong.message == "no credentials: shared files: there is no such profile");
  CHECK(dynamutex::cli::exit_code_for(wrong) == dynamutex::cli::exit_code::configuration);
  const Error silent = word_credential_error(error_of(ErrorKind::not_applied, "container: cannot connect"));
  CHECK(dynamutex::cli::exit_code_for(silent) == dynamutex::cli::exit_code::unavailable);
}

TEST_CASE("the chain asks nobody where the environment has keys, and names its source") {
  const auto clock = dynamutex::make_system_clock();
  dynamutex::cli::CredentialChain chain(*clock,
                                        [](const char* name) -> std::optional<std::string> {
                                          const std::string variable = name;
                                          if (variable == "AWS_ACCESS_KEY_ID") return "AKIDEXAMPLE";
                                          if (variable == "AWS_SECRET_ACCESS_KEY") return "secret";
                                          return std::nullopt;
                                        },
                                        {});
  const auto found = chain.provider().get(dynamutex::MonotonicTime::max(), nullptr);
  REQUIRE(found.ok());
  CHECK((*found)->access_key_id == "AKIDEXAMPLE");
  CHECK(chain.provider().source() == "environment");
}

TEST_CASE("a CA bundle that cannot be read is refused") {
  CHECK(dynamutex::cli::check_ca_bundle("").ok());
  CHECK_FALSE(dynamutex::cli::check_ca_bundle("/no/such/file").ok());
}
