#include "lock/renewal_loop.hpp"

#include <algorithm>
#include <utility>

namespace dynamutex::lock {
namespace {

Error ended_error(const LeaseState& state) {
  return make_error(ErrorKind::lost, "lock '" + state.name().key + "' was lost: its lease ended without a renewal");
}

Error unanswered_error(const LeaseState& state) {
  return make_error(ErrorKind::timed_out, "lock '" + state.name().key + "' is at risk: its renewal was not answered so far");
}

std::shared_ptr<const RenewerEvents> shared(RenewerEvents events) {
  if (!events.on_renewed && !events.on_at_risk && !events.on_lost) return nullptr;
  return std::make_shared<const RenewerEvents>(std::move(events));
}

}  // namespace

RenewalLoop::RenewalLoop(Clock& clock, Entropy& entropy, const RenewerOptions& options)
    : clock_(clock), entropy_(entropy), in_flight_max_(std::max<std::size_t>(options.in_flight_max, 1)), exchange_(clock) {}

RenewalLoop::~RenewalLoop() {
  // The requests end before the leases that they are about, and these before their tables' lines.
  for (auto& [key, table] : tables_) exchange_.close(table->line);
  for (auto& table : left_) exchange_.close(table->line);
}

RenewalView RenewalLoop::view(const Entry& entry) noexcept {
  RenewalView lease;
  lease.term_began = entry.state->term_began();
  lease.valid_until = entry.state->valid_until();
  lease.length = entry.state->length();
  if (entry.retry_at != MonotonicTime::max()) lease.retry_at = entry.retry_at;
  lease.at_risk_told = entry.risk_told == lease.term_began;
  lease.early = entry.early;
  return lease;
}

/// A term that began meanwhile, by a renewal that was not the loop's, knows no failure. With a flight under way it may be the loop's own.
void RenewalLoop::notice_renewal_by_others(Entry& entry) noexcept {
  if (entry.flight != 0) return;
  const MonotonicTime began = entry.state->term_began();
  if (began == entry.term_began) return;
  entry.term_began = began;
  entry.retry_at = MonotonicTime::max();
  entry.failures = 0;
  entry.failure.reset();
}

void RenewalLoop::add(std::shared_ptr<LeaseState> state, RenewerEvents events) {
  if (!state) return;
  auto own_events = shared(std::move(events));
  const std::lock_guard lock(mutex_);
  const auto [found, is_new] = entries_.try_emplace(state.get());
  Entry& entry = found->second;
  entry.events.swap(own_events);  // The old ones, if any, are destroyed without the mutex.
  if (!is_new) return;
  dynamo::Table& table = state->core().table;
  auto& own = tables_[&table];
  if (!own) own = std::make_unique<Table>(table, in_flight_max_);
  ++own->leases;
  entry.table = own.get();
  entry.early = renewal_spread(state->length(), unit_interval(entropy_));
  entry.term_began = state->term_began();
  entry.state = std::move(state);
  entry.news_at = plan_renewal(view(entry), MonotonicTime::min()).next_news;
  news_.insert(entry);
  enqueue(entry, Queue::due, renewal_due(view(entry)));
  if (std::min(entry.rank, entry.news_at) < sleeps_until_) wake_->cancel();
}

void RenewalLoop::remove(const LeaseState* key) {
  if (key == nullptr) return;
  Remains remains;  // Outlives the lock.
  std::unique_lock lock(mutex_);
  remains = forget(key);
  if (stepping_ == std::this_thread::get_id()) return;
  quiet_.wait(lock, [&] { return telling_ != key && (stopping_ || !is_last_of_a_table(key)); });
  lock.unlock();
  key->wait_for_journal();
}

void RenewalLoop::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  wake_->cancel();
  for (auto& [key, table] : tables_) table->interrupt->cancel();
  quiet_.notify_all();
}

