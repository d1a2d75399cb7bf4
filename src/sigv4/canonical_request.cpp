#include "sigv4/canonical_request.hpp"

#include <algorithm>

#include "dynamutex/sigv4/stages.hpp"
#include "sigv4/canonical_uri.hpp"
#include "sigv4/text.hpp"

namespace dynamutex::sigv4 {
namespace {

constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";

Failure check_method(std::string_view method) {
  // An upper-case letter is a token character that lower-casing changes or that has no lower case at all.
  const bool valid = !method.empty() && std::all_of(method.begin(), method.end(),
                                                    [](char c) { return token_lower(c) != 0 && !(c >= 'a' && c <= 'z'); });
  if (!valid) return failure("the method is not an HTTP method in upper case, such as POST");
  return nullptr;
}

bool is_lower_hex_sha256(std::string_view text) noexcept {
  return text.size() == 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

Failure PayloadText::read(const Payload& payload) noexcept {
  payload_ = payload;
  if (payload.kind() == Payload::Kind::sha256 && !is_lower_hex_sha256(payload.text())) {
    return failure("the payload hash is not 64 lower-case hexadecimal digits; give the body's SHA-256");
  }
  if (payload.kind() == Payload::Kind::bytes) {
    Sha256 hash;
    hash.update(payload.text().data(), payload.text().size());
    hash.finish(digest_);
  }
  return nullptr;
}

std::string_view PayloadText::text() noexcept {
  switch (payload_.kind()) {
    case Payload::Kind::unsigned_payload: return unsigned_payload;
    case Payload::Kind::sha256: return payload_.text();
    case Payload::Kind::bytes: break;
  }
  hex_ = to_hex(digest_);
  return hex_.view();
}

Failure append_canonical_request(Writer& out, const Request& request, const CanonicalHeaders& headers,
                                 std::string_view signed_names, PayloadText& payload, const Options& options) {
  if (auto failed = check_method(request.method)) return failed;
  out.put(request.method);
  out.put('\n');
  if (auto failed = append_canonical_path(out, request.path, options)) return failed;
  out.put('\n');
  if (auto failed = append_canonical_query(out, request.query)) return failed;
  out.put('\n');
  headers.append_lines(out);
  out.put('\n');
  out.put(signed_names);
  out.put('\n');
  const std::string_view text = payload.text();
  const auto* declared = headers.content_sha256();
  if (declared != nullptr && *declared != text) {
    return failure("header 'x-amz-content-sha256' contradicts the payload; give the same hash in both places");
  }
  out.put(text);
  return nullptr;
}

Result<std::string> canonical_request(const Request& request, const Options& options) {
  PayloadText payload;
  if (auto failed = payload.read(request.payload)) return std::move(*failed);
  CanonicalHeaders headers;
  if (auto failed = headers.read(request.headers)) return std::move(*failed);
  std::string names(headers.names_size(), '\0');
  headers.write_names(names.data());
  std::string text;
  Writer out(text);
  if (auto failed = append_canonical_request(out, request, headers, names, payload, options)) {
    return std::move(*failed);
  }
  out.flush();
  return text;
}

}  // namespace dynamutex::sigv4
