// Error replies: whatever comes, the code and the message stay one short printable line, and every status has a kind.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dynamo/errors.hpp"

using namespace dynamutex;
using namespace dynamutex::dynamo;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_one_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

/// Two bytes of status, a line for the header x-amzn-errortype, and the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  http::Response reply;
  reply.status = 100 + (data[0] * 256 + data[1]) % 500;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t line = rest.find('\n');
  if (line != std::string_view::npos && line > 0) reply.headers.push_back({"X-Amzn-ErrorType", rest.substr(0, line)});
  reply.body = line == std::string_view::npos ? rest : rest.substr(line + 1);

  const AwsError aws = read_aws_error(reply);
  require(is_one_line(aws.code) && aws.code.size() <= 500);
  require(is_one_line(aws.message) && aws.message.size() <= 500);
  require(aws.code.find(':') == std::string::npos);

  const ErrorClass error_class = classify_error(reply.status, aws.code);
  Error error;
  error.kind = error_class.kind;
  error.aws_code = aws.code;
  error.aws_message = aws.message;
  error.http_status = reply.status;
  require(is_one_line(describe(error, {"PutItem", "locks", "eu-west-1", "https://host"})));

  std::string text = reply.body;
  const Secret secret(rest.substr(0, std::min<std::size_t>(rest.size(), 8)));
  redact(text, secret);
  // A secret that is itself part of the mask cannot be told from it.
  const bool is_in_mask = std::string_view("[secret][secret]").find(secret.reveal()) != std::string_view::npos;
  const bool overlaps_mask = secret.reveal().find_first_of("[]") != std::string_view::npos;
  require(secret.empty() || is_in_mask || overlaps_mask || text.find(secret.reveal()) == std::string::npos);
  return 0;
}
