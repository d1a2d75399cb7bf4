// A user of the signer alone: signs the request of AWS's test case "get-vanilla", whose signature is known.

#include <dynamutex/sigv4/signer.hpp>

#include <cstdio>

namespace sigv4 = dynamutex::sigv4;

int main() {
  const auto date = sigv4::AmzDate::parse("20150830T123600Z");
  if (!date) return 1;
  const sigv4::Header headers[] = {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", date->text()}};
  sigv4::Request request;
  request.method = "GET";
  request.headers = headers;
  const sigv4::Credentials credentials{"AKIDEXAMPLE", dynamutex::Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), {}};
  sigv4::SigningKeyCache keys;
  const auto result = sigv4::sign(request, credentials, {*date, "us-east-1", "service"}, keys);
  if (!result) return 1;
  std::printf("%.*s\n", 64, result->signature.digits.data());
  return 0;
}