/// Takes a lease out. Its request under way, if there is one, is left to the stepping thread: with its turn gone, nothing more is sent
/// on it.
RenewalLoop::Remains RenewalLoop::forget(const LeaseState* key) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return {};
  Entry& entry = found->second;
  Remains remains{std::move(entry.state), std::move(entry.events)};
  Table& table = *entry.table;
  dequeue(entry);
  news_.erase(entry);
  if (entry.flight != 0) {
    remains.state->revoke(entry.turn);
    grounded_.push_back(entry.flight);
    table.interrupt->cancel();
  }
  entries_.erase(found);
  if (--table.leases > 0) return remains;
  const auto own = std::find_if(tables_.begin(), tables_.end(), [&](const auto& item) { return item.second.get() == &table; });
  if (table.used) {
    table.last = key;
    left_.push_back(std::move(own->second));
    wake_->cancel();
  }
  tables_.erase(own);
  return remains;
}

/// Whether `key` was the last lease of a table that is not let go of yet.
bool RenewalLoop::is_last_of_a_table(const LeaseState* key) const noexcept {
  const auto of_key = [&](const std::unique_ptr<Table>& table) { return table->last == key; };
  return std::any_of(left_.begin(), left_.end(), of_key) || std::any_of(closing_.begin(), closing_.end(), of_key);
}

RenewalLoop::Ranked& RenewalLoop::timetable(const Entry& entry, Queue queue) noexcept {
  switch (queue) {
    case Queue::fresh: return entry.table->fresh;
    case Queue::failed: return entry.table->failed;
    case Queue::hopeless: return entry.table->hopeless;
    case Queue::none:
    case Queue::due: break;
  }
  return due_;
}

void RenewalLoop::enqueue(Entry& entry, Queue queue, MonotonicTime rank) {
  dequeue(entry);
  entry.queue = queue;
  entry.rank = rank;
  timetable(entry, queue).insert(entry);
}

void RenewalLoop::dequeue(Entry& entry) {
  if (entry.queue != Queue::none) timetable(entry, entry.queue).erase(entry);
  entry.queue = Queue::none;
}

void RenewalLoop::set_news(Entry& entry, MonotonicTime at) {
  news_.erase(entry);
  entry.news_at = at;
  news_.insert(entry);
}

/// Puts an entry without a request under way where its present term says.
void RenewalLoop::schedule(Entry& entry, MonotonicTime now) {
  const RenewalView lease = view(entry);
  set_news(entry, plan_renewal(lease, now).next_news);
  enqueue(entry, Queue::due, renewal_due(lease));
}

bool RenewalLoop::step() {
  const MonotonicTime now = clock_.now();
  std::unique_lock lock(mutex_);
  stepping_ = std::this_thread::get_id();
  if (wake_->cancelled() && !stopping_) wake_ = std::make_unique<Cancellation>();
  clear_away(lock);
  collect_due(now);
  tell_news(lock, now);
  if (!stopping_) open_lines(lock);
  if (stopping_) return false;
  choose(now);
  sleeps_until_ = std::min(due_.next(), news_.next());
  const MonotonicTime until = sleeps_until_;
  const Cancellation* const wake = wake_.get();
  lock.unlock();

  auto landing = take_off();
  if (landing.empty()) {
    if (const auto done = exchange_.step(until, wake); done) landing.push_back(std::move(flights_.extract(*done).mapped()));
  }
  const MonotonicTime landed = landing.empty() ? now : clock_.now();

  lock.lock();
  sleeps_until_ = MonotonicTime::min();
  for (const auto& flight : landing) land(lock, *flight, landed);
  const bool goes_on = !stopping_;
  lock.unlock();  // Before the flights are destroyed, and perhaps the last of their leases.
  return goes_on;
}

/// Ends the requests about leases that are gone, and the lines of tables that have none left.
void RenewalLoop::clear_away(std::unique_lock<std::mutex>& lock) {
  std::vector<std::unique_ptr<Flight>> ended;
  for (const std::uint64_t id : std::exchange(grounded_, {})) {
    const auto found = flights_.find(id);
    if (found == flights_.end()) continue;
    exchange_.drop(id);
    end_flight(*found->second);
    ended.push_back(std::move(found->second));
    flights_.erase(found);
  }
  if (ended.empty() && left_.empty()) return;
  closing_.swap(left_);
  lock.unlock();
  ended.clear();
  for (const auto& table : closing_) exchange_.close(table->line);
  lock.lock();
  closing_.clear();
  quiet_.notify_all();
}

