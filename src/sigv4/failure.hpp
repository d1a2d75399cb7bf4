#pragma once
// Errors inside the layer.

#include <memory>
#include <string>
#include <utility>

#include "dynamutex/error.hpp"

namespace dynamutex::sigv4 {

/// Why a step failed, or null for success. Not Result<void>: that zeroes the room for an Error each time it says "success",
/// which costs as much as a SHA-256 compression, ten times a signature.
using Failure = std::unique_ptr<Error>;

[[nodiscard]] inline Error invalid(std::string message) {
  Error error;
  error.kind = ErrorKind::invalid;
  error.message = std::move(message);
  return error;
}

[[nodiscard]] inline Failure failure(std::string message) { return std::make_unique<Error>(invalid(std::move(message))); }

}  // namespace dynamutex::sigv4
