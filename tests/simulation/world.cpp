#include "simulation/world.hpp"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <utility>

namespace dynamutex::simulation {
namespace {

/// What a draining process's clock reads first: beyond every deadline, and far from overflowing.
constexpr MonotonicTime kEndOfTime{Duration::max() / 2};
/// Each reading is later by so much than the one before: no pause that begins then lasts.
constexpr Duration kDrainTick = std::chrono::seconds(1);
constexpr int kDrainSteps = 10'000;

}  // namespace

World::World(std::uint64_t seed) : random(seed) {}
World::~World() = default;

void World::at(TrueTime when, std::function<void()> act) { schedule(when).act = std::move(act); }

void World::spawn(Process& process, std::function<void()> body) {
  // A schedule that is over begins nothing new.
  if (process.draining) return;
  ++process.fibers_left;
  tasks_.push_back(std::make_unique<Task>(process, [&process, body = std::move(body)] {
    body();
    --process.fibers_left;
  }));
  wake_at(now_, *tasks_.back(), 0);
}

bool World::run(std::uint64_t events_max) {
  while (!heap_.empty() && !stopped_) {
    if (events_ >= events_max) return false;
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const Due due = heap_.back();
    heap_.pop_back();
    now_ = due.when;
    ++events_;
    digest_ = (digest_ ^ static_cast<std::uint64_t>(now_.count()) ^ std::uint64_t{due.number} << 48U) * 0x100000001b3ULL;
    const Event event = std::exchange(events_to_come_[due.slot], {});
    free_slots_.push_back(due.slot);
    if (event.task != nullptr) {
      resume(*event.task, event.ticket);
    } else {
      event.act();
    }
    wake_cancelled();
    if (on_event) on_event();
  }
  return true;
}

bool World::drain() {
  on_event = nullptr;
  tracing = false;
  for (const auto& task : tasks_) task->process.draining = true;
  // Helpers first: a process's first fiber may wait for those that it started.
  for (auto task = tasks_.rbegin(); task != tasks_.rend(); ++task) {
    for (int step = 0; !(*task)->fiber.done(); ++step) {
      if (step == kDrainSteps) return false;
      current_ = task->get();
      (*task)->fiber.resume();
      current_ = nullptr;
    }
  }
  return true;
}

World::Event& World::schedule(TrueTime when) {
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<std::uint32_t>(events_to_come_.size()));
    events_to_come_.emplace_back();
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  heap_.push_back({std::max(when, now_), scheduled_++, slot});
  std::push_heap(heap_.begin(), heap_.end(), later);
  return events_to_come_[slot];
}

void World::wake_at(TrueTime when, Task& task, std::uint64_t ticket) {
  if (when == kNever) return;
  Event& event = schedule(when);
  event.task = &task;
  event.ticket = ticket;
}

void World::resume(Task& task, std::uint64_t ticket) {
  if (task.ticket != ticket || task.process.crashed || task.fiber.done()) return;
  if (task.process.machine->frozen_until > now_) return wake_at(task.process.machine->frozen_until, task, ticket);
  ++task.ticket;
  current_ = &task;
  task.fiber.resume();
  current_ = nullptr;
}

void World::block(TrueTime until, std::vector<const Cancellation*> cancellations) {
  Task& task = *current_;
  if (task.process.draining) return;
  task.cancellations = std::move(cancellations);
  if (!task.cancellations.empty()) cancellable_.push_back(&task);
  wake_at(until, task, task.ticket);
  task.fiber.suspend();
  cancellable_.erase(std::remove(cancellable_.begin(), cancellable_.end(), &task), cancellable_.end());
}

void World::wake_cancelled() {
  const auto cancelled = [](const Cancellation* cancellation) { return cancellation->cancelled(); };
  for (auto task = cancellable_.begin(); task != cancellable_.end();) {
    const auto& cancellations = (*task)->cancellations;
    if (std::any_of(cancellations.begin(), cancellations.end(), cancelled)) {
      wake(**task);
      task = cancellable_.erase(task);
    } else {
      ++task;
    }
  }
}

void World::sleep(Duration span) { block(now_ + span); }

void World::pause_here(Duration longest) {
  const Duration span = random.between(Duration(0), longest);
  ++pauses_;
  trace("paused for %.6f s", static_cast<double>(span.count()) / 1e9);
  current_->process.machine->freeze(now_, now_ + span);
  block(now_ + span);
  current_->process.paused_until = now_;
}

bool World::may_pause(const Process& process) const noexcept {
  return process.pause_per_mille > 0 && !process.draining && no_pause_ == 0 && current_ != nullptr &&
         &current_->process == &process;
}

void World::wake(Task& task) { wake_at(now_, task, task.ticket); }

void World::trace(const char* format, ...) {
  if (!tracing) return;
  std::printf("%14.6f ", static_cast<double>(now_.count()) / 1e9);
  if (current_ != nullptr) std::printf("[%d %s] ", current_->process.id, current_->process.owner.c_str());
  std::va_list arguments;
  va_start(arguments, format);
  std::vprintf(format, arguments);
  va_end(arguments);
  std::putchar('\n');
}

MonotonicTime local_now(const World& world, const Process& process) noexcept {
  return process.draining ? kEndOfTime : process.machine->monotonic(world.now());
}

MonotonicTime SimulatedClock::now() const noexcept {
  if (process_.draining) return kEndOfTime + kDrainTick * process_.readings_after_the_end++;
  const MonotonicTime read = local_now(world_, process_);
  // Paused between reading the clock and acting on it: the worst moment there is.
  if (world_.may_pause(process_) && world_.random.chance(process_.pause_per_mille)) world_.pause_here(process_.pause_max);
  return read;
}

WallTime SimulatedClock::wall_now() const noexcept { return process_.machine->wall(world_.now()); }

bool SimulatedClock::wait_until(MonotonicTime until, const Cancellation* cancellation) noexcept {
  const auto cancelled = [&] { return cancellation != nullptr && cancellation->cancelled(); };
  if (cancelled()) return false;
  if (process_.draining) return until <= kEndOfTime;
  const TrueTime end = process_.machine->when(until);
  while (world_.now() < end && !cancelled() && !process_.draining) {
    std::vector<const Cancellation*> cancellations;
    if (cancellation != nullptr) cancellations.push_back(cancellation);
    world_.block(end, std::move(cancellations));
  }
  return !cancelled() && !process_.draining;
}

}  // namespace dynamutex::simulation
