#include <doctest/doctest.h>

#include <string>

#include "dynamutex/sigv4/signer.hpp"
#include "fixture.hpp"

using namespace sigv4_test;

namespace {

dynamutex::Result<PresignedRequest> presign_example(std::string_view query, std::chrono::seconds life,
                                                    const std::vector<Header>& headers = {{"host", "h"}}) {
  SigningKeyCache keys;
  return presign({"GET", "/", query, headers, Payload::not_signed()}, example_credentials(), example_scope(), life, keys);
}

}  // namespace

TEST_CASE("a presigned request lives from one second to seven days") {
  CHECK(refused(presign_example("", std::chrono::seconds(0)), "live"));
  CHECK(refused(presign_example("", std::chrono::seconds(-1)), "live"));
  CHECK(refused(presign_example("", std::chrono::seconds(604'801)), "live"));
  CHECK(presign_example("", std::chrono::seconds(1)).ok());
  CHECK(presign_example("", std::chrono::seconds(604'800)).ok());
}

TEST_CASE("a query that carries a signature already is refused, however it is written") {
  CHECK(refused(presign_example("a=1&X-Amz-Signature=00", std::chrono::seconds(60)), "X-Amz-Signature"));
  CHECK(refused(presign_example("X%2DAmz%2DDate=0", std::chrono::seconds(60)), "X-Amz-Date"));
  CHECK(presign_example("X-Amz-Signature-Not=1", std::chrono::seconds(60)).ok());
}

TEST_CASE("a date or token among the headers of a presigned request is refused") {
  CHECK(refused(presign_example("", std::chrono::seconds(60), example_headers()), "in the query"));
  CHECK(refused(presign_example("", std::chrono::seconds(60), {{"host", "h"}, {"x-amz-security-token", "t"}}), "in the query"));
}

TEST_CASE("the request's own query stays as it was, before the signature's parameters") {
  const auto result = presign_example("b=%20&a", std::chrono::seconds(60));
  REQUIRE(result.ok());
  CHECK(result->query.rfind("b=%20&a&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2F", 0) == 0);
  CHECK(result->query.substr(result->query.rfind('&')) == "&X-Amz-Signature=" + std::string(result->signature.view()));
}
