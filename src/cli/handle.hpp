#pragma once
// A handle: what `acquire` leaves for `renew` and `release`. Its text is JSON; docs/handle.md describes it.

#include <cstddef>
#include <string>
#include <string_view>

#include "cli/command_line.hpp"
#include "cli/settings.hpp"
#include "dynamutex/lock/lease_handle.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::cli {

/// A lease, and the table that its lock is in.
struct Handle {
  lock::LeaseHandle lease;
  std::string table;
  std::string region;
  std::string endpoint;
  lock::KeySchema schema;
  lock::Compat compat = lock::Compat::java;
};

constexpr std::size_t kHandleBytesMax = std::size_t{64} << 10U;

[[nodiscard]] Handle make_handle(lock::LeaseHandle lease, const Settings& settings, lock::Compat compat);

/// One line of JSON. Pure. Times are rounded to milliseconds, never to the holder's advantage.
[[nodiscard]] std::string to_json(const Handle& handle);

/// Pure. Errors: `invalid`, with what is wrong with the text; the caller says of which file it is.
[[nodiscard]] Result<Handle> parse_handle(std::string_view text);

/// The global flags with the handle's table filled in. Errors: `invalid`: a flag names another one.
[[nodiscard]] Result<GlobalFlags> flags_for(const Handle& handle, GlobalFlags flags);

/// For --json: a lease as `acquire` and `renew` print it, one line with always the same members: `name`, `sort_key`, `owner`,
/// `lease_ms`, `left_ms`, `fencing_token` (decimal text, or null), `handle` (the file). Pure.
[[nodiscard]] std::string describe_lease(const lock::LeaseHandle& lease, Duration left, const std::string& file);

}  // namespace dynamutex::cli
