#pragma once
// Errors inside the layer.

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "dynamutex/error.hpp"

namespace dynamutex::sigv4 {

/// Why a step failed, or null for success. Not Result<void>: that zeroes the room for an Error each time it says "success",
/// which costs as much as a SHA-256 compression, ten times a signature.
using Failure = std::unique_ptr<Error>;

// Out of line, so that the ways that succeed do not pay for the making of messages.
[[nodiscard, gnu::cold]] Error invalid(std::string message);
[[nodiscard, gnu::cold]] Failure failure(std::string_view message);
[[nodiscard, gnu::cold]] Failure failure(std::initializer_list<std::string_view> parts);

}  // namespace dynamutex::sigv4
