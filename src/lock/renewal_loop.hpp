#pragma once
// The work of a Renewer, without its thread.

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "dynamutex/clock.hpp"
#include "dynamutex/entropy.hpp"
#include "dynamutex/lock/renewer.hpp"
#include "lock/exchange.hpp"
#include "lock/lease_state.hpp"
#include "lock/renewal.hpp"
#include "lock/renewal_room.hpp"
#include "lock/renewing.hpp"
#include "lock/timetable.hpp"

namespace dynamutex::lock {

/// Renews leases: `step` again and again, from one thread. `add`, `remove` and `stop` come from any thread.
///
/// Each lease stands in two timetables: one of the news that will be told of it if nothing happens, one of its next renewal.
/// Those that are due wait for room on their table's line, the most urgent first. Those that failed before have half of the room
/// at most: where some leases cannot be renewed, the others are. Each step costs O(log n).
/// No clock is read, no event told or destroyed and no request made while the mutex is held: what events hold may call the loop, but
/// not while that is being destroyed.
class RenewalLoop {
 public:
  RenewalLoop(Clock& clock, Entropy& entropy, const RenewerOptions& options);
  ~RenewalLoop();
  RenewalLoop(const RenewalLoop&) = delete;
  RenewalLoop& operator=(const RenewalLoop&) = delete;

  void add(std::shared_ptr<LeaseState> state, RenewerEvents events);
  /// See Renewer::remove. Called on the thread that steps it waits for nothing.
  void remove(const LeaseState* key);
  void stop();

  /// Tells the news, begins what is due, and waits for at most one answer. False once it was stopped.
  bool step();

 private:
  enum class Queue : std::uint8_t { none, due, fresh, failed, hopeless };
  struct Table;
  struct Entry {
    std::shared_ptr<LeaseState> state;
    std::shared_ptr<const RenewerEvents> events;  ///< Null where there are none.
    std::unique_ptr<Error> failure;               ///< The last, if the last renewal failed.
    Table* table = nullptr;
    MonotonicTime term_began;                        ///< Of the term that `failures`, `failure` and `retry_at` are about.
    MonotonicTime risk_told = MonotonicTime::min();  ///< When the term began whose risk was told.
    MonotonicTime news_at;
    MonotonicTime rank;                             ///< In `due`: when it is. In the others: when the lease ends.
    MonotonicTime retry_at = MonotonicTime::max();  ///< After a failure; else max().
    Duration early{};
    std::uint64_t flight = 0;  ///< Its renewal under way; zero for none.
    std::uint64_t turn = 0;    ///< That of the flight.
    std::uint32_t news_place = 0;
    std::uint32_t place = 0;
    std::int32_t failures = 0;
    Queue queue = Queue::none;
  };
  using Ranked = Timetable<Entry, &Entry::rank, &Entry::place>;
  using News = Timetable<Entry, &Entry::news_at, &Entry::news_place>;

  /// What belongs to one table.
  struct Table {
    Table(dynamo::Table& table, std::size_t in_flight_max) : line(table, in_flight_max), room(in_flight_max) {}
    Line line;  ///< Touched by the stepping thread only.
    RenewalRoom room;
    // Due, by when the lease ends.
    Ranked fresh;
    Ranked failed;                     ///< Their last renewal failed.
    Ranked hopeless;                   ///< An answer would reach them too late, by all we know.
    bool used = false;                 ///< The line was opened, or is about to be.
    const LeaseState* last = nullptr;  ///< The lease that left last.
    std::size_t leases = 0;
    std::size_t flights = 0;
    std::size_t doubtful = 0;                                                    ///< Flights of leases that were not fresh.
    Duration answer_time{};                                                      ///< How long a renewal takes, of late.
    std::unique_ptr<Cancellation> interrupt = std::make_unique<Cancellation>();  ///< Ends a request on a sequential line.
  };
  struct Flight {
    std::uint64_t id = 0;
    std::shared_ptr<LeaseState> state;
    Table* table = nullptr;
    MonotonicTime began;
    bool doubtful = false;
    dynamo::CallOptions options;
    std::optional<Turn> turn;          ///< None where somebody else is renewing or releasing the lease.
    std::optional<Renewing> renewing;  ///< On that turn.
  };

  /// What is left of a lease that is gone, and of events that were told: destroyed without the mutex, as what events hold may do
  /// anything then, and call the loop too.
  struct Remains {
    std::shared_ptr<LeaseState> state;
    std::shared_ptr<const RenewerEvents> events;
  };

  static RenewalView view(const Entry& entry) noexcept;
  static void notice_renewal_by_others(Entry& entry) noexcept;
  void schedule(Entry& entry, MonotonicTime now);
  [[nodiscard]] Ranked& timetable(const Entry& entry, Queue queue) noexcept;
  void enqueue(Entry& entry, Queue queue, MonotonicTime rank);
  void dequeue(Entry& entry);
  void set_news(Entry& entry, MonotonicTime at);
  [[nodiscard]] Remains forget(const LeaseState* key);
  [[nodiscard]] bool is_last_of_a_table(const LeaseState* key) const noexcept;

  // On the stepping thread.
  void collect_due(MonotonicTime now);
  void tell_news(std::unique_lock<std::mutex>& lock, MonotonicTime now);
  template <class Event>
  void tell(std::unique_lock<std::mutex>& lock, Remains about, Event&& event);
  void open_lines(std::unique_lock<std::mutex>& lock);
  void choose(MonotonicTime now);
  [[nodiscard]] Entry* most_urgent(Table& table, MonotonicTime now);
  [[nodiscard]] static bool lacks_room(const Table& table, MonotonicTime now) noexcept;
  static void end_flight(const Flight& flight) noexcept;
  std::vector<std::unique_ptr<Flight>> take_off();
  void land(std::unique_lock<std::mutex>& lock, const Flight& flight, MonotonicTime now);
  void clear_away(std::unique_lock<std::mutex>& lock);

  Clock& clock_;
  Entropy& entropy_;
  const std::size_t in_flight_max_;

  std::mutex mutex_;
  std::condition_variable quiet_;
  std::map<const LeaseState*, Entry> entries_;
  std::map<const dynamo::Table*, std::unique_ptr<Table>> tables_;
  std::vector<std::unique_ptr<Table>> left_;     ///< Tables whose last lease is gone, to be closed.
  std::vector<std::unique_ptr<Table>> closing_;  ///< Those that the stepping thread is closing.
  std::vector<std::uint64_t> grounded_;          ///< Flights of leases that are gone.
  Ranked due_;
  News news_;
  std::unique_ptr<Cancellation> wake_ = std::make_unique<Cancellation>();
  MonotonicTime sleeps_until_ = MonotonicTime::min();
  const LeaseState* telling_ = nullptr;  ///< Of which an event is being told.
  std::thread::id stepping_;
  bool stopping_ = false;

  // Of the stepping thread alone.
  Exchange exchange_;
  std::map<std::uint64_t, std::unique_ptr<Flight>> flights_;
  std::vector<std::unique_ptr<Flight>> chosen_;
  std::uint64_t last_flight_ = 0;
};

}  // namespace dynamutex::lock
