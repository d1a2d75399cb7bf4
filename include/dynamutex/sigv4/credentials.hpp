#pragma once
// What AWS gives a caller to sign with.

#include <string>

#include "dynamutex/secret.hpp"

namespace dynamutex::sigv4 {

/// An access key. A plain value: each copy owns its memory, and the two secret parts are wiped when it goes.
struct Credentials {
  std::string access_key_id;  ///< Visible ASCII without '/' and ','. Not secret: it stands in every signed request.
  Secret secret_access_key;   ///< Of any length but 0.
  Secret session_token;       ///< Empty for a long-term key.
};

}  // namespace dynamutex::sigv4
