#include <string>

#include "dynamutex/sigv4/signer.hpp"
#include "sigv4/canonical_request.hpp"
#include "sigv4/cursor.hpp"
#include "sigv4/signing_key.hpp"
#include "sigv4/text.hpp"

namespace dynamutex::sigv4 {
namespace {

constexpr std::string_view before_credential = " Credential=";
constexpr std::string_view before_names = ", SignedHeaders=";
constexpr std::string_view before_signature = ", Signature=";

Failure check_required(const CanonicalHeaders& headers, const Credentials& credentials, const Scope& scope,
                       const Options& options) {
  const auto* date = headers.date();
  if (date == nullptr) return failure("there is no 'x-amz-date' header; add it with the signing date");
  if (*date != scope.date.text()) return failure("header 'x-amz-date' is not the date to sign for; make them equal");
  const auto* token = headers.session_token();
  if (!options.sign_session_token) {
    if (token != nullptr) {
      return failure("header 'x-amz-security-token' is there already, but is to be added after signing; remove it");
    }
    return nullptr;
  }
  const std::string_view expected = credentials.session_token.reveal();
  if (token == nullptr ? !expected.empty() : *token != expected) {
    return failure("header 'x-amz-security-token' is not the credentials' session token; make them equal");
  }
  return nullptr;
}

std::size_t authorization_size(const Credentials& credentials, const Scope& scope, std::size_t names_size) noexcept {
  return algorithm.size() + before_credential.size() + credentials.access_key_id.size() + 1 + scope.date.day().size() + 1 +
         scope.region.size() + 1 + scope.service.size() + scope_end.size() + before_names.size() + names_size +
         before_signature.size() + sizeof(HexDigest);
}

[[gnu::cold]] Error too_small(std::size_t given, std::size_t needed) {
  return invalid("the buffer for the authorization header has " + std::to_string(given) + " bytes; it takes " +
                 std::to_string(needed));
}

/// Everything up to the names of the signed headers.
void put_credential(Cursor& cursor, const Credentials& credentials, const Scope& scope) noexcept {
  cursor.put(algorithm).put(before_credential).put(credentials.access_key_id).put("/").put(scope.date.day()).put("/");
  cursor.put(scope.region).put("/").put(scope.service).put(scope_end).put(before_names);
}

}  // namespace

Result<std::string_view> authorization(const Request& request, const Credentials& credentials, const Scope& scope,
                                       SigningKeyCache& keys, Buffer out, const Options& options) {
  auto key = keys.get(credentials, scope);
  if (!key) return std::move(key).error();
  PayloadText payload;
  if (auto failed = payload.read(request.payload)) return std::move(*failed);
  CanonicalHeaders headers;
  if (auto failed = headers.read(request.headers)) return std::move(*failed);
  if (auto failed = check_required(headers, credentials, scope, options)) return std::move(*failed);
  const std::size_t size = authorization_size(credentials, scope, headers.names_size());
  if (size > out.size) return too_small(out.size, size);

  Cursor cursor(out.data);
  put_credential(cursor, credentials, scope);
  char* const names = cursor.at();
  cursor.move_to(headers.write_names(names));

  HexDigest canonical_hash;
  {
    Sha256 hash;
    Writer text(hash);
    const std::string_view signed_names(names, headers.names_size());
    if (auto failed = append_canonical_request(text, request, headers, signed_names, payload, options)) {
      return std::move(*failed);
    }
    text.flush();
    unsigned char digest[32];
    hash.finish(digest);
    canonical_hash = to_hex(digest);
  }
  StringToSign text;
  cursor.put(before_signature).put(signature(*key, write_string_to_sign(text, scope, canonical_hash)).view());
  return std::string_view(out.data, size);
}

}  // namespace dynamutex::sigv4
