#include "cli/errors.hpp"

#include <doctest/doctest.h>

#include "cli/exit_codes.hpp"

using dynamutex::Error;
using dynamutex::ErrorKind;
using dynamutex::cli::exit_code_for;
using dynamutex::cli::Settings;
using dynamutex::cli::word_error;

namespace {

Error error_of(ErrorKind kind, int http_status = 400) {
  Error error;
  error.kind = kind;
  error.http_status = http_status;
  return error;
}

}  // namespace

TEST_CASE("every kind of error has its exit code") {
  CHECK(exit_code_for(error_of(ErrorKind::not_applied)) == 69);
  CHECK(exit_code_for(error_of(ErrorKind::ambiguous)) == 69);
  CHECK(exit_code_for(error_of(ErrorKind::throttled)) == 69);
  CHECK(exit_code_for(error_of(ErrorKind::contended)) == 75);
  CHECK(exit_code_for(error_of(ErrorKind::lost)) == 76);
  CHECK(exit_code_for(error_of(ErrorKind::denied)) == 77);
  CHECK(exit_code_for(error_of(ErrorKind::not_found)) == 78);
  CHECK(exit_code_for(error_of(ErrorKind::invalid)) == 78);
}

TEST_CASE("having no credentials at all is configuration, and refused ones are a denial") {
  CHECK(exit_code_for(error_of(ErrorKind::denied, 0)) == 78);
  CHECK(exit_code_for(error_of(ErrorKind::denied, 403)) == 77);
}

TEST_CASE("running out of time is the holder's doing only if there was one") {
  CHECK(exit_code_for(error_of(ErrorKind::timed_out), 75, true) == 75);
  CHECK(exit_code_for(error_of(ErrorKind::timed_out), 75, false) == 69);
}

TEST_CASE("the code for a busy lock can be chosen, and only that") {
  CHECK(exit_code_for(error_of(ErrorKind::contended), 3, true) == 3);
  CHECK(exit_code_for(error_of(ErrorKind::timed_out), 3, true) == 3);
  CHECK(exit_code_for(error_of(ErrorKind::not_found), 3, true) == 78);
}

TEST_CASE("missing credentials and an unreachable endpoint are told with what to look at") {
  Settings settings;
  settings.endpoint = "http://e";
  Error error = error_of(ErrorKind::not_applied, 0);
  error.message = "no credentials: instance metadata: cannot connect";
  CHECK(word_error(error, settings) == error.message);
  error.message = "cannot connect";
  CHECK(word_error(error, settings) == "cannot connect (endpoint http://e)");
  error.message = "cannot connect to http://e";
  CHECK(word_error(error, settings) == "cannot connect to http://e");
  error.http_status = 403;
  error.kind = ErrorKind::denied;
  CHECK(word_error(error, settings) == error.message);
}

TEST_CASE("a missing table is told with the command that creates this very one") {
  Settings settings;
  settings.table = "t";
  settings.region = "local";
  settings.endpoint = "http://localhost:8000";
  settings.init_command = "dynamutex init --table t --region local --key-name id";
  CHECK(word_error(error_of(ErrorKind::not_found), settings) ==
        "table 't' does not exist in local (endpoint http://localhost:8000); create it with: "
        "dynamutex init --table t --region local --key-name id");
}
