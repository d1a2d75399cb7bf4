#include "cli/world.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using dynamutex::cli::describe_attempt;
using dynamutex::dynamo::AttemptEvent;

TEST_CASE("a log line tells how a request went") {
  AttemptEvent event;
  event.operation = "PutItem";
  event.attempt = 1;
  event.http_status = 200;
  event.duration = 12ms;
  event.request_id = "abc";
  CHECK(describe_attempt(event) == "PutItem: HTTP 200 in 12 ms, request abc");

  event.http_status = 400;
  event.condition_failed = true;
  CHECK(describe_attempt(event) == "PutItem: HTTP 400 in 12 ms, condition failed, request abc");
}

TEST_CASE("a failed attempt tells why, and when the next one comes") {
  dynamutex::Error error;
  error.kind = dynamutex::ErrorKind::ambiguous;
  error.message = "the connection was cut";
  AttemptEvent event;
  event.operation = "DeleteItem";
  event.attempt = 2;
  event.duration = 5s;
  event.error = &error;
  event.retry_after = 30ms;
  CHECK(describe_attempt(event) ==
        "DeleteItem, attempt 2: no reply in 5 s, ambiguous: the connection was cut, next attempt in 30 ms");
}
