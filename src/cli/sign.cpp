#include "cli/sign.hpp"

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "cli/errors.hpp"
#include "dynamutex/sigv4/http_text.hpp"
#include "dynamutex/sigv4/signer.hpp"

namespace dynamutex::cli {
namespace {

bool is_header(std::string_view name, std::string_view lower) noexcept {
  return std::equal(name.begin(), name.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

const std::string_view* find_header(const sigv4::HttpText& http, std::string_view lower) noexcept {
  for (const sigv4::Header& header : http.headers()) {
    if (is_header(header.name, lower)) return &header.value;
  }
  return nullptr;
}

Result<sigv4::AmzDate> signing_date(const sigv4::HttpText& http, sigv4::SigningTime now) {
  const auto* given = find_header(http, "x-amz-date");
  return given == nullptr ? sigv4::AmzDate::from(now) : sigv4::AmzDate::parse(*given);
}

void append_header(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ").append(value).append("\r\n");
}

std::string signed_text(const sigv4::HttpText& http, const sigv4::SignedRequest& result) {
  const sigv4::Request request = http.request();
  std::string text(request.method);
  text.append(" ").append(request.path);
  if (!request.query.empty()) text.append("?").append(request.query);
  text.append(" HTTP/1.1\r\n");
  for (const sigv4::Header& header : http.headers()) {
    if (!is_header(header.name, "authorization")) append_header(text, header.name, header.value);
  }
  for (const sigv4::AddedHeader& header : result.added) append_header(text, header.name, header.value);
  text.append("\r\n").append(http.body());
  return text;
}

std::string explanation(const sigv4::SignedRequest& result) {
  std::string text = "Canonical request:\n" + result.canonical_request;
  text += "\n\nString to sign:\n" + result.string_to_sign;
  text.append("\n\nSignature:\n").append(result.signature.view());
  text += "\n\nHeaders to add:\n";
  for (const sigv4::AddedHeader& header : result.added) text += header.name + ": " + header.value + "\n";
  return text;
}

std::string as_json(const sigv4::SignedRequest& result) {
  nlohmann::ordered_json headers = nlohmann::ordered_json::object();
  for (const sigv4::AddedHeader& header : result.added) headers[header.name] = header.value;
  const nlohmann::ordered_json object = {{"canonical_request", result.canonical_request},
                                         {"string_to_sign", result.string_to_sign},
                                         {"signature", std::string(result.signature.view())},
                                         {"headers", std::move(headers)}};
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

const OptionTable& sign_options() {
  static const OptionTable options = {
      {Flag::service, 0, "service", "NAME", "the service's name for signing (default: dynamodb)"},
      {Flag::explain, 0, "explain", nullptr, "print canonical request, string to sign and signature instead"},
  };
  return options;
}

Result<std::string> sign_http_text(std::string_view http_text, const SignArguments& arguments,
                                   const sigv4::Credentials& credentials, sigv4::SigningTime now) {
  const auto http = sigv4::HttpText::parse(http_text);
  if (!http) return http.error();
  const auto date = signing_date(*http, now);
  if (!date) return date.error();

  sigv4::Request request = http->request();
  const auto* payload_hash = find_header(*http, "x-amz-content-sha256");
  if (payload_hash != nullptr && *payload_hash == "UNSIGNED-PAYLOAD") request.payload = sigv4::Payload::not_signed();
  sigv4::Options options;
  if (arguments.service == "s3") {
    options.normalize_path = false;
    options.double_encode_path = false;
    options.add_content_sha256 = true;
  }
  sigv4::SigningKeyCache keys(1);
  auto result = sigv4::sign(request, credentials, {*date, arguments.region, arguments.service}, keys, options);
  if (!result) return std::move(result).error();
  if (arguments.json) return as_json(*result);
  return arguments.explain ? explanation(*result) : signed_text(*http, *result);
}

Result<std::string> read_request(int input) {
  std::string text;
  std::array<char, 65'536> chunk;
  for (;;) {
    const ssize_t count = ::read(input, chunk.data(), chunk.size());
    if (count == 0) return text;
    if (count < 0) {
      if (errno == EINTR) continue;
      return invalid(std::string("the request cannot be read from standard input: ") + std::strerror(errno));
    }
    if (text.size() + static_cast<std::size_t>(count) > kSignInputMax) {
      return invalid("the request on standard input is longer than 16 MiB");
    }
    text.append(chunk.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace dynamutex::cli
