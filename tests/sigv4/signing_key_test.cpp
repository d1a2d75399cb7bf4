#include <doctest/doctest.h>

#include <cstring>
#include <new>
#include <string>

#include "dynamutex/sigv4/stages.hpp"
#include "fixture.hpp"

using namespace sigv4_test;

TEST_CASE("the stages, one by one, make the published signature") {
  // AWS, "Create a signed AWS API request" (formerly "Signature Version 4 signing process"): ListUsers.
  const Scope scope{example_date(), "us-east-1", "iam"};
  const Header headers[] = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                            {"Host", "iam.amazonaws.com"},
                            {"X-Amz-Date", "20150830T123600Z"}};
  const auto canonical = canonical_request({"GET", "/", "Action=ListUsers&Version=2010-05-08", headers, {}});
  REQUIRE(canonical.ok());
  CHECK(sha256_hex(*canonical).view() == "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59");
  const auto to_sign = string_to_sign(scope, *canonical);
  REQUIRE(to_sign.ok());
  const auto key = signing_key(example_credentials().secret_access_key, scope);
  REQUIRE(key.ok());
  CHECK(signature(*key, *to_sign).view() == "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

TEST_CASE("a hash is SHA-256 at every length around a block") {
  // NIST's examples, and sha256sum for the rest.
  CHECK(sha256_hex("").view() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc").view() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").view() ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256_hex(std::string(1'000'000, 'a')).view() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("an empty secret, region or service is refused, and so is a malformed one") {
  const auto secret = example_credentials().secret_access_key;
  CHECK(refused(signing_key(dynamutex::Secret(), example_scope()), "secret access key is empty"));
  const std::string too_long(65, 'r');
  for (const std::string_view name :
       {std::string_view(), std::string_view("a/b"), std::string_view("a,b"), std::string_view("a b"), std::string_view("a\n"),
        std::string_view("\xc3\xa4"), std::string_view(too_long)}) {
    CAPTURE(name);
    CHECK(refused(signing_key(secret, {example_date(), name, "service"}), "region"));
    CHECK(refused(signing_key(secret, {example_date(), "us-east-1", name}), "service"));
    CHECK(refused(string_to_sign({example_date(), name, "service"}, "x"), "region"));
    CHECK(refused(string_to_sign({example_date(), "us-east-1", name}, "x"), "service"));
  }
}

TEST_CASE("a signing key is wiped when it goes") {
  SigningKey::State state{};
  state.fill(0x01020304);
  alignas(SigningKey) unsigned char memory[sizeof(SigningKey)];
  auto* key = new (memory) SigningKey(state, state);
  CHECK(key->inner() == state);
  key->~SigningKey();
  const unsigned char zeros[sizeof(SigningKey)] = {};
  CHECK(std::memcmp(memory, zeros, sizeof memory) == 0);
}
