#include "cli/sign.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <chrono>
#include <string>

using dynamutex::Secret;
using namespace dynamutex::cli;

namespace {

constexpr dynamutex::sigv4::SigningTime example_time{std::chrono::seconds{1'440'938'160}};  // 2015-08-30T12:36:00Z

dynamutex::Result<std::string> sign_example(const std::string& text, bool explain = false,
                                            const std::string& service = "service") {
  const dynamutex::sigv4::Credentials credentials{"AKIDEXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), {}};
  return sign_http_text(text, {service, "us-east-1", explain}, credentials, example_time);
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// From AWS's test suite (get-vanilla).
constexpr const char* vanilla_signature = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";

}  // namespace

TEST_CASE("a pasted request comes back signed") {
  const auto text = sign_example("GET / HTTP/1.1\nHost: example.amazonaws.com\n\n");
  REQUIRE(text.ok());
  CHECK(*text ==
        "GET / HTTP/1.1\r\nHost: example.amazonaws.com\r\nX-Amz-Date: 20150830T123600Z\r\n"
        "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=" +
            std::string(vanilla_signature) + "\r\n\r\n");
}

TEST_CASE("a request that was signed before is signed for its own date, and its authorization replaced") {
  const auto text =
      sign_example("GET / HTTP/1.1\nHost: example.amazonaws.com\nX-Amz-Date: 20150830T123600Z\nAuthorization: wrong\n\n");
  REQUIRE(text.ok());
  CHECK(holds(*text, vanilla_signature));
  CHECK(!holds(*text, "wrong"));
  const auto other_day = sign_example("GET / HTTP/1.1\nHost: example.amazonaws.com\nX-Amz-Date: 20150831T123600Z\n\n");
  REQUIRE(other_day.ok());
  CHECK(holds(*other_day, "20150831/us-east-1"));
}

TEST_CASE("explaining shows every stage") {
  const auto text = sign_example("GET / HTTP/1.1\nHost: example.amazonaws.com\n\n", true);
  REQUIRE(text.ok());
  CHECK(holds(*text, "Canonical request:\nGET\n/\n\nhost:example.amazonaws.com\n"));
  CHECK(holds(*text, "String to sign:\nAWS4-HMAC-SHA256\n20150830T123600Z\n"));
  CHECK(holds(*text, std::string("Signature:\n") + vanilla_signature + "\n"));
}

TEST_CASE("S3 gets its path encoded once, and its payload's hash as a header") {
  const auto text = sign_example("PUT /a%20b//c HTTP/1.1\nHost: h\n\nbody", true, "s3");
  REQUIRE(text.ok());
  CHECK(holds(*text, "PUT\n/a%20b//c\n"));
  CHECK(holds(*text, "x-amz-content-sha256: 230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5\n"));
  const auto not_signed = sign_example("PUT / HTTP/1.1\nHost: h\nx-amz-content-sha256: UNSIGNED-PAYLOAD\n\nbody", true, "s3");
  REQUIRE(not_signed.ok());
  CHECK(holds(*not_signed, "\nUNSIGNED-PAYLOAD\n\nString to sign:"));
}

TEST_CASE("what cannot be signed is refused in one line") {
  for (const char* text : {"", "nonsense", "GET / HTTP/1.1\n\n", "GET / HTTP/1.1\nHost: h\nX-Amz-Date: today\n\n"}) {
    const auto result = sign_example(text);
    REQUIRE(!result.ok());
    CHECK(result.error().kind == dynamutex::ErrorKind::invalid);
    CHECK(!holds(result.error().message, "\n"));
  }
}

TEST_CASE("a request is read to its end") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  REQUIRE(::write(ends[1], "GET /", 5) == 5);
  ::close(ends[1]);
  const auto text = read_request(ends[0]);
  ::close(ends[0]);
  REQUIRE(text.ok());
  CHECK(*text == "GET /");
  CHECK(!read_request(-1).ok());
}
