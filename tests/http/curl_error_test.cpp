#include "http/curl_error.hpp"

#include <doctest/doctest.h>

#include <cerrno>

using namespace dynamutex;
using namespace dynamutex::http;

// What no server can be made to cause; the others are in failure_test.cpp, limits_test.cpp and tls_test.cpp.

namespace {

Failure failure_of(CURLcode code) {
  Failure failure;
  failure.code = code;
  failure.authority = "host:1";
  return failure;
}

bool says(const Error& error, std::string_view words) {
  CHECK(error.message.find("host:1") != std::string::npos);
  CHECK(error.message.find('\n') == std::string::npos);
  return error.message.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("a wait that the system refuses is told with the system's reason, and leaves in doubt only what was sent") {
  Failure failure = failure_of(CURLE_OK);
  failure.stop = Stop::poll_failed;
  failure.os_errno = ENOMEM;
  const Error unsent = describe(failure, {});
  CHECK(unsent.kind == ErrorKind::not_applied);
  CHECK(says(unsent, "cannot allocate memory"));
  CHECK_FALSE(says(unsent, "may have been carried out"));

  failure.started = true;
  const Error sent = describe(failure, {});
  CHECK(sent.kind == ErrorKind::ambiguous);
  CHECK(says(sent, "cannot allocate memory"));
  CHECK(says(sent, "may have been carried out"));
}

TEST_CASE("what libcurl finds wrong with a URL is the caller's mistake") {
  for (const CURLcode code : {CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_LOGIN_DENIED}) {
    CHECK(describe(failure_of(code), {}).kind == ErrorKind::invalid);
    CHECK(says(describe(failure_of(code), {}), "malformed URL"));
  }
}

TEST_CASE("a failed connection without the system's reason is told without one") {
  CHECK(says(describe(failure_of(CURLE_COULDNT_CONNECT), {}), "cannot connect to host:1;"));
  CHECK(says(describe(failure_of(CURLE_COULDNT_RESOLVE_PROXY), {}), "proxy that the environment names"));
  CHECK(describe(failure_of(CURLE_OUT_OF_MEMORY), {}).kind == ErrorKind::not_applied);
  CHECK(says(describe(failure_of(CURLE_OUT_OF_MEMORY), {}), "no connection to"));
}

TEST_CASE("a second start that was refused is told as the end of the first") {
  Failure failure = failure_of(CURLE_ABORTED_BY_CALLBACK);
  failure.started = true;
  CHECK(describe(failure, {}).kind == ErrorKind::ambiguous);
  CHECK(says(describe(failure, {}), "ended before the reply"));
}

TEST_CASE("a reply that is too long is told with the limit, counted in words") {
  for (const std::size_t limit : {std::size_t{1}, std::size_t{2}}) {
    Failure failure = failure_of(CURLE_WRITE_ERROR);
    failure.started = true;
    failure.excess = ReplyCollector::Excess::body;
    failure.response_bytes_max = limit;
    CHECK(says(describe(failure, {}), limit == 1 ? "longer than 1 byte and" : "longer than 2 bytes and"));
  }
}
