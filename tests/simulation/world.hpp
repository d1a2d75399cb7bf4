#pragma once
// The world: simulated time, the events that make it pass, and the processes that live in it.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dynamutex/cancellation.hpp"
#include "dynamutex/clock.hpp"
#include "simulation/fiber.hpp"
#include "simulation/machine.hpp"
#include "simulation/random.hpp"

namespace dynamutex::simulation {

class World;

/// One incarnation of a program on a machine.
struct Process {
  int id = 0;
  Machine* machine = nullptr;
  std::string owner;
  bool crashed = false;            ///< It never runs again.
  bool draining = false;           ///< The schedule is over: its calls fail at once, so that its stacks unwind.
  int readings_after_the_end = 0;  ///< Of its clock, while draining.
  int acquisition = 0;             ///< Counts its calls of acquire: tags its requests.
  bool breaking = false;           ///< Its requests now break locks by force.
  int requests = 0;                ///< Sent so far.
  int fibers_left = 0;
  unsigned pause_per_mille = 0;  ///< How often it is paused right after reading its clock.
  Duration pause_max{};
  TrueTime paused_until{-1};  ///< When its last pause ended.
};

/// A fiber of a process, and what it waits for.
struct Task {
  Task(Process& owner, std::function<void()> body) : process(owner), fiber(std::move(body)) {}
  Process& process;
  Fiber fiber;
  std::uint64_t ticket = 0;                        ///< A wake-up counts only for the wait that it was meant for.
  std::vector<const Cancellation*> cancellations;  ///< What else ends the wait.
};

class World {
 public:
  explicit World(std::uint64_t seed);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// While one exists, reading a clock pauses nobody: for those who only look.
  class NoPause {
   public:
    explicit NoPause(World& world) : world_(world) { ++world_.no_pause_; }
    ~NoPause() { --world_.no_pause_; }
    NoPause(const NoPause&) = delete;
    NoPause& operator=(const NoPause&) = delete;

   private:
    World& world_;
  };

  Random random;
  std::function<void()> on_event;  ///< After every event.
  bool tracing = false;

  [[nodiscard]] TrueTime now() const noexcept { return now_; }
  [[nodiscard]] std::uint64_t events() const noexcept { return events_; }
  /// Equal for equal schedules, whatever the compiler.
  [[nodiscard]] std::uint64_t digest() const noexcept { return digest_; }

  void at(TrueTime when, std::function<void()> act);
  void spawn(Process& process, std::function<void()> body);

  /// Runs until nothing is left to happen, until `stop`, or for `events_max` events. False in the last case.
  bool run(std::uint64_t events_max);
  void stop() noexcept { stopped_ = true; }
  void go_on() noexcept { stopped_ = false; }
  /// Ends every fiber that is still in its middle. False if one would not end.
  bool drain();

  // For code inside a fiber.
  [[nodiscard]] Task* current() const noexcept { return current_; }
  /// Blocks until true time `until`, one of `cancellations` or `wake`.
  void block(TrueTime until, std::vector<const Cancellation*> cancellations = {});
  void sleep(Duration span);
  /// Freezes the current process's machine, now and for at most `longest`.
  void pause_here(Duration longest);
  [[nodiscard]] std::uint64_t pauses() const noexcept { return pauses_; }

  [[nodiscard]] bool may_pause(const Process& process) const noexcept;

  /// Ends the present wait of `task`.
  void wake(Task& task);

  [[gnu::format(printf, 2, 3)]] void trace(const char* format, ...);

 private:
  /// What happens, in a slot of `events_to_come_`.
  struct Event {
    Task* task = nullptr;  ///< To be resumed, if its wait is still the one with `ticket`; null for `act`.
    std::uint64_t ticket = 0;
    std::function<void()> act;
  };
  /// When it happens: all that the heap moves about.
  struct Due {
    TrueTime when;
    std::uint32_t number;  ///< Of two at one instant, the one that was scheduled first comes first.
    std::uint32_t slot;
  };
  static bool later(const Due& a, const Due& b) noexcept { return a.when != b.when ? a.when > b.when : a.number > b.number; }
  /// A free slot, for an event at `when`.
  Event& schedule(TrueTime when);
  void wake_at(TrueTime when, Task& task, std::uint64_t ticket);
  void wake_cancelled();
  void resume(Task& task, std::uint64_t ticket);

  TrueTime now_{};
  std::uint64_t events_ = 0;
  std::uint32_t scheduled_ = 0;
  std::uint64_t digest_ = 0xcbf29ce484222325ULL;
  std::vector<Due> heap_;
  std::vector<Event> events_to_come_;
  std::vector<std::uint32_t> free_slots_;
  std::vector<std::unique_ptr<Task>> tasks_;
  std::vector<Task*> cancellable_;  ///< Those whose wait a cancellation may end.
  Task* current_ = nullptr;
  bool stopped_ = false;
  int no_pause_ = 0;
  std::uint64_t pauses_ = 0;
};

/// The clocks of a process's machine, as the code under test sees them.
class SimulatedClock final : public Clock {
 public:
  SimulatedClock(World& world, Process& process) : world_(world), process_(process) {}
  [[nodiscard]] World& world() const noexcept { return world_; }
  [[nodiscard]] Process& process() const noexcept { return process_; }
  [[nodiscard]] MonotonicTime now() const noexcept override;
  [[nodiscard]] WallTime wall_now() const noexcept override;
  bool wait_until(MonotonicTime until, const Cancellation* cancellation) noexcept override;

 private:
  World& world_;
  Process& process_;
};

/// What a process's monotonic clock reads at this instant; never pauses.
[[nodiscard]] MonotonicTime local_now(const World& world, const Process& process) noexcept;

}  // namespace dynamutex::simulation
