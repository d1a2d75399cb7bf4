#pragma once
// A process that uses the real lock layer.

#include <memory>
#include <optional>
#include <string>

#include "dynamutex/lock/lock_client.hpp"
#include "simulation/stage.hpp"
#include "simulation/table_mode.hpp"
#include "simulation/wire_mode.hpp"

namespace dynamutex::simulation {

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

  [[nodiscard]] Process& process() noexcept { return process_; }
  [[nodiscard]] bool finished() const noexcept { return process_.crashed || process_.fibers_left == 0; }

 private:
  struct Renewal;
  void round();
  void hold(lock::Lease& lease, int lock);
  void keep(lock::Lease& lease, int lock, TrueTime until, bool by_hand);
  void give_back(lock::Lease& lease);
  void renew_by_hand(lock::Lease& lease);
  void write_to_resource(lock::Lease& lease, int lock);
  std::shared_ptr<Renewal> start_renewal(lock::Lease& lease);
  void end_renewal(Renewal& renewal);
  void renew_until_stopped(Renewal& renewal);
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
};

}  // namespace dynamutex::simulation
