#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>

#include "dynamutex/sigv4/signer.hpp"
#include "fixture.hpp"

namespace {
std::atomic<std::size_t> allocations{0};
}

// Every `new` of this program is counted; the layer allocates in no other way.
void* operator new(std::size_t size) {
  ++allocations;
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

using namespace sigv4_test;

namespace {

constexpr std::string_view vanilla_authorization =
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
    "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";

dynamutex::Result<std::string> authorize(const std::vector<Header>& headers, const Credentials& credentials,
                                         std::size_t buffer_size = 512, const Options& options = {}) {
  SigningKeyCache keys;
  std::string memory(buffer_size, '#');
  const auto value =
      authorization(example_request(headers), credentials, example_scope(), keys, {memory.data(), memory.size()}, options);
  if (!value) return value.error();
  return std::string(*value);
}

}  // namespace

TEST_CASE("the simplest published request gets its published authorization") {
  CHECK(*authorize(example_headers(), example_credentials()) == vanilla_authorization);
}

TEST_CASE("a buffer of exactly the right size suffices, and one byte less is refused") {
  const std::size_t size = vanilla_authorization.size();
  CHECK(*authorize(example_headers(), example_credentials(), size) == vanilla_authorization);
  CHECK(refused(authorize(example_headers(), example_credentials(), size - 1), "it takes " + std::to_string(size)));
  CHECK(refused(authorize(example_headers(), example_credentials(), 0), "it takes " + std::to_string(size)));
}

TEST_CASE("a request without its date, or with another one, is refused") {
  CHECK(refused(authorize({{"host", "h"}}, example_credentials()), "no 'x-amz-date'"));
  CHECK(
      refused(authorize({{"host", "h"}, {"x-amz-date", "20150830T123601Z"}}, example_credentials()), "not the date to sign for"));
}

TEST_CASE("a session token that is missing, another, or out of place is refused") {
  auto headers = example_headers();
  CHECK(refused(authorize(headers, example_credentials("token")), "session token"));
  headers.push_back({"X-Amz-Security-Token", "other"});
  CHECK(refused(authorize(headers, example_credentials("token")), "session token"));
  CHECK(refused(authorize(headers, example_credentials()), "session token"));
  Options added_afterwards;
  added_afterwards.sign_session_token = false;
  CHECK(refused(authorize(headers, example_credentials("other"), 512, added_afterwards), "added after signing"));
  CHECK(authorize(headers, example_credentials("other")).ok());
}

TEST_CASE("no error message holds a secret") {
  Credentials credentials = example_credentials("TOPSECRETTOKEN");
  credentials.secret_access_key = dynamutex::Secret("TOPSECRETKEY");
  auto headers = example_headers();
  headers.push_back({"x-amz-security-token", "TOPSECRETOTHER"});
  headers.push_back({"a", "TOPSECRET\n"});
  const auto broken = authorize(headers, credentials);
  REQUIRE(!broken.ok());
  CHECK(broken.error().message.find("TOPSECRET") == std::string::npos);
  headers.pop_back();
  const auto mismatched = authorize(headers, credentials);
  REQUIRE(!mismatched.ok());
  CHECK(mismatched.error().message.find("TOPSECRET") == std::string::npos);
}

TEST_CASE("signing a DynamoDB call with a known key takes nothing from the heap") {
  const std::string token(800, 'T');
  const std::string body(300, 'b');
  const Credentials credentials = example_credentials(token);
  const Scope scope{example_date(), "us-east-1", "dynamodb"};
  const Header headers[] = {{"Content-Type", "application/x-amz-json-1.0"},
                            {"X-Amz-Target", "DynamoDB_20120810.PutItem"},
                            {"Host", "dynamodb.us-east-1.amazonaws.com"},
                            {"X-Amz-Date", scope.date.text()},
                            {"X-Amz-Security-Token", token},
                            {"User-Agent", "dynamutex"}};
  const Request request{"POST", "/", "", headers, Payload::of(body)};
  SigningKeyCache keys;
  char first[512];
  char second[512];
  const auto cold = authorization(request, credentials, scope, keys, {first, sizeof first});
  REQUIRE(cold.ok());
  const std::size_t before = allocations;
  const auto warm = authorization(request, credentials, scope, keys, {second, sizeof second});
  const std::size_t after = allocations;
  CHECK(after - before == 0);
  REQUIRE(warm.ok());
  CHECK(*warm == *cold);
}

TEST_CASE("what is added makes the request that the authorization is for") {
  SigningKeyCache keys;
  const Header host[] = {{"host", "example.amazonaws.com"}};
  Options options;
  options.add_content_sha256 = true;
  const auto incomplete = sign({"GET", "/", "", host, {}}, example_credentials("token"), example_scope(), keys, options);
  REQUIRE(incomplete.ok());
  REQUIRE(incomplete->added.size() == 4);
  std::vector<Header> headers(std::begin(host), std::end(host));
  for (std::size_t i = 0; i < 3; ++i) headers.push_back({incomplete->added[i].name, incomplete->added[i].value});
  CHECK(*authorize(headers, example_credentials("token")) == incomplete->authorization());
  const auto complete = sign(example_request(headers), example_credentials("token"), example_scope(), keys, options);
  REQUIRE(complete.ok());
  CHECK(complete->added.size() == 1);
  CHECK(complete->authorization() == incomplete->authorization());
}
