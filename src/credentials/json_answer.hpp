#pragma once
// Credentials in JSON, as four services and one convention write them.

#include <string>
#include <string_view>

#include "dynamutex/credentials/source.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::credentials {

/// The members' names in one of the forms.
struct JsonForm {
  const char* envelope;  ///< Member whose object holds the others; null where they are at the top.
  const char* access_key_id;
  const char* secret_access_key;
  const char* session_token;
  const char* expiration;
  bool expires;      ///< Token and end must be there.
  bool has_version;  ///< "Version" must be there and 1.
};

/// Instance metadata and container endpoints.
inline constexpr JsonForm kMetadataForm{nullptr, "AccessKeyId", "SecretAccessKey", "Token", "Expiration", true, false};
/// A credential process.
inline constexpr JsonForm kProcessForm{nullptr, "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", false, true};
/// AWS IoT Core's credential provider.
inline constexpr JsonForm kIotForm{"credentials", "accessKeyId", "secretAccessKey", "sessionToken", "expiration", true, false};

/// Reads `text`, and wipes it: it holds secrets. Errors: `not_applied`, with what is wrong but never with what it says; `denied` where a
/// metadata service answers with a "Code" other than "Success".
[[nodiscard]] Result<Fetched> parse_json_credentials(std::string& text, const JsonForm& form);

}  // namespace dynamutex::credentials
