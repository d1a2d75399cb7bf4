#include <algorithm>

#include "dynamutex/sigv4/signer.hpp"
#include "sigv4/failure.hpp"
#include "sigv4/text.hpp"

namespace dynamutex::sigv4 {
namespace {

bool has_header(const Headers& headers, std::string_view lower_name) noexcept {
  return std::any_of(headers.begin(), headers.end(), [=](const Header& header) {
    return std::equal(header.name.begin(), header.name.end(), lower_name.begin(), lower_name.end(),
                      [](char given, char lower) { return token_lower(given) == lower; });
  });
}

/// The payload, hashed now: several stages need it, and the body may be large.
Payload hashed_once(const Payload& payload, HexDigest& memory) noexcept {
  if (payload.kind() != Payload::Kind::bytes) return payload;
  memory = sha256_hex(payload.text());
  return Payload::hashed(memory.view());
}

std::string payload_header(const Payload& payload) {
  return payload.kind() == Payload::Kind::sha256 ? std::string(payload.text()) : "UNSIGNED-PAYLOAD";
}

/// The signature at the end of an Authorization header.
HexDigest signature_of(std::string_view authorization) noexcept {
  HexDigest digest;
  authorization.substr(authorization.size() - digest.digits.size()).copy(digest.digits.data(), digest.digits.size());
  return digest;
}

Result<std::string> authorization_text(const Request& request, const Credentials& credentials, const Scope& scope,
                                       SigningKeyCache& keys, const Options& options) {
  // All but the names of the headers is bounded.
  std::size_t size = 512;
  for (const Header& header : request.headers) size += header.name.size() + 1;
  std::string text(size, '\0');
  const auto value = authorization(request, credentials, scope, keys, {text.data(), text.size()}, options);
  if (!value) return value.error();
  text.resize(value->size());
  return text;
}

}  // namespace

Result<SignedRequest> sign(const Request& request, const Credentials& credentials, const Scope& scope, SigningKeyCache& keys,
                           const Options& options) {
  HexDigest digest;
  Request complete = request;
  complete.payload = hashed_once(request.payload, digest);

  SignedRequest result;
  const std::string_view token = credentials.session_token.reveal();
  const bool add_token = !token.empty() && !has_header(request.headers, "x-amz-security-token");
  if (add_token) result.added.push_back({"X-Amz-Security-Token", std::string(token)});
  if (!has_header(request.headers, "x-amz-date")) {
    result.added.push_back({"X-Amz-Date", std::string(scope.date.text())});
  }
  if (options.add_content_sha256 && !has_header(request.headers, "x-amz-content-sha256")) {
    result.added.push_back({"x-amz-content-sha256", payload_header(complete.payload)});
  }
  std::vector<Header> headers(request.headers.begin(), request.headers.end());
  for (const AddedHeader& header : result.added) headers.push_back({header.name, header.value});
  if (add_token && !options.sign_session_token)
    headers.erase(headers.begin() + static_cast<std::ptrdiff_t>(request.headers.size()));
  complete.headers = headers;

  auto value = authorization_text(complete, credentials, scope, keys, options);
  if (!value) return std::move(value).error();
  auto canonical = canonical_request(complete, options);
  if (!canonical) return std::move(canonical).error();
  auto to_sign = string_to_sign(scope, *canonical);
  if (!to_sign) return std::move(to_sign).error();
  result.canonical_request = std::move(*canonical);
  result.string_to_sign = std::move(*to_sign);
  result.signature = signature_of(*value);
  result.added.push_back({"Authorization", std::move(*value)});
  return result;
}

}  // namespace dynamutex::sigv4
