#include "simulation/flights.hpp"

#include <algorithm>
#include <utility>

namespace dynamutex::simulation {

Flights::~Flights() {
  for (const Flight& flight : under_way_) flight.exchange->waiter = nullptr;
}

void Flights::begin(std::uint64_t id, std::unique_ptr<Exchange> exchange, MonotonicTime sent, MonotonicTime deadline,
                    const Cancellation* cancellation) {
  const TrueTime end = process_.machine->when(deadline);
  under_way_.push_back({id, &network_.begin(process_, std::move(exchange)), sent, end, cancellation});
}

std::optional<Flights::Flight> Flights::wait(MonotonicTime until, const Cancellation* wake) {
  const TrueTime patience = process_.machine->when(until);
  for (;;) {
    if (auto flight = take_ended(); flight) return flight;
    if (world_.now() >= patience || process_.draining || (wake != nullptr && wake->cancelled())) return std::nullopt;
    TrueTime next = patience;
    std::vector<const Cancellation*> cancellations;
    if (wake != nullptr) cancellations.push_back(wake);
    for (const Flight& flight : under_way_) {
      next = std::min(next, flight.end);
      if (flight.cancellation != nullptr && flight.cancellation != wake) cancellations.push_back(flight.cancellation);
    }
    world_.block(next, std::move(cancellations));
  }
}

std::optional<Arrival> Flights::ended(const Flight& flight) const {
  const Exchange& exchange = *flight.exchange;
  if (exchange.replied) return Arrival::replied;
  if (exchange.connection_lost) return exchange.unreachable ? Arrival::refused : Arrival::connection_lost;
  const bool cancelled = flight.cancellation != nullptr && flight.cancellation->cancelled();
  if (!cancelled && world_.now() < flight.end && !process_.draining) return std::nullopt;
  if (exchange.unreachable) return Arrival::refused;
  return cancelled ? Arrival::cancelled : Arrival::timed_out;
}

std::optional<Flights::Flight> Flights::take_ended() {
  for (auto it = under_way_.begin(); it != under_way_.end(); ++it) {
    const auto arrival = ended(*it);
    if (!arrival) continue;
    Flight flight = *it;
    under_way_.erase(it);
    flight.arrival = *arrival;
    flight.exchange->waiter = nullptr;
    return flight;
  }
  return std::nullopt;
}

}  // namespace dynamutex::simulation
