#pragma once
// `--watch`: looking again and again, until a signal.

#include <string>

#include "cli/console.hpp"
#include "cli/lock_table.hpp"
#include "cli/options.hpp"
#include "cli/world.hpp"
#include "dynamutex/cancellation.hpp"
#include "dynamutex/clock.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::cli {

/// What is watched.
class Watched {
 public:
  virtual ~Watched() = default;
  /// Asks the table anew; what it learned before stays where that fails.
  [[nodiscard]] virtual Result<void> look(const Cancellation* cancellation) = 0;
  /// What it knows, as it stands now: the time left counts down between two looks.
  [[nodiscard]] virtual std::string as_text(const TextPlace& place) const = 0;
  [[nodiscard]] virtual std::string as_json_line() const = 0;
};

[[nodiscard]] Option watch_option();

/// The interval of `--watch[=TIME]`.
/// Errors: `invalid`: usage.
[[nodiscard]] Result<Duration> read_watch(const GivenFlag& given);

/// Looks each `interval` until TERM, INT, HUP or QUIT, and returns 128 plus its number, or the exit code of the first look if
/// that fails. A later look that fails is told, and tried again.
///
/// On a terminal that can, draws on the alternate screen, each second and at each change of the window's size. Elsewhere writes
/// one text after the other, with an empty line between them; as JSON, one line a look.
[[nodiscard]] int watch(Watched& watched, Duration interval, World& world, const Console& console);

/// How standard output shows a text that is written once.
[[nodiscard]] TextPlace output_place(ColorWhen color);

}  // namespace dynamutex::cli
