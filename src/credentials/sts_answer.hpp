#pragma once
// The XML that STS answers with.

#include <optional>
#include <string>
#include <string_view>

#include "dynamutex/credentials/source.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::credentials {

/// The text of the only element `name` of `xml`, with entities decoded; nothing where there is none, more than one, or one that holds
/// elements. No XML reader: just enough for flat answers whose names are known. Attributes are not expected.
[[nodiscard]] std::optional<std::string> element_text(std::string_view xml, std::string_view name);

/// The credentials of an answer of AssumeRole or AssumeRoleWithWebIdentity. Wipes `xml`. Errors: `not_applied`.
[[nodiscard]] Result<Fetched> parse_sts_credentials(std::string& xml);

/// What an ErrorResponse says; `status` is that of the reply.
[[nodiscard]] Error parse_sts_error(std::string_view xml, int status);

}  // namespace dynamutex::credentials
