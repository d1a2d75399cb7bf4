#include "simulation/checker.hpp"

#include <algorithm>
#include <chrono>

namespace dynamutex::simulation {
namespace {

std::string text(const Origin& origin) {
  return "process " + std::to_string(origin.process) + ", acquire " + std::to_string(origin.acquisition);
}

}  // namespace

Checker::Checker(World& world, Server& server, const Settings& settings, Tally& tally)
    : world_(world), server_(server), settings_(settings), tally_(tally) {
  for (int i = 0; i < settings.locks; ++i) {
    const lock::LockName name = settings.name(i);
    row_names_.push_back(name.key + '/' + name.sort_key);
  }
  writers_.resize(row_names_.size());
  standing_.resize(row_names_.size());
}

const Checker::Standing& Checker::standing(int lock) {
  if (seen_revision_ != server_.revision()) {
    seen_revision_ = server_.revision();
    for (std::size_t i = 0; i < row_names_.size(); ++i) {
      const auto found = server_.rows().find(row_names_[i]);
      const Row* const row = found == server_.rows().end() ? nullptr : &found->second;
      standing_[i] = {row, row != nullptr && row->item.find("isReleased") == nullptr};
    }
  }
  return standing_[static_cast<std::size_t>(lock)];
}

void Checker::broken(const char* rule, const std::string& detail) {
  if (!violation_.empty()) return;
  violation_ = rule;
  if (!detail.empty()) violation_ += ": " + detail;
  world_.trace("VIOLATION %s", violation_.c_str());
  world_.stop();
}

void Checker::granted(const Process& process, const lock::Lease& lease, int lock) {
  const Origin origin{process.id, process.acquisition};
  holders_.push_back({&process, origin, lock, &lease, {}, {}, process.machine->frozen_for});
  note_term(holders_.back());
  if (!settings_.fenced || !holds(holders_.back())) return;
  const auto token = lease.fencing_token();
  require(token.has_value(), "a fenced lease has a token", [&] { return text(origin); });
  if (!token || settings_.assumptions != Assumptions::hold) return;
  lock::FencingToken& last = last_token_[lock];
  require(last < *token || broken_.count(origin) != 0, "fencing tokens grow with every grant",
          [&] { return text(origin) + " got " + std::to_string(token->value) + " after " + std::to_string(last.value); });
  last = std::max(last, *token);
}

void Checker::ended(const Process& process, const lock::Lease& lease) {
  given_back_.insert({process.id, process.acquisition});
  holders_.erase(std::remove_if(holders_.begin(), holders_.end(), [&](const Holder& holder) { return holder.lease == &lease; }),
                 holders_.end());
}

void Checker::foreign_holds(const Process& process, int lock, TrueTime until) {
  foreign_ended(process);
  holders_.push_back({&process, {process.id, process.acquisition}, lock, nullptr, until, {}, {}, false});
}

void Checker::foreign_ended(const Process& process) {
  holders_.erase(
      std::remove_if(holders_.begin(), holders_.end(), [&](const Holder& holder) { return holder.process == &process; }),
      holders_.end());
}

void Checker::acquire_failed(const Process& process, int lock, const Error& error) {
  const Origin origin{process.id, process.acquisition};
  const Standing left = standing(lock);
  // What arrives late cannot be known of.
  const bool leaked = left.live && left.row->writer == origin && !left.row->writer.late;
  require(!leaked || error.kind == ErrorKind::ambiguous, "a failed acquire leaves no record behind without saying so",
          [&] { return text(origin) + ": " + to_string(error.kind) + ": " + error.message; });
}

void Checker::loss_told(const Process& process) {
  const Origin origin{process.id, process.acquisition};
  ++tally_.losses_told;
  require(settings_.assumptions != Assumptions::hold || disturbed_.count(origin) != 0, "a loss that the table told is a loss",
          [&] { return text(origin); });
}

void Checker::resource_written(const Process& process, int lock, lock::FencingToken token, bool stale) {
  if (settings_.assumptions != Assumptions::hold) return;
  lock::FencingToken& highest = resource_token_[lock];
  if (token < highest) {
    ++tally_.stale_writes_refused;
    require(stale || broken_.count({process.id, process.acquisition}) != 0, "a living holder's token is the highest",
            [&] { return "lock " + std::to_string(lock); });
    return;
  }
  highest = token;
}

bool Checker::holds(const Holder& holder) const {
  if (holder.process->crashed || broken_.count(holder.origin) != 0) return false;
  if (holder.lease == nullptr) return world_.now() < holder.until;
  const World::NoPause no_pause(world_);
  return holder.lease->still_held();
}

void Checker::note_term(Holder& holder) {
  if (holder.process->crashed) return;
  const World::NoPause no_pause(world_);
  const Duration left = holder.lease->remaining();
  const MonotonicTime end = local_now(world_, *holder.process) + left;
  const bool is_held = left > Duration::zero();
  const bool is_first = holder.term.end == MonotonicTime();
  // A step that began a term may have gone on to be paused.
  if (is_first || (is_held && end != holder.term.end)) holder.term = {end, holder.frozen_seen, is_held};
  holder.frozen_seen = holder.process->machine->frozen_for;
  // But for a pause between reading the clock and acting on it.
  const bool comes_back = is_held && holder.ended && holder.process->paused_until != world_.now();
  require(!comes_back, "a lease that ended does not come back", [&] { return text(holder.origin); });
  holder.ended = !is_held;
}

Checker::Term Checker::term_of(const lock::Lease& lease) const {
  const auto found = std::find_if(holders_.begin(), holders_.end(), [&](const Holder& holder) { return holder.lease == &lease; });
  return found == holders_.end() ? Term{} : found->term;
}

void Checker::check() {
  for (std::size_t i = 0; i < holders_.size(); ++i) {
    if (holders_[i].lease != nullptr) note_term(holders_[i]);
    if (!holds(holders_[i])) continue;
    if (holders_[i].lease != nullptr) check_row(holders_[i]);
    for (std::size_t j = i + 1; j < holders_.size(); ++j) {
      if (holders_[j].lock == holders_[i].lock && holds(holders_[j])) check_pair(holders_[i], holders_[j]);
    }
  }
}

void Checker::check_row(const Holder& holder) {
  if (settings_.assumptions != Assumptions::hold) return;
  const Standing& now = standing(holder.lock);
  require(now.live && now.row->writer == holder.origin, "while a lease is held its record stands in the table", [&] {
    return text(holder.origin) + (now.row == nullptr ? "; there is none" : "; written by " + text(now.row->writer));
  });
}

/// DynamoDB's TTL counts in seconds, and never deletes a record before its retention is over.
void Checker::check_ttl(const Row& row) {
  const auto record = lock::decode(row.item, settings_.schema);
  if (!record || !record->ttl || !record->expires_at) return;
  const Duration kept = *record->ttl - record->expires_at->time_since_epoch();
  require(kept >= settings_.retention && kept < settings_.retention + std::chrono::seconds(2),
          "a record's ttl is its expiry and the retention, in seconds", [&] { return text(row.writer); });
}

void Checker::check_pair(const Holder& a, const Holder& b) {
  if (settings_.assumptions != Assumptions::hold) {
    overlap_found_ = true;
    return;
  }
  require(false, "never two holders", [&] { return text(a.origin) + " and " + text(b.origin); });
}

void Checker::after_serving(const Exchange& exchange) {
  if (exchange.writes()) note_writers(exchange.origin, exchange.breaking);
}

void Checker::rows_deleted() { note_writers({}, false); }

void Checker::note_writers(const Origin& by, bool forced) {
  // A refused write changes nothing.
  if (noted_revision_ == server_.revision()) return;
  noted_revision_ = server_.revision();
  for (std::size_t i = 0; i < writers_.size(); ++i) {
    const Standing& now = standing(static_cast<int>(i));
    std::optional<Origin> writer;
    if (now.live) {
      writer = now.row->writer;
      check_ttl(*now.row);
    }
    if (writers_[i] && !(writer && *writer == *writers_[i]) && !(by == *writers_[i])) {
      disturbed_.insert(*writers_[i]);
      if (forced) broken_.insert(*writers_[i]);
    }
    writers_[i] = writer;
  }
}

}  // namespace dynamutex::simulation
