#pragma once
// A foreign client in the same table, as the AWS Lock Client for Java behaves: it knows nothing of our attributes.

#include <optional>
#include <string>

#include "simulation/stage.hpp"
#include "simulation/table_mode.hpp"

namespace dynamutex::simulation {

/// It waits for a record to stay unchanged for its leaseDuration, takes over on condition of the version that it watched,
/// puts its record in the other's place or updates it there (updateExistingLockRecord), heartbeats by UpdateItem, and deletes its record or marks it released. It believes to hold the lock for leaseDuration
/// from before each of its writes, without any margin: its clock's rate has to be true.
class ForeignUser {
 public:
  ForeignUser(Stage stage, Machine& machine, int id);
  void start();
  [[nodiscard]] Process& process() noexcept { return process_; }
  [[nodiscard]] bool finished() const noexcept { return process_.fibers_left == 0; }

 private:
  void round();
  bool try_once();
  bool write(dynamo::Expression condition);
  [[nodiscard]] Result<dynamo::WriteOutcome> replace(dynamo::Expression condition);
  [[nodiscard]] Result<dynamo::WriteOutcome> update_in_place(dynamo::Expression condition);
  void hold();
  bool heartbeat();
  void give_back();
  [[nodiscard]] dynamo::Item key() const;
  [[nodiscard]] std::string fresh_version();
  void believe(TrueTime since);

  Stage stage_;
  Process process_;
  SimulatedTable table_;
  std::string version_;  ///< Of our own record.
  std::string watched_;  ///< Of the record that is in the way.
  TrueTime watched_since_{};
  TrueTime held_until_{};
};

}  // namespace dynamutex::simulation
