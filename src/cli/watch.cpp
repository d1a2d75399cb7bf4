#include "cli/watch.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <optional>

#include "cli/duration.hpp"
#include "cli/errors.hpp"
#include "cli/exit_codes.hpp"
#include "cli/screen.hpp"
#include "cli/signals.hpp"
#include "cli/status_line.hpp"
#include "cli/style.hpp"
#include "cli/table_description.hpp"
#include "cli/utf8.hpp"

namespace dynamutex::cli {
namespace {

constexpr Duration kIntervalUsual = std::chrono::seconds(2);
constexpr Duration kIntervalMin = std::chrono::milliseconds(200);
constexpr Duration kTick = std::chrono::seconds(1);

class Watch {
 public:
  Watch(Watched& watched, Duration interval, World& world, const Console& console)
      : watched_(watched), interval_(interval), world_(world), console_(console) {
    if (!world.settings().json && is_smart_terminal(STDOUT_FILENO)) {
      colored_ = use_color(console.color(), STDOUT_FILENO);
      screen_.emplace();
    }
    signals_.watch_child();  // for TSTP and CONT
  }

  int operator()() {
    for (bool first = true;; first = false) {
      const MonotonicTime next_look = saturating_add(world_.clock().now(), interval_);
      const auto looked = watched_.look(&signals_.ending());
      if (const int code = ended(); code != 0) return code;
      if (!looked && first) return console_.fail(explain(world_, looked.error()), exit_code_for(looked.error()));
      trouble_ = looked ? "" : word_error(looked.error(), world_.settings());
      if (!screen_) {
        if (!write_frame(first)) return exit_code::unavailable;
      }
      if (const int code = rest(next_look); code != 0) return code;
    }
  }

 private:
  bool write_frame(bool first) {
    if (!trouble_.empty()) {
      console_.error(trouble_);
      return true;
    }
    if (world_.settings().json) return print(watched_.as_json_line());
    return print((first ? "" : "\n") + watched_.as_text(output_place(console_.color())));
  }

  bool draw() {
    const std::size_t columns = Screen::size().columns;
    std::string page = watched_.as_text({colored_, columns});
    if (!trouble_.empty()) page += "\n" + painted(cut_to_width(printable(trouble_), columns), Tone::bad, colored_) + "\n";
    return screen_->draw(page);
  }

  /// Until the next look is due; an exit code to end with, or 0.
  int rest(MonotonicTime until) {
    for (;;) {
      if (screen_ && !draw()) return exit_code::unavailable;
      const Duration left = until - world_.clock().now();
      if (left <= Duration::zero()) return 0;
      const Duration pause = screen_ ? std::min(left, kTick) : left;
      pollfd queued{signals_.descriptor(), POLLIN, 0};
      const auto pause_ms = std::chrono::ceil<std::chrono::milliseconds>(std::min(pause, Duration(std::chrono::hours(1))));
      ::poll(&queued, 1, static_cast<int>(pause_ms.count()));
      if (const int code = ended(); code != 0) return code;
    }
  }

  /// Follows the signals that came: the code to exit with, or 0.
  int ended() {
    while (const auto number = signals_.take()) {
      switch (*number) {
        case SIGTERM:
        case SIGINT:
        case SIGHUP:
        case SIGQUIT: return exit_code::signalled_base + *number;
        case SIGTSTP:
          if (screen_) screen_->leave();
          ::raise(SIGSTOP);
          break;
        default: break;
      }
    }
    return 0;
  }

  Watched& watched_;
  const Duration interval_;
  World& world_;
  const Console& console_;
  Signals signals_;
  std::optional<Screen> screen_;
  bool colored_ = false;
  std::string trouble_;
};

}  // namespace

Option watch_option() {
  return {Flag::watch, 0, "watch", "TIME", "look again and again, each 2s or TIME, until interrupted", true};
}

Result<Duration> read_watch(const GivenFlag& given) {
  if (given.value.empty()) return kIntervalUsual;
  auto interval = parse_duration(given.value);
  if (!interval) return invalid("--watch: " + interval.error().message);
  if (*interval < kIntervalMin) return invalid("--watch: " + quote(given.value) + " is too short; give at least 200ms");
  return interval;
}

int watch(Watched& watched, Duration interval, World& world, const Console& console) {
  return Watch(watched, interval, world, console)();
}

TextPlace output_place(ColorWhen color) {
  TextPlace place;
  place.colored = use_color(color, STDOUT_FILENO);
  if (const auto window = window_size(STDOUT_FILENO)) place.columns = window->columns;
  return place;
}

}  // namespace dynamutex::cli
