#include "lock/exchange.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "lock/sequential_multi.hpp"

namespace dynamutex::lock {
namespace {

/// How long one line is looked at while others have requests under way too.
constexpr Duration kGlance = std::chrono::milliseconds(2);

}  // namespace

void Line::open() {
  if (multi_) return;
  multi_ = table_.multi();
  sequential_ = multi_ == nullptr;
  if (sequential_) multi_ = std::make_unique<SequentialMulti>(table_);
}

void Exchange::begin(std::uint64_t id, Line& line, Dialogue& dialogue) {
  line.open();
  Active& active = active_.insert_or_assign(id, Active{&line, &dialogue, {}}).first->second;
  go_on(id, active, dialogue.begin());
}

std::optional<std::uint64_t> Exchange::step(MonotonicTime until, const Cancellation* wake) {
  if (!alarms_.empty()) {
    const MonotonicTime now = clock_.now();
    ring(now, wake != nullptr && wake->cancelled());
  }
  if (auto done = take_done(); done) return done;
  if (!alarms_.empty()) until = std::min(until, alarms_.front().at);
  wait(until, wake);
  return take_done();
}

void Exchange::drop(std::uint64_t id) {
  active_.erase(id);
  done_.erase(std::remove(done_.begin(), done_.end(), id), done_.end());
  forget_alarms_of_the_gone();
}

void Exchange::close(Line& line) {
  for (auto it = active_.begin(); it != active_.end();) it = it->second.line == &line ? active_.erase(it) : std::next(it);
  busy_.erase(std::remove(busy_.begin(), busy_.end(), &line), busy_.end());
  line.multi_.reset();
  line.in_flight_ = 0;
  line.queue_.clear();
  forget_alarms_of_the_gone();
}

/// What ends their pauses may be gone as well.
void Exchange::forget_alarms_of_the_gone() {
  const auto gone = [&](const Alarm& alarm) { return active_.count(alarm.id) == 0; };
  const auto end = std::remove_if(alarms_.begin(), alarms_.end(), gone);
  if (end == alarms_.end()) return;
  alarms_.erase(end, alarms_.end());
  std::make_heap(alarms_.begin(), alarms_.end(), later);
}

void Exchange::go_on(std::uint64_t id, Active& active, const Next& next) {
  if (const auto* send = std::get_if<Send>(&next); send != nullptr) {
    Line& line = *active.line;
    if (line.in_flight_ < line.capacity()) return start(id, line, *send);
    active.send = *send;
    line.queue_.push_back(id);
  } else if (const auto* pause = std::get_if<Pause>(&next); pause != nullptr) {
    const bool over = pause->cancellation != nullptr && pause->cancellation->cancelled();
    alarms_.push_back({over ? MonotonicTime::min() : pause->until, id, pause->cancellation});
    std::push_heap(alarms_.begin(), alarms_.end(), later);
  } else {
    active_.erase(id);
    done_.push_back(id);
  }
}

void Exchange::start(std::uint64_t id, Line& line, const Send& send) {
  if (line.in_flight_++ == 0) busy_.push_back(&line);
  line.multi_->start(id, *send.operation, send.options);
}

/// Ends the pauses that are over; where there was a cancellation, also those that it ends.
void Exchange::ring(MonotonicTime now, bool cancelled) {
  const auto disturbed = [](const Alarm& alarm) { return alarm.cancellation != nullptr && alarm.cancellation->cancelled(); };
  if (cancelled) {
    for (Alarm& alarm : alarms_) {
      if (disturbed(alarm)) alarm.at = MonotonicTime::min();
    }
    std::make_heap(alarms_.begin(), alarms_.end(), later);
  }
  while (!alarms_.empty() && alarms_.front().at <= now) {
    std::pop_heap(alarms_.begin(), alarms_.end(), later);
    const Alarm alarm = alarms_.back();
    alarms_.pop_back();
    Active& active = active_.find(alarm.id)->second;
    go_on(alarm.id, active, active.dialogue->waited(!disturbed(alarm)));
  }
}

void Exchange::wait(MonotonicTime until, const Cancellation* wake) {
  if (busy_.empty()) {
    clock_.wait_until(until, wake);
    return;
  }
  if (busy_.size() == 1) {
    wait_on(*busy_.front(), until, wake);
    return;
  }
  do {
    Line& line = *busy_[turn_++ % busy_.size()];
    if (wait_on(line, std::min(until, saturating_add(clock_.now(), kGlance)), wake)) return;
  } while (clock_.now() < until && (wake == nullptr || !wake->cancelled()));
}

/// Whether an answer came.
bool Exchange::wait_on(Line& line, MonotonicTime until, const Cancellation* wake) {
  auto finished = line.multi_->wait(until, wake);
  if (!finished) return false;
  if (--line.in_flight_ == 0) busy_.erase(std::find(busy_.begin(), busy_.end(), &line));
  const auto found = active_.find(finished->id);
  if (found != active_.end()) {
    go_on(finished->id, found->second, found->second.dialogue->answered(std::move(finished->result)));
  }
  while (!line.queue_.empty() && line.in_flight_ < line.capacity()) {
    const std::uint64_t id = line.queue_.front();
    line.queue_.pop_front();
    if (const auto queued = active_.find(id); queued != active_.end()) start(id, line, queued->second.send);
  }
  return true;
}

std::optional<std::uint64_t> Exchange::take_done() {
  if (done_.empty()) return std::nullopt;
  const std::uint64_t id = done_.front();
  done_.pop_front();
  return id;
}

}  // namespace dynamutex::lock
