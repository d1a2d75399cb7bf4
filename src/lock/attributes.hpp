#pragma once
// The attributes' names: those of the AWS Lock Client for Java where it has them, so that one table can serve both.
// Expressions spell them out (writes.cpp, fencing.cpp).

#include <array>
#include <string_view>

namespace dynamutex::lock::attribute {

constexpr std::string_view kOwner = "ownerName";
constexpr std::string_view kVersion = "recordVersionNumber";
constexpr std::string_view kLeaseDuration = "leaseDuration";
constexpr std::string_view kExpiresAt = "expiresAt";
/// The version for which expiresAt was written. A foreign client that updates a record in place (the AWS Lock Client's
/// updateExistingLockRecord) leaves our expiresAt on its own lock: it must not count there.
constexpr std::string_view kExpiresVersion = "expiresVersion";
constexpr std::string_view kFencingToken = "fencingToken";
constexpr std::string_view kReleased = "isReleased";
constexpr std::string_view kReleasedValue = "1";
constexpr std::string_view kData = "data";
constexpr std::string_view kTtl = "ttl";

constexpr std::array<std::string_view, 9> kAll = {kOwner,        kVersion,  kLeaseDuration, kExpiresAt, kExpiresVersion,
                                                  kFencingToken, kReleased, kData,          kTtl};

}  // namespace dynamutex::lock::attribute