/// What is due leaves the timetable and queues for room on its line.
void RenewalLoop::collect_due(MonotonicTime now) {
  while (due_.next() <= now) {
    Entry& entry = due_.first();
    notice_renewal_by_others(entry);
    const RenewalView lease = view(entry);
    switch (plan_renewal(lease, now).step) {
      case RenewalStep::renew: enqueue(entry, entry.failures == 0 ? Queue::fresh : Queue::failed, lease.valid_until); break;
      // It was renewed by somebody else meanwhile.
      case RenewalStep::wait: schedule(entry, now); break;
      // First the news, then the rest.
      case RenewalStep::tell_at_risk:
      case RenewalStep::tell_lost:
        dequeue(entry);
        set_news(entry, now);
        break;
    }
  }
}

void RenewalLoop::tell_news(std::unique_lock<std::mutex>& lock, MonotonicTime now) {
  while (!stopping_ && news_.next() <= now) {
    Entry& entry = news_.first();
    notice_renewal_by_others(entry);
    const RenewalView lease = view(entry);
    const RenewalPlan plan = plan_renewal(lease, now);
    if (plan.step == RenewalStep::tell_lost) {
      Remains lost = forget(entry.state.get());
      tell(lock, std::move(lost), [](const Remains& about) {
        if (about.state->given_back() || !about.events || !about.events->on_lost) return;
        about.events->on_lost(about.state->loss().value_or(ended_error(*about.state)));
      });
      continue;
    }
    const bool news = plan.step == RenewalStep::tell_at_risk;
    if (news) entry.risk_told = lease.term_began;
    const Error reason = entry.failure ? *entry.failure : unanswered_error(*entry.state);
    set_news(entry, plan_renewal(view(entry), now).next_news);
    if (entry.queue == Queue::none && entry.flight == 0) enqueue(entry, Queue::due, renewal_due(view(entry)));
    if (!news) continue;
    tell(lock, {entry.state, entry.events}, [&](const Remains& about) {
      if (about.state->given_back() || !about.events || !about.events->on_at_risk) return;
      about.events->on_at_risk(reason);
    });
  }
}

/// Calls `event` without the mutex, while `remove` waits for it: from the beginning, as clearing away gives up the mutex as well, and
/// `remove` may no longer find the lease. Before that all requests of what is gone are ended, of what the last event let go of too.
template <class Event>
void RenewalLoop::tell(std::unique_lock<std::mutex>& lock, Remains about, Event&& event) {
  telling_ = about.state.get();
  clear_away(lock);
  lock.unlock();
  event(std::as_const(about));
  about = {};
  lock.lock();
  telling_ = nullptr;
  quiet_.notify_all();
}

/// Opens the lines of tables on which something is due for the first time.
void RenewalLoop::open_lines(std::unique_lock<std::mutex>& lock) {
  std::vector<Line*> closed;
  for (const auto& [key, table] : tables_) {
    if (table->used || (table->fresh.empty() && table->failed.empty())) continue;
    table->used = true;
    closed.push_back(&table->line);
  }
  if (closed.empty()) return;
  lock.unlock();
  for (Line* const line : closed) line->open();
  lock.lock();
}

/// Takes the most urgent leases that are due, as many as there is room for.
void RenewalLoop::choose(MonotonicTime now) {
  for (const auto& [key, own] : tables_) {
    Table& table = *own;
    if (!table.used) continue;
    table.line.set_in_flight_max(table.room.places());
    // A request whose lease is gone still takes its room.
    while (std::max(table.flights, table.line.in_flight()) < table.line.capacity()) {
      Entry* const entry = most_urgent(table, now);
      if (entry == nullptr) break;
      entry->flight = ++last_flight_;
      ++table.flights;
      const bool doubtful = entry->queue != Queue::fresh;
      dequeue(*entry);
      auto flight = std::make_unique<Flight>();
      flight->id = entry->flight;
      flight->state = entry->state;
      flight->table = &table;
      flight->began = now;
      flight->doubtful = doubtful;
      table.doubtful += doubtful ? 1 : 0;
      const RenewalTraffic traffic{table.answer_time, !table.fresh.empty()};
      auto turn = entry->state->try_turn();
      entry->turn = turn ? turn->number() : 0;
      if (turn) flight->turn.emplace(*std::move(turn));
      flight->options.deadline = attempt_end(view(*entry), entry->failures, traffic, now);
      if (table.line.sequential()) {
        // Nothing else happens meanwhile: it is given up when there is news to tell, and when the lease is removed.
        flight->options.deadline = std::min(flight->options.deadline, news_.next());
        if (table.interrupt->cancelled()) table.interrupt = std::make_unique<Cancellation>();
        flight->options.cancellation = table.interrupt.get();
      }
      chosen_.push_back(std::move(flight));
    }
    table.room.lacking(lacks_room(table, now), now);
  }
}

