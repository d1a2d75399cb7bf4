#pragma once
// A dialogue with a table, without I/O: it says what to do next, and is told what came of it.

#include <variant>

#include "dynamutex/clock.hpp"
#include "dynamutex/dynamo/table.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::lock {

/// Send the operation, and feed the answer to `answered`. The operation stays where it is until then.
struct Send {
  const dynamo::Operation* operation;
  dynamo::CallOptions options;
};

/// Wait, as Clock::wait_until does, and feed its answer to `waited`.
struct Pause {
  MonotonicTime until;
  const Cancellation* cancellation;
};

struct Done {};

using Next = std::variant<Done, Send, Pause>;

/// One course of requests and pauses: acquiring, renewing or releasing one lock. Whoever drives it does the I/O, one dialogue
/// after another (`converse`) or many at once (`Exchange`); the rules are the same.
///
/// Not thread-safe. `begin` once, then what `Next` asks for, until it is `Done`; or it is dropped in its middle, which is as if
/// the answer had been lost. It neither blocks nor waits.
class Dialogue {
 public:
  Dialogue() = default;
  virtual ~Dialogue() = default;
  Dialogue(const Dialogue&) = delete;
  Dialogue& operator=(const Dialogue&) = delete;

  [[nodiscard]] virtual Next begin() = 0;
  [[nodiscard]] virtual Next answered(Result<dynamo::WriteOutcome> answer) = 0;
  /// `undisturbed`: false where the wait was cancelled.
  [[nodiscard]] virtual Next waited(bool undisturbed) = 0;
};

/// Sends one operation to `table` and waits for its answer. A GetItem's is `applied`, with the item if there is one.
[[nodiscard]] Result<dynamo::WriteOutcome> perform(dynamo::Table& table, const dynamo::Operation& operation,
                                                   const dynamo::CallOptions& options);

/// Drives `dialogue` to its end on the calling thread.
void converse(Dialogue& dialogue, dynamo::Table& table, Clock& clock);

}  // namespace dynamutex::lock
