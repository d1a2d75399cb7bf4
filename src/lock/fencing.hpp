#pragma once
// Fenced mode: the acquiring write that makes the next token.

#include "dynamutex/dynamo/table.hpp"
#include "lock/core.hpp"
#include "lock/writes.hpp"

namespace dynamutex::lock {

/// One UpdateItem that writes the record and adds one to the row's token. A row without a token starts from the servers'
/// earliest possible time in milliseconds, so that tokens keep growing even after a row was lost to TTL; where the time is
/// not known yet, the row must have a token.
[[nodiscard]] dynamo::Operation fenced_update(Core& core, const RecordWrite& write, dynamo::Expression condition);

/// Marks the row released if it has version `expected`, whatever else it holds: for taking back a write of which we do not
/// know which token it got.
[[nodiscard]] dynamo::Operation fenced_take_back(Core& core, const LockName& name, const std::string& expected);

}  // namespace dynamutex::lock
