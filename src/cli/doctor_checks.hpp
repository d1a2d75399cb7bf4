#pragma once
// What the answers mean: from what was asked and heard to a check. All pure.

#include <optional>
#include <string>
#include <vector>

#include "cli/doctor_report.hpp"
#include "cli/settings.hpp"
#include "cli/table_description.hpp"
#include "dynamutex/clock.hpp"
#include "dynamutex/dynamo/server_clock.hpp"
#include "dynamutex/dynamo/table.hpp"
#include "dynamutex/error.hpp"
#include "dynamutex/lock/record.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::cli {

/// Why checks of the table wait.
inline constexpr const char* kTableFirst = "not before the table is right";

/// Whether `endpoint` leads to this machine, where there is no STS.
[[nodiscard]] bool is_local_endpoint(const std::string& endpoint);

/// Plain HTTP is for servers of this machine.
[[nodiscard]] Check check_endpoint(const std::string& endpoint);

/// Whether the service was reached at all. `reply` is how the first request ended.
[[nodiscard]] Check check_round_trip(const std::optional<Error>& reply, const std::vector<Duration>& samples);

/// Whether the service knows the key and accepts its signature: refused permission and a missing table prove that it does.
[[nodiscard]] Check check_signature(const std::optional<Error>& reply);

/// The local clock's offset from the servers', as their replies bound it. Locks do not trust the local clock; signatures are
/// refused beyond 5 minutes, and corrected in a second request.
[[nodiscard]] Check check_clock(const std::optional<dynamo::ServerTimeBounds>& server, WallTime local);

/// Table status, key schema, billing mode and replicas. `seen`: whether an item of the table could be asked for, and how
/// that ended; it stands in for a description that this identity may not have.
[[nodiscard]] std::vector<Check> check_table(const Settings& settings, const Result<TableDescription>& description,
                                             const std::optional<Error>& seen);

/// `reply` is that of DescribeTimeToLive.
[[nodiscard]] Check check_ttl(const Settings& settings, const Result<std::string>& reply);

/// An action, what needs it, and whether `run` does.
struct Permission {
  const char* action;
  const char* purpose;
  bool run_needs_it;
};

/// From a request that the service lets through, or not, before it looks at the item.
[[nodiscard]] Check check_permission(const Permission& permission, const std::optional<Error>& refusal);

/// From a write whose condition nothing can meet: a failed condition proves that the write is allowed.
[[nodiscard]] Check check_write(const Permission& permission, const Result<dynamo::WriteOutcome>& outcome);

}  // namespace dynamutex::cli
