#pragma once
// Many dialogues at once, driven from one thread.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "dynamutex/clock.hpp"
#include "dynamutex/dynamo/table.hpp"
#include "lock/dialogue.hpp"

namespace dynamutex::lock {

/// The requests to one table: at most so many under way at once, or one where the table does one after another only.
///
/// Not thread-safe. The table must outlive it. Its Multi is made when it is first needed.
class Line {
 public:
  /// `in_flight_max`: 1 or more.
  Line(dynamo::Table& table, std::size_t in_flight_max) noexcept
      : table_(table), in_flight_max_(in_flight_max > 0 ? in_flight_max : 1) {}

  [[nodiscard]] bool is_open() const noexcept { return multi_ != nullptr; }
  /// How many requests may be under way, once it is open.
  [[nodiscard]] std::size_t capacity() const noexcept { return sequential_ ? 1 : in_flight_max_; }
  [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }
  /// Whether a request would be sent at once.
  [[nodiscard]] bool has_room() const noexcept { return in_flight_ < capacity() && queue_.empty(); }
  [[nodiscard]] bool sequential() const noexcept { return sequential_; }
  /// Makes the Multi, if there is none yet.
  void open();
  /// 1 or more. What is under way goes on.
  void set_in_flight_max(std::size_t count) noexcept { in_flight_max_ = count; }

 private:
  friend class Exchange;
  dynamo::Table& table_;
  std::size_t in_flight_max_;
  std::unique_ptr<dynamo::Multi> multi_;
  bool sequential_ = false;
  std::size_t in_flight_ = 0;
  std::deque<std::uint64_t> queue_;  ///< Dialogues with something to send, while there is no room.
};

/// Drives dialogues on any number of lines. A dialogue that pauses takes no room on its line.
///
/// Not thread-safe. Lines and dialogues must live until they are done or dropped. With requests under way on more than one line it
/// looks at each in turn, every few milliseconds; with one, it sleeps until something happens there.
class Exchange {
 public:
  explicit Exchange(Clock& clock) noexcept : clock_(clock) {}

  /// Begins `dialogue` under an id that was never used before. Does not block.
  void begin(std::uint64_t id, Line& line, Dialogue& dialogue);

  /// Does what is due, and waits for at most one answer: until one came, a pause ended, `until` came or `wake` (may be null) was
  /// cancelled. Answers the id of a dialogue that is done, if one is: it is forgotten then. On a sequential line a request
  /// under way is waited for whatever `until` and `wake` say.
  [[nodiscard]] std::optional<std::uint64_t> step(MonotonicTime until, const Cancellation* wake);

  /// Forgets a dialogue in its middle. Its request goes on, and takes its room until it ended.
  void drop(std::uint64_t id);
  /// Forgets all dialogues of `line`, and ends its requests.
  void close(Line& line);

  /// Dialogues that are not done.
  [[nodiscard]] std::size_t active() const noexcept { return active_.size(); }

 private:
  struct Active {
    Line* line;
    Dialogue* dialogue;
    Send send;  ///< While it is queued.
  };
  struct Alarm {
    MonotonicTime at;
    std::uint64_t id;
    const Cancellation* cancellation;
  };
  static bool later(const Alarm& a, const Alarm& b) noexcept { return a.at != b.at ? a.at > b.at : a.id > b.id; }

  void go_on(std::uint64_t id, Active& active, const Next& next);
  void start(std::uint64_t id, Line& line, const Send& send);
  void ring(MonotonicTime now, bool cancelled);
  void forget_alarms_of_the_gone();
  void wait(MonotonicTime until, const Cancellation* wake);
  bool wait_on(Line& line, MonotonicTime until, const Cancellation* wake);
  [[nodiscard]] std::optional<std::uint64_t> take_done();

  Clock& clock_;
  std::map<std::uint64_t, Active> active_;
  std::vector<Alarm> alarms_;  ///< A heap: one for each dialogue that pauses.
  std::vector<Line*> busy_;    ///< With requests under way.
  std::deque<std::uint64_t> done_;
  std::size_t turn_ = 0;
};

}  // namespace dynamutex::lock
