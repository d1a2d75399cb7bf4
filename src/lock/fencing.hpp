#pragma once
// Fenced mode: the acquiring write that makes the next token.

#include <optional>

#include "dynamutex/dynamo/table.hpp"
#include "lock/core.hpp"
#include "lock/writes.hpp"

namespace dynamutex::lock {

/// The servers' earliest time at local time `at`, where it is known well enough for a row's first token. Where TTL deleted a row,
/// that row's tokens were given out before its retention: earlier than this, as the bounds are narrower than half of that.
[[nodiscard]] std::optional<dynamo::ServerTime> token_floor(const Core& core, MonotonicTime at);

/// One UpdateItem that writes the record and adds one to the row's token. A row without a token starts from the servers'
/// earliest possible time in milliseconds, so that tokens keep growing even after a row was lost to TTL; where `token_floor` is
/// not known, the row must have a token.
[[nodiscard]] dynamo::Operation fenced_update(Core& core, const RecordWrite& write, dynamo::Expression condition);

/// Marks the row released if it has version `expected`, whatever else it holds: for taking back a write of which we do not
/// know which token it got.
[[nodiscard]] dynamo::Operation fenced_take_back(Core& core, const LockName& name, const std::string& expected);

}  // namespace dynamutex::lock
