#include <algorithm>

#include "dynamutex/sigv4/signer.hpp"
#include "sigv4/canonical_headers.hpp"
#include "sigv4/canonical_uri.hpp"
#include "sigv4/failure.hpp"
#include "sigv4/signing_key.hpp"

namespace dynamutex::sigv4 {
namespace {

constexpr std::string_view signature_parameters[] = {"X-Amz-Algorithm",     "X-Amz-Credential", "X-Amz-Date",
                                                     "X-Amz-SignedHeaders", "X-Amz-Expires",    "X-Amz-Security-Token",
                                                     "X-Amz-Signature"};

Failure check_own_query(std::string_view query) {
  std::string canonical;
  Writer out(canonical);
  if (auto failed = append_canonical_query(out, query)) return failed;
  out.flush();
  for (std::size_t begin = 0; begin < canonical.size();) {
    const std::size_t end = std::min(canonical.find('&', begin), canonical.size());
    const std::string_view piece(canonical.data() + begin, end - begin);
    const std::string_view name = piece.substr(0, piece.find('='));
    if (std::find(std::begin(signature_parameters), std::end(signature_parameters), name) != std::end(signature_parameters)) {
      return failure({"the query has a parameter '", name, "' already; presign the bare request"});
    }
    begin = end + 1;
  }
  return nullptr;
}

void append_parameter(std::string& query, std::string_view name, std::string_view value) {
  if (!query.empty()) query += '&';
  query.append(name).append("=");
  append_percent_encoded(query, value);
}

std::string credential_of(const Credentials& credentials, const Scope& scope) {
  std::string text = credentials.access_key_id;
  for (const std::string_view part : {scope.date.day(), scope.region, scope.service}) text.append("/").append(part);
  return text.append(scope_end);
}

/// The names to sign; an error where a header says what the query has to say.
Result<std::string> signed_names(const Headers& headers) {
  CanonicalHeaders canonical;
  if (auto failed = canonical.read(headers)) return std::move(*failed);
  if (canonical.date() != nullptr || canonical.session_token() != nullptr) {
    return invalid("a presigned request has its date and session token in the query; remove these headers");
  }
  std::string names(canonical.names_size(), '\0');
  canonical.write_names(names.data());
  return names;
}

}  // namespace

Result<PresignedRequest> presign(const Request& request, const Credentials& credentials, const Scope& scope,
                                 std::chrono::seconds life, SigningKeyCache& keys, const Options& options) {
  if (life < std::chrono::seconds(1) || life > presigned_life_max) {
    return invalid("a presigned request cannot live for " + std::to_string(life.count()) +
                   " s; choose 1 s to seven days (604800 s)");
  }
  auto key = keys.get(credentials, scope);
  if (!key) return std::move(key).error();
  if (auto failed = check_own_query(request.query)) return std::move(*failed);
  const auto names = signed_names(request.headers);
  if (!names) return names.error();

  PresignedRequest result;
  result.query = request.query;
  append_parameter(result.query, "X-Amz-Algorithm", algorithm);
  append_parameter(result.query, "X-Amz-Credential", credential_of(credentials, scope));
  append_parameter(result.query, "X-Amz-Date", scope.date.text());
  append_parameter(result.query, "X-Amz-SignedHeaders", *names);
  append_parameter(result.query, "X-Amz-Expires", std::to_string(life.count()));
  std::string with_token = result.query;
  if (!credentials.session_token.empty()) {
    append_parameter(with_token, "X-Amz-Security-Token", credentials.session_token.reveal());
  }

  Request signed_request = request;
  signed_request.query = options.sign_session_token ? with_token : result.query;
  auto canonical = canonical_request(signed_request, options);
  if (!canonical) return std::move(canonical).error();
  auto to_sign = string_to_sign(scope, *canonical);
  if (!to_sign) return std::move(to_sign).error();
  result.canonical_request = std::move(*canonical);
  result.string_to_sign = std::move(*to_sign);
  result.signature = signature(*key, result.string_to_sign);
  result.query = std::move(with_token);
  append_parameter(result.query, "X-Amz-Signature", result.signature.view());
  return result;
}

}  // namespace dynamutex::sigv4
