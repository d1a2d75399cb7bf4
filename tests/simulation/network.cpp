#include "simulation/network.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace dynamutex::simulation {

Network::Network(World& world, Server& server, FaultPlan& faults, FaultCounts& counts, NetworkOptions options)
    : world_(world), server_(server), faults_(faults), counts_(counts), options_(std::move(options)) {}

Network::Outage& Network::outage_of(const Process& process) {
  const auto index = static_cast<std::size_t>(process.id);
  if (outages_.size() <= index) outages_.resize(index + 1);
  return outages_[index];
}

void Network::lose_next_reply(const Process& process, bool noticed, std::optional<lock::LockName> about) {
  next_lost_reply_ = LostReply{process.id, noticed, std::move(about)};
}

bool Network::happens(Fault fault) {
  if (!world_.random.chance(faults_.of(fault))) return false;
  counts_.add(fault);
  return true;
}

Duration Network::latency() {
  return faults_.active ? world_.random.between(options_.latency_min, options_.latency_max)
                        : world_.random.between(Duration(0), options_.calm_latency_max);
}

std::optional<dynamo::ServerTime> Network::date() {
  const Duration error = options_.front_ends[world_.random.below(options_.front_ends.size())];
  return std::chrono::floor<std::chrono::seconds>(kServerEpoch + world_.now() + error);
}

Answer Network::draw_answer(const Process& process) {
  if (outage_of(process).denied) {
    counts_.add(Fault::credentials_expired);
    return Answer::denied;
  }
  if (happens(Fault::throttled)) return Answer::throttled;
  if (happens(Fault::error_not_applied)) return Answer::error_not_applied;
  if (happens(Fault::error_applied)) return Answer::error_applied;
  return Answer::normal;
}

Exchange& Network::begin(Process& process, std::unique_ptr<Exchange> exchange) {
  exchanges_.push_back(std::move(exchange));
  Exchange& one = *exchanges_.back();
  one.origin = {process.id, process.acquisition};
  one.breaking = process.breaking;
  one.number = ++process.requests;
  one.waiter = world_.current();
  if (happens(Fault::connection_refused)) {
    world_.trace("cannot send %s #%d", one.name(), one.number);
    one.unreachable = true;
    finish(one, world_.now() + latency(), false);
  } else {
    dispatch(process, one);
  }
  return one;
}

void Network::dispatch(Process& process, Exchange& exchange) {
  const TrueTime now = world_.now();
  const Outage outage = outage_of(process);
  world_.trace("sends %s #%d", exchange.name(), exchange.number);
  const auto concerned = [&](const lock::LockName& name) { return exchange.concerns(name); };
  if (std::any_of(hanging_.begin(), hanging_.end(), concerned)) return;
  const bool noticed = world_.random.coin();
  if (outage.requests) counts_.add(Fault::partition_requests);
  if (outage.requests || happens(Fault::request_lost)) {
    world_.trace("  request lost");
    if (!outage.requests && noticed) finish(exchange, now + latency(), false);
    return;
  }
  Copy copy{&exchange, &process, draw_answer(process), false, false, latency()};
  if (outage.replies) counts_.add(Fault::partition_replies);
  copy.reply_lost = outage.replies || happens(Fault::reply_lost) || happens(Fault::cut_reply);
  copy.lost_noticed = !outage.replies && noticed;
  if (const auto& lost = next_lost_reply_;
      lost && lost->process == process.id && (!lost->about || exchange.concerns(*lost->about))) {
    copy.reply_lost = true;
    copy.lost_noticed = lost->noticed;
    counts_.add(Fault::reply_lost);
    next_lost_reply_.reset();
  }
  Duration there = latency();
  if (happens(Fault::delay_beyond_lease)) {
    const Duration extra = world_.random.between(options_.lease_max / 2, options_.lease_max * 3);
    (world_.random.coin() ? there : copy.back) += extra;
  }
  exchange.never_dated = faults_.always(Fault::date_missing) || faults_.always(Fault::age_added);
  exchange.old_item_hidden = happens(Fault::old_item_not_told);
  exchange.aged = happens(Fault::age_added);
  schedule(now + there, copy);

  // A request that the service refused to handle is not handled later either.
  if (copy.answer != Answer::normal && copy.answer != Answer::error_applied) return;
  const bool late = happens(Fault::late_duplicate);
  if (!late && !happens(Fault::duplicate)) return;
  const Duration behind = late ? world_.random.between(Duration(0), options_.lease_max * 4) : latency();
  // The copy's reply comes to nobody.
  schedule(now + there + behind, {&exchange, &process, Answer::normal, true, false, {}});
}

void Network::schedule(TrueTime when, const Copy& copy) {
  last_arrival_ = std::max(last_arrival_, when);
  copies_.push_back(copy);
  const std::size_t index = copies_.size() - 1;
  world_.at(when, [this, index] { arrive(index); });
}

void Network::arrive(std::size_t index) {
  const Copy copy = copies_[index];
  Exchange& exchange = *copy.exchange;
  if (exchange.writes()) {
    const auto of = static_cast<std::size_t>(copy.process->id);
    if (last_written_.size() <= of) last_written_.resize(of + 1);
    if (last_written_[of] > exchange.number) counts_.add(Fault::reordered);
    last_written_[of] = std::max(last_written_[of], exchange.number);
    if (watcher_ != nullptr && watcher_->gave_back(exchange.origin)) counts_.add(Fault::late_after_release);
  }
  exchange.origin.late = exchange.waiter == nullptr || exchange.arrived;
  exchange.arrived = true;
  const bool missing = happens(Fault::date_missing);
  exchange.serve(server_, copy.answer, missing ? std::nullopt : date());
  world_.trace("  %s #%d of process %d arrives: %s%s", exchange.name(), exchange.number, exchange.origin.process,
               exchange.reply_text(), copy.reply_lost ? "; nobody hears it" : "");
  if (watcher_ != nullptr) watcher_->after_serving(exchange);
  if (!copy.reply_lost) {
    exchange.corrupted = happens(Fault::corrupt_reply);
    finish(exchange, world_.now() + copy.back, true);
  } else if (copy.lost_noticed) {
    finish(exchange, world_.now() + copy.back, false);
  }
}

void Network::finish(Exchange& exchange, TrueTime when, bool replied) {
  Exchange* const one = &exchange;
  // Two closures small enough for std::function to keep in place.
  if (replied) {
    world_.at(when, [this, one] { end(*one, one->replied); });
  } else {
    world_.at(when, [this, one] { end(*one, one->connection_lost); });
  }
}

void Network::end(Exchange& exchange, bool& how) {
  if (exchange.replied || exchange.connection_lost) return;
  how = true;
  if (exchange.waiter != nullptr) world_.wake(*exchange.waiter);
}

}  // namespace dynamutex::simulation
