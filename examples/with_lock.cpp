// One critical section that is waited for, renewed while it runs, bounded in time, and that returns a value.

#include <dynamutex/lock/with_lock.hpp>

#include "surroundings.hpp"

namespace lock = dynamutex::lock;

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s TABLE NAME\n", argv[0]);
    return 64;
  }
  example::Surroundings world;
  dynamutex::dynamo::ClientTable table(*world.client, argv[1]);
  lock::LockClient locks(table, *world.clock, *world.entropy);

  lock::WithLockOptions options;
  options.acquire.lease = std::chrono::seconds(5);
  options.acquire.wait = std::chrono::seconds(30);
  options.acquire.on_wait = [](const lock::WaitEvent& event) {
    std::fprintf(stderr, "waiting for %s\n", event.holder.owner.c_str());
  };
  options.timeout = std::chrono::minutes(1);

  const auto section = lock::with_lock(locks, *world.clock, *world.entropy, argv[2], options, [](lock::Lease& lease) {
    int steps = 0;
    // Each step that others would see asks first.
    while (steps < 3 && lease.still_held()) ++steps;
    return steps;
  });
  if (!section) example::give_up(section.error());  // It did not run.
  switch (section->outcome) {
    case lock::SectionOutcome::completed: std::printf("%d steps done\n", section->value); return 0;
    case lock::SectionOutcome::lost: std::printf("the lock was lost after %d steps\n", section->value); return 1;
    case lock::SectionOutcome::timed_out: std::printf("it took too long\n"); return 1;
  }
  return 1;
}
