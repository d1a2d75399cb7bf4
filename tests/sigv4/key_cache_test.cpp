#include "dynamutex/sigv4/key_cache.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include "fixture.hpp"

using namespace sigv4_test;

namespace {

/// A signature tells two keys apart.
std::string sign_with(SigningKeyCache& keys, const Credentials& credentials, const Scope& scope) {
  return std::string(signature(keys.get(credentials, scope).value(), "text").view());
}

std::string sign_without_cache(const Credentials& credentials, const Scope& scope) {
  return std::string(signature(signing_key(credentials.secret_access_key, scope).value(), "text").view());
}

}  // namespace

TEST_CASE("a remembered key is the derived one") {
  SigningKeyCache keys;
  const auto expected = sign_without_cache(example_credentials(), example_scope());
  CHECK(sign_with(keys, example_credentials(), example_scope()) == expected);
  CHECK(sign_with(keys, example_credentials(), example_scope()) == expected);
  CHECK(keys.size() == 1);
}

TEST_CASE("a rotated secret under the same key id never meets the old key") {
  SigningKeyCache keys;
  const auto old_signature = sign_with(keys, example_credentials(), example_scope());
  Credentials rotated = example_credentials();
  rotated.secret_access_key = dynamutex::Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEZ");
  CHECK(sign_with(keys, rotated, example_scope()) != old_signature);
  CHECK(sign_with(keys, rotated, example_scope()) == sign_without_cache(rotated, example_scope()));
  CHECK(sign_with(keys, example_credentials(), example_scope()) == old_signature);
}

TEST_CASE("day, region, service and key id each have a key of their own") {
  SigningKeyCache keys;
  const Credentials credentials = example_credentials();
  Credentials other_id = credentials;
  other_id.access_key_id = "AKIDOTHER";
  const Scope scope = example_scope();
  const Scope other_day{AmzDate::parse("20150831T123600Z").value(), scope.region, scope.service};
  const Scope other_region{scope.date, "us-west-2", scope.service};
  const Scope other_service{scope.date, scope.region, "dynamodb"};
  for (const Scope& each : {scope, other_day, other_region, other_service}) {
    CHECK(sign_with(keys, credentials, each) == sign_without_cache(credentials, each));
  }
  CHECK(sign_with(keys, other_id, scope) == sign_without_cache(other_id, scope));
  CHECK(keys.size() == 5);
}

TEST_CASE("another second of the same day finds the same key") {
  SigningKeyCache keys;
  (void)keys.get(example_credentials(), example_scope());
  (void)keys.get(example_credentials(), {AmzDate::parse("20150830T235959Z").value(), "us-east-1", "service"});
  CHECK(keys.size() == 1);
}

TEST_CASE("the cache is bounded and gives up the key least recently used") {
  SigningKeyCache keys(2);
  const Credentials credentials = example_credentials();
  const auto in_region = [&](std::string_view region) {
    return sign_with(keys, credentials, {example_date(), region, "service"});
  };
  for (const char* region : {"a", "b", "a", "c", "a", "d", "b"}) {
    CHECK(in_region(region) == sign_without_cache(credentials, {example_date(), region, "service"}));
    CHECK(keys.size() <= 2);
  }
  SigningKeyCache none(0);
  CHECK(none.get(credentials, example_scope()).ok());
  CHECK(none.size() == 1);
}

TEST_CASE("malformed credentials are refused before they are remembered") {
  SigningKeyCache keys;
  Credentials credentials = example_credentials();
  for (const char* id : {"", "a/b", "a,b", "a b", "a\n"}) {
    credentials.access_key_id = id;
    CHECK(refused(keys.get(credentials, example_scope()), "access key id"));
  }
  credentials = example_credentials();
  credentials.secret_access_key = dynamutex::Secret();
  CHECK(refused(keys.get(credentials, example_scope()), "secret access key"));
  CHECK(keys.size() == 0);
}

TEST_CASE("threads that share a cache each get their own key") {
  SigningKeyCache keys(3);
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      const std::string region(t + 1, 'r');
      const Scope scope{example_date(), region, "service"};
      const auto expected = sign_without_cache(example_credentials(), scope);
      for (int i = 0; i < 500; ++i) {
        if (sign_with(keys, example_credentials(), scope) != expected) ++wrong[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int count : wrong) CHECK(count == 0);
  CHECK(keys.size() <= 3);
}
