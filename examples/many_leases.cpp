// Takes many locks at once, keeps them all from one thread, and gives them back together.

#include <dynamutex/lock/lock_client.hpp>
#include <dynamutex/lock/renewer.hpp>

#include <atomic>
#include <vector>

#include "surroundings.hpp"

namespace lock = dynamutex::lock;

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s TABLE COUNT\n", argv[0]);
    return 64;
  }
  example::Surroundings world;
  dynamutex::dynamo::ClientTable table(*world.client, argv[1]);
  lock::LockClient locks(table, *world.clock, *world.entropy);

  std::vector<lock::LockName> names;
  for (int i = 0; i < std::atoi(argv[2]); ++i) names.emplace_back("shard-" + std::to_string(i));

  std::vector<lock::Lease> leases;
  std::atomic<int> lost{0};
  lock::Renewer renewer(*world.clock, *world.entropy);
  lock::AcquireOptions options;
  options.lease = std::chrono::seconds(10);
  const auto report = locks.acquire_all(names, options, [&](std::size_t index, dynamutex::Result<lock::Lease> lease) {
    if (!lease) {
      std::fprintf(stderr, "%s: %s\n", names[index].key.c_str(), lease.error().message.c_str());
      return;
    }
    lock::RenewerEvents events;
    events.on_lost = [&lost](const dynamutex::Error&) { ++lost; };
    renewer.add(*lease, events);  // Each at once: its time has begun.
    leases.push_back(*std::move(lease));
  });
  std::printf("%zu acquired, %zu contended, %zu failed\n", report.acquired, report.contended, report.failed);

  // The work: longer than a lease.
  world.clock->wait_until(world.clock->now() + options.lease + std::chrono::seconds(2), nullptr);
  for (const lock::Lease& lease : leases) renewer.remove(lease);

  std::size_t released = 0;
  for (const auto outcome : locks.release_all(std::move(leases))) released += outcome == lock::ReleaseOutcome::released;
  std::printf("%d lost, %zu released\n", lost.load(), released);
  return lost == 0 && released == names.size() ? 0 : 1;
}
