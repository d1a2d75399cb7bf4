#pragma once
// Mode 1: the lock layer on a simulated dynamo::Table.

#include "dynamutex/dynamo/table.hpp"
#include "simulation/flights.hpp"

namespace dynamutex::simulation {

/// A Table whose every call is one request over the simulated network.
class SimulatedTable final : public dynamo::Table {
 public:
  SimulatedTable(World& world, Network& network, Process& process, dynamo::ServerClockOptions options, Duration attempt_timeout)
      : world_(world), network_(network), process_(process), clock_(world, process), server_clock_(options),
        attempt_timeout_(attempt_timeout) {}

  [[nodiscard]] Result<dynamo::WriteOutcome> put(const dynamo::PutItem&, const dynamo::CallOptions&) override;
  [[nodiscard]] Result<std::optional<dynamo::Item>> get(const dynamo::GetItem&, const dynamo::CallOptions&) override;
  [[nodiscard]] Result<dynamo::WriteOutcome> remove(const dynamo::DeleteItem&, const dynamo::CallOptions&) override;
  [[nodiscard]] Result<dynamo::WriteOutcome> update(const dynamo::UpdateItem&, const dynamo::CallOptions&) override;
  [[nodiscard]] Result<dynamo::ScanPage> scan(const dynamo::Scan&, const dynamo::CallOptions&) override;
  [[nodiscard]] std::unique_ptr<dynamo::Multi> multi() override;
  [[nodiscard]] const dynamo::ServerClock& server_clock() const noexcept override { return server_clock_; }

 private:
  class Many;
  Result<Served> call(Operation operation, const dynamo::CallOptions& options);
  Result<dynamo::WriteOutcome> write(Operation operation, const dynamo::CallOptions& options);
  /// Sends it, unless there is an error before.
  std::optional<Error> begin(Flights& flights, std::uint64_t id, Operation operation, const dynamo::CallOptions& options);
  /// What became of it.
  Result<Served> conclude(const Flights::Flight& flight);

  World& world_;
  Network& network_;
  Process& process_;
  SimulatedClock clock_;
  dynamo::ServerClock server_clock_;
  const Duration attempt_timeout_;
};

}  // namespace dynamutex::simulation
