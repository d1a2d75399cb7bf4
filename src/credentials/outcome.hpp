#pragma once
// Small words for what sources answer.

#include <string>

#include "dynamutex/credentials/source.hpp"

namespace dynamutex::credentials {

/// A transport's error as a source tells it: never `ambiguous`, since the caller's own request was not sent.
[[nodiscard]] Error as_source_error(Error error);

/// Credentials from their parts; the keys must not be empty.
[[nodiscard]] Fetched make_fetched(sigv4::Credentials credentials, std::optional<WallTime> expires);

/// Text for a message: one line, printable, not too long.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace dynamutex::credentials
