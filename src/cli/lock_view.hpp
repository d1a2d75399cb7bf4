#pragma once
// A lock as it is shown: what a record means at a moment of the servers' time.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "cli/style.hpp"
#include "dynamutex/dynamo/server_clock.hpp"
#include "dynamutex/lock/record.hpp"

namespace dynamutex::cli {

enum class LockState {
  free,     ///< No record, or one that was kept when its lock was released.
  held,     ///< Nobody else may take it now, as far as the servers' time tells.
  expired,  ///< Its holder is gone or late: the next one takes it.
};

[[nodiscard]] const char* to_string(LockState state) noexcept;

struct LockView {
  lock::LockName name{std::string()};
  LockState state = LockState::free;
  std::optional<lock::Record> record;  ///< Empty where there is none.
  std::optional<Duration> left;        ///< At most this long until anyone may take it; empty where unknown. Zero if expired.
  std::optional<Duration> age;         ///< About how long ago it was acquired or renewed; empty where unknown.
};

/// Pure. A foreign record without an expiry counts as held: only watching it could tell otherwise.
[[nodiscard]] LockView view_lock(const lock::LockName& name, const std::optional<lock::Record>& record,
                                 const std::optional<dynamo::ServerTimeBounds>& now);

/// What the place of a text can show.
struct TextPlace {
  bool colored = false;
  std::optional<std::size_t> columns{};  ///< Of the window; empty for as wide as it takes.
};

/// The state of a record, of which a list has only those that are there: "held", "expired" or "released". Pure.
[[nodiscard]] const char* record_state(const LockView& view) noexcept;
[[nodiscard]] Tone tone_of(const LockView& view) noexcept;

/// Some lines for a person. Pure.
[[nodiscard]] std::string to_text(const LockView& view, const TextPlace& place = {});

/// One line of JSON with always the same members, null where there is nothing to tell. Pure.
/// `name`, `sort_key`, `state` ("free", "held", "expired"), `owner`, `version`, `lease_ms`, `left_ms`, `age_ms`, `expires_at_ms`
/// (servers' time since the epoch), `fencing_token` (decimal text: JSON readers round large numbers), `data` (text, where it
/// is UTF-8) and `data_base64`.
[[nodiscard]] std::string to_json(const LockView& view);

/// A JSON array, one line an element, with the members of `to_json(view)`. `state` tells what the record is: "held", "expired",
/// or "released" where it was kept when its lock was released. Pure.
[[nodiscard]] std::string to_json(const std::vector<LockView>& views);

/// The same array in one line. Pure.
[[nodiscard]] std::string to_json_line(const std::vector<LockView>& views);

}  // namespace dynamutex::cli
