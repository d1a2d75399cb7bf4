#pragma once
// Mode 2: the lock layer on the real DynamoDB client, its JSON and its signer, down to a simulated http::Transport.

#include <memory>

#include "dynamutex/credentials/provider.hpp"
#include "dynamutex/dynamo/client.hpp"
#include "dynamutex/http/transport.hpp"
#include "simulation/flights.hpp"

namespace dynamutex::simulation {

/// A Transport whose every request goes over the simulated network.
class SimulatedTransport final : public http::Transport {
 public:
  SimulatedTransport(World& world, Network& network, Process& process)
      : world_(world), network_(network), process_(process), clock_(world, process) {}
  [[nodiscard]] Result<http::Response> send(const http::Request& request) override;
  [[nodiscard]] std::unique_ptr<http::Multi> multi() override;

 private:
  class Many;
  /// Sends it, unless there is an error before.
  std::optional<Error> begin(Flights& flights, std::uint64_t id, const http::Request& request);
  /// What became of it.
  Result<http::Response> conclude(const Flights::Flight& flight);

  World& world_;
  Network& network_;
  Process& process_;
  SimulatedClock clock_;
};

/// The real client of one process, and its world.
class WireClient {
 public:
  WireClient(World& world, Network& network, Process& process, Clock& clock, Entropy& entropy,
             dynamo::ServerClockOptions server_clock, Duration attempt_timeout, int attempts_max);
  [[nodiscard]] dynamo::Table& table() noexcept { return *table_; }

 private:
  SimulatedTransport transport_;
  std::unique_ptr<credentials::Provider> provider_;
  std::unique_ptr<dynamo::Client> client_;
  std::unique_ptr<dynamo::ClientTable> table_;
};

}  // namespace dynamutex::simulation
