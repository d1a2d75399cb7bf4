#include "dynamutex/sigv4/signer.hpp"

#include <doctest/doctest.h>

using namespace dynamutex::sigv4;
using dynamutex::Secret;

TEST_CASE("the simplest published request gets its published signature") {
  auto date = AmzDate::parse("20150830T123600Z");
  const Header headers[] = {{"host", "example.amazonaws.com"}, {"x-amz-date", date->text()}};
  SigningKeyCache keys;
  char memory[512];
  Credentials c{"AKIDEXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), {}};
  auto v = authorization({"GET", "/", "", headers, {}}, c, {*date, "us-east-1", "service"}, keys, {memory, sizeof memory});
  CHECK(*v == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}
