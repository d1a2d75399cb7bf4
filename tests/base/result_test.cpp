#include "dynamutex/result.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using dynamutex::Error;
using dynamutex::ErrorKind;
using dynamutex::Result;

namespace {
Error failure(ErrorKind kind) {
  Error error;
  error.kind = kind;
  error.message = "it broke";
  return error;
}
}  // namespace

TEST_CASE("a result holds a value or an error, never both") {
  const Result<int> good = 7;
  CHECK(good.ok());
  CHECK(*good == 7);
  const Result<int> bad = failure(ErrorKind::denied);
  CHECK_FALSE(bad);
  CHECK(bad.error().kind == ErrorKind::denied);
}

TEST_CASE("a result of a move-only value gives it away once") {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(3);
  const std::unique_ptr<int> taken = *std::move(result);
  CHECK(*taken == 3);
}

TEST_CASE("a result without a value is success or an error") {
  CHECK(Result<void>().ok());
  const Result<void> bad = failure(ErrorKind::invalid);
  CHECK_FALSE(bad.ok());
  CHECK(bad.error().message == "it broke");
}

TEST_CASE("every error kind has a name of its own") {
  CHECK(std::string(to_string(ErrorKind::not_applied)) == "not_applied");
  CHECK(std::string(to_string(ErrorKind::lost)) == "lost");
}
