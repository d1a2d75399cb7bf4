#pragma once
// A process that uses the real lock layer.

#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "dynamutex/lock/lock_client.hpp"
#include "dynamutex/lock/renewer.hpp"
#include "simulation/stage.hpp"
#include "simulation/table_mode.hpp"
#include "simulation/wire_mode.hpp"

namespace dynamutex::simulation {

/// Many leases, and what happens to them.
struct CrowdPlan {
  Duration short_lease{};
  int short_count = 0;  ///< The first locks.
  Duration long_lease{};
  int long_count = 0;          ///< The others.
  int hanging_count = 0;       ///< The last so many of them: no request about them is answered any more.
  bool loses_replies = false;  ///< Now and then one, silently, of one lock after another: a renewal fails.
  std::size_t in_flight_max = 0;
  Duration latency_min = std::chrono::milliseconds(10);  ///< One way.
  Duration latency_max = std::chrono::milliseconds(30);
  TrueTime until{};
};

/// One incarnation of a program with a LockClient of its own, on clocks and a network of its own.
class LockUser {
 public:
  LockUser(Stage stage, Machine& machine, int id, std::string owner);

  /// Takes, holds, renews and gives back locks until the stage closes.
  void start_rounds();
  /// Looks at locks, breaks and prunes them.
  void start_meddling();
  /// Takes every lock once more, now that all is well: each must come within its bound.
  void start_probing();

  /// Takes, renews and gives back a lock that nobody else wants, and counts the round trips.
  void start_counting(int rounds);
  /// Takes a lock that `next` then waits for, gives it back, and sees how soon `next` has it.
  void start_handing_over(LockUser& next);

  /// Keeps many leases at once by one Renewer, in the trouble that `plan` makes: those of which no request hangs are kept.
  void start_crowd(const CrowdPlan& plan);

  [[nodiscard]] Process& process() noexcept { return process_; }
  [[nodiscard]] bool finished() const noexcept { return process_.crashed || process_.fibers_left == 0; }

 private:
  struct Care;
  /// A lock that was taken.
  struct Held {
    lock::Lease lease;
    int lock;
    std::shared_ptr<Care> care{};  ///< Null where no Renewer has it.
  };
  /// Leases stay where they are: the checker and the Renewer's events point at them.
  using HeldLocks = std::list<Held>;

  void round();
  void take_in(HeldLocks& held, lock::Lease lease, int lock, bool in_care);
  void hold(HeldLocks& held, bool by_hand);
  void keep(HeldLocks& held, TrueTime until, bool by_hand);
  void renew_by_hand(Held& held);
  void write_to_resource(Held& held);
  void give_back(HeldLocks& held);
  void give_back_at_once(HeldLocks& held);
  void count(lock::ReleaseOutcome outcome);

  void start_care(Held& held);
  void keep_crowd(const CrowdPlan& plan);
  void acquire_crowd(HeldLocks& held, int first, int count, Duration lease);
  void end_care(Held& held);
  /// The lease is about to be given back: there is no more news of it.
  void end_news(Held& held);
  void tell_lost(Care& care, const lock::Lease& lease);
  [[nodiscard]] MonotonicTime valid_until(const lock::Lease& lease) const;
  void meddle();
  void probe(int lock);
  [[nodiscard]] Duration probe_bound(int lock) const;
  void count_round(int lost_step);
  void wait_for_hand_over(const std::shared_ptr<std::optional<TrueTime>>& given_back);
  void first_round(bool lost);
  void expect_requests(int before, bool lost, const char* what);
  [[nodiscard]] lock::AcquireOptions counted_options() const;

  [[nodiscard]] lock::AcquireOptions draw_options();
  std::optional<lock::Lease> acquire(int lock, lock::AcquireOptions options);
  void acquire_many(HeldLocks& held, lock::AcquireOptions options, bool in_care);
  void refused(int lock, const Error& error);
  /// Sometimes cancels the call that `options` are for, and tells when.
  std::shared_ptr<const std::optional<TrueTime>> plan_cancellation(lock::AcquireOptions& options);
  void count(const Error& error);
  /// The call that began when its machine had been frozen for `frozen_before` returns in time: being frozen does not count.
  void require_return(MonotonicTime deadline, Duration frozen_before, std::optional<TrueTime> cancelled_at, const char* rule);
  [[nodiscard]] bool over() const noexcept { return process_.draining; }

  Stage stage_;
  Process process_;
  SimulatedClock clock_;
  SeededEntropy entropy_;
  std::unique_ptr<SimulatedTable> table_;
  std::unique_ptr<WireClient> wire_;
  std::unique_ptr<lock::LockClient> client_;
  std::unique_ptr<lock::Renewer> renewer_;
  std::unique_ptr<Cancellation> cancellation_;  ///< Of the present call of acquire.
};

/// What a call may take beyond its deadline: the time for taking back a write in doubt (100 ms) and a little more.
constexpr Duration kReturnSlack = std::chrono::milliseconds(130);

}  // namespace dynamutex::simulation
