// Signs a request by hand and prints it as an HTTP client would send it. Needs dynamutex::sigv4 and nothing else.

#include <dynamutex/sigv4/signer.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace sigv4 = dynamutex::sigv4;

int main() {
  const char* const id = std::getenv("AWS_ACCESS_KEY_ID");
  const char* const secret = std::getenv("AWS_SECRET_ACCESS_KEY");
  if (id == nullptr || secret == nullptr) {
    std::fprintf(stderr, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY\n");
    return 1;
  }
  const sigv4::Credentials credentials{id, dynamutex::Secret(secret), {}};
  const auto date = sigv4::AmzDate::from(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  if (!date) return 1;

  const std::string_view body = R"({"TableName":"locks"})";
  const sigv4::Header headers[] = {{"host", "dynamodb.eu-west-1.amazonaws.com"},
                                   {"content-type", "application/x-amz-json-1.0"},
                                   {"x-amz-target", "DynamoDB_20120810.DescribeTable"}};
  sigv4::Request request;
  request.method = "POST";
  request.headers = headers;
  request.payload = sigv4::Payload::of(body);

  sigv4::SigningKeyCache keys;  // Keep it: deriving a key costs more than the rest.
  const auto signed_request = sigv4::sign(request, credentials, {*date, "eu-west-1", "dynamodb"}, keys);
  if (!signed_request) {
    std::fprintf(stderr, "%s\n", signed_request.error().message.c_str());
    return 1;
  }
  std::printf("POST / HTTP/1.1\r\n");
  for (const auto& header : headers) {
    std::printf("%.*s: %.*s\r\n", static_cast<int>(header.name.size()), header.name.data(), static_cast<int>(header.value.size()),
                header.value.data());
  }
  for (const auto& header : signed_request->added) std::printf("%s: %s\r\n", header.name.c_str(), header.value.c_str());
  std::printf("\r\n%.*s", static_cast<int>(body.size()), body.data());
  return 0;
}
