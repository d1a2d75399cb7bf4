#pragma once
// Requests under way over the simulated network, as one process waits for them.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "simulation/network.hpp"

namespace dynamutex::simulation {

/// Belongs to the fiber that begins and waits; nobody waits for what is still under way when it goes.
class Flights {
 public:
  Flights(World& world, Network& network, Process& process) : world_(world), network_(network), process_(process) {}
  ~Flights();
  Flights(const Flights&) = delete;
  Flights& operator=(const Flights&) = delete;

  struct Flight {
    std::uint64_t id = 0;
    Exchange* exchange = nullptr;
    MonotonicTime sent;  ///< As the process read its clock.
    TrueTime end{};      ///< Nobody waits longer.
    const Cancellation* cancellation = nullptr;
    Arrival arrival = Arrival::timed_out;
  };

  /// Sends a request, to be waited for until the process's local time `deadline`. `cancellation` may be null.
  void begin(std::uint64_t id, std::unique_ptr<Exchange> exchange, MonotonicTime sent, MonotonicTime deadline,
             const Cancellation* cancellation);
  /// Waits for one to end; nothing once local time `until` came or `wake` (may be null) was cancelled.
  [[nodiscard]] std::optional<Flight> wait(MonotonicTime until, const Cancellation* wake);

 private:
  [[nodiscard]] std::optional<Arrival> ended(const Flight& flight) const;
  std::optional<Flight> take_ended();

  World& world_;
  Network& network_;
  Process& process_;
  std::vector<Flight> under_way_;
};

/// `deadline`, but no later than one attempt may take that is sent at `sent`.
[[nodiscard]] inline MonotonicTime attempt_deadline(MonotonicTime sent, Duration attempt_timeout,
                                                    MonotonicTime deadline) noexcept {
  return std::min(deadline, saturating_add(sent, attempt_timeout));
}

}  // namespace dynamutex::simulation
