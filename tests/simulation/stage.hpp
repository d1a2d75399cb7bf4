#pragma once
// Everything that the processes of one schedule share.

#include "simulation/checker.hpp"
#include "simulation/faults.hpp"
#include "simulation/network.hpp"
#include "simulation/server.hpp"
#include "simulation/settings.hpp"
#include "simulation/tally.hpp"
#include "simulation/world.hpp"

namespace dynamutex::simulation {

struct Stage {
  World& world;
  Server& server;
  Network& network;
  Checker& checker;
  const Settings& settings;
  Tally& tally;

  /// No new round begins; what is under way comes to its end.
  [[nodiscard]] bool closing() const noexcept { return world.now() >= settings.faults_for; }
};

}  // namespace dynamutex::simulation