/// The lease that is due and ends first, of those that an answer can still reach; else of the others.
RenewalLoop::Entry* RenewalLoop::most_urgent(Table& table, MonotonicTime now) {
  const MonotonicTime reachable = saturating_add(now, table.answer_time);
  for (Ranked* const queue : {&table.fresh, &table.failed}) {
    while (queue->next() < reachable) {
      Entry& entry = queue->first();
      enqueue(entry, Queue::hopeless, entry.rank);
    }
  }
  Ranked* queue = &table.fresh;
  if (table.doubtful < (table.line.capacity() + 1) / 2) {
    if (table.failed.next() < table.fresh.next()) queue = &table.failed;
    if (queue->empty()) queue = &table.hopeless;
  }
  if (queue->empty()) return nullptr;
  Entry& entry = queue->first();
  return &entry;
}

/// Whether leases wait that were due a 24th of their length ago at least, and there are no more places than Little's law asks for
/// where each lease is renewed after a quarter of that length: a machine that stood still for a moment needs no more.
bool RenewalLoop::lacks_room(const Table& table, MonotonicTime now) noexcept {
  const auto late = [&](const Ranked& queue) {
    if (queue.empty()) return false;
    const Duration length = queue.first().state->length();
    const auto under_way = static_cast<double>(table.leases) * 4.0 * static_cast<double>(table.answer_time.count()) /
                           static_cast<double>(length.count());
    return queue.next() <= saturating_add(now, length / 8 * 5) && static_cast<double>(table.room.places()) <= under_way;
  };
  return late(table.fresh) || late(table.failed) || !table.hopeless.empty();
}

void RenewalLoop::end_flight(const Flight& flight) noexcept {
  --flight.table->flights;
  if (flight.doubtful) --flight.table->doubtful;
}

/// Begins what was chosen. Answers the flights that cannot take off: somebody else is renewing or releasing their leases.
std::vector<std::unique_ptr<RenewalLoop::Flight>> RenewalLoop::take_off() {
  std::vector<std::unique_ptr<Flight>> stranded;
  for (auto& chosen : chosen_) {
    Flight& flight = *chosen;
    if (!flight.turn) {
      stranded.push_back(std::move(chosen));
      continue;
    }
    flight.renewing.emplace(*std::move(flight.turn), flight.options);
    flight.turn.reset();
    flights_.emplace(flight.id, std::move(chosen));
    exchange_.begin(flight.id, flight.table->line, *flight.renewing);
  }
  chosen_.clear();
  return stranded;
}

void RenewalLoop::land(std::unique_lock<std::mutex>& lock, const Flight& flight, MonotonicTime now) {
  Table& table = *flight.table;
  end_flight(flight);
  const LeaseState* const key = flight.state.get();
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second.flight != flight.id) return;
  Entry& entry = found->second;
  entry.flight = 0;
  const bool renewed = flight.renewing && flight.renewing->result().ok();
  entry.term_began = entry.state->term_began();
  if (flight.renewing) table.room.ended(renewed, now);
  if (renewed) {
    const Duration took = now - flight.began;
    table.answer_time += (took - table.answer_time) / (table.answer_time == Duration::zero() ? 1 : 8);
    entry.retry_at = MonotonicTime::max();
    entry.failures = 0;
    entry.failure.reset();
    entry.early = renewal_spread(flight.state->length(), unit_interval(entropy_));
  } else {
    if (flight.renewing) {
      entry.failure = std::make_unique<Error>(flight.renewing->result().error());
      ++entry.failures;
    }
    const int failures = std::max(1, static_cast<int>(entry.failures));
    entry.retry_at = now + renewal_pause(failures, flight.state->length(), unit_interval(entropy_));
  }
  schedule(entry, now);
  if (!renewed || !entry.events || !entry.events->on_renewed) return;
  tell(lock, {entry.state, entry.events}, [](const Remains& about) { about.events->on_renewed(); });
}

}  // namespace dynamutex::lock
