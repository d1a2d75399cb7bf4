#pragma once
// The record: one DynamoDB item per lock, in the AWS Lock Client's terms.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dynamutex/clock.hpp"
#include "dynamutex/dynamo/attribute_value.hpp"
#include "dynamutex/dynamo/server_clock.hpp"
#include "dynamutex/export.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::lock {

/// A lock's name: the item's key. 1 to 2,048 bytes, and 1 to 1,024 of sort key in a table that has one
/// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html).
struct LockName {
  LockName(std::string key_value) : key(std::move(key_value)) {}
  LockName(const char* key_value) : key(key_value) {}
  LockName(std::string key_value, std::string sort_value) : key(std::move(key_value)), sort_key(std::move(sort_value)) {}

  std::string key;
  std::string sort_key;  ///< Empty in a table without one.

  friend bool operator==(const LockName& a, const LockName& b) { return a.key == b.key && a.sort_key == b.sort_key; }
  friend bool operator<(const LockName& a, const LockName& b) { return a.key != b.key ? a.key < b.key : a.sort_key < b.sort_key; }
};

/// Grows with every acquisition of a lock in fenced mode. A resource that remembers the highest token it has seen, and
/// refuses lower ones, is safe even from a holder that was paused beyond its lease.
struct FencingToken {
  std::uint64_t value = 0;

  friend bool operator==(FencingToken a, FencingToken b) { return a.value == b.value; }
  friend bool operator!=(FencingToken a, FencingToken b) { return a.value != b.value; }
  friend bool operator<(FencingToken a, FencingToken b) { return a.value < b.value; }
};

/// The names of the table's key attributes.
struct KeySchema {
  std::string key = "key";
  std::string sort_key;  ///< Empty in a table without one.
};

/// Whose form of `leaseDuration` is written; both are read.
enum class Compat {
  java,  ///< Milliseconds in decimal, "20000", as the AWS Lock Client for Java.
  go,    ///< "20s", as dynamolock for Go.
};

/// A lock's record as it stands in the table.
struct Record {
  LockName name{std::string()};
  std::string owner;                             ///< Who holds it: "host:pid:random" unless given.
  std::string version;                           ///< recordVersionNumber: fresh for every write, the same for all retries of one.
  Duration lease{};                              ///< How long its holder asked to hold it without renewing.
  std::optional<dynamo::ServerTime> expires_at;  ///< Anyone may take the lock after it. Foreign records have none.
  std::optional<FencingToken> fencing_token;     ///< In fenced mode only.
  bool released = false;                         ///< A record that was kept when its lock was released.
  std::optional<std::string> data;               ///< The holder's payload.
  std::optional<std::chrono::seconds> ttl;       ///< DynamoDB's own TTL, since the epoch; never decides who holds the lock.
};

/// The item that holds `record`, for a table with this schema. Pure.
[[nodiscard]] DYNAMUTEX_EXPORT dynamo::Item encode(const Record& record, const KeySchema& schema, Compat compat);

/// Only the item's key.
[[nodiscard]] DYNAMUTEX_EXPORT dynamo::Item encode_key(const LockName& name, const KeySchema& schema);

/// The record in `item`. Pure. Attributes that it does not know are passed over.
/// Errors: `invalid` where the item is no lock record (an attribute is missing or of the wrong type).
[[nodiscard]] DYNAMUTEX_EXPORT Result<Record> decode(const dynamo::Item& item, const KeySchema& schema);

/// Whether the record uses this attribute itself: it cannot be a key's name.
[[nodiscard]] DYNAMUTEX_EXPORT bool is_record_attribute(std::string_view name) noexcept;

/// Reads a `leaseDuration` in either form: "20000" (milliseconds) or Go's "1m30s"; empty if it is neither, or not
/// above zero.
[[nodiscard]] DYNAMUTEX_EXPORT std::optional<Duration> parse_lease_duration(std::string_view text);

}  // namespace dynamutex::lock
