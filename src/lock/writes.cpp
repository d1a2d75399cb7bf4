#include "lock/writes.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "lock/attributes.hpp"

namespace dynamutex::lock {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

bool is_cancelled(const dynamo::CallOptions& options) noexcept {
  return options.cancellation != nullptr && options.cancellation->cancelled();
}

void stamp(const Core& core, RecordWrite& write) {
  Record& record = write.record;
  record.expires_at = write.expiry.expires_at;
  record.ttl.reset();
  // Without the servers' time there is no TTL: a wrong clock could have DynamoDB delete a record that is held.
  if (record.expires_at) {
    record.ttl = std::chrono::ceil<seconds>(record.expires_at->time_since_epoch() + core.options.retention);
  }
}

dynamo::Number milliseconds_of(dynamo::ServerTime time) {
  return {std::to_string(std::chrono::floor<milliseconds>(time.time_since_epoch()).count())};
}

}  // namespace

RecordWrite first_write(Core& core, const LockName& name, Duration lease, std::optional<std::string> data) {
  RecordWrite write;
  write.from = core.clock.now();
  write.expiry = choose_expiry(core.table.server_clock(), write.from, core.clock.wall_now(), lease);
  write.record.name = name;
  write.record.owner = core.options.owner;
  write.record.version = random_hex_128(core.entropy);
  write.record.lease = lease;
  write.record.data = std::move(data);
  stamp(core, write);
  return write;
}

RecordWrite next_write(Core& core, const Record& current) {
  RecordWrite write;
  write.from = core.clock.now();
  write.record = current;
  write.record.version = random_hex_128(core.entropy);
  write.expiry = known_expiry(core.table.server_clock(), write.from, current.lease);
  stamp(core, write);
  return write;
}

dynamo::PutItem put_if_free(const Core& core, const RecordWrite& write) {
  dynamo::PutItem put{encode(write.record, core.options.schema, core.options.compat), {}};
  put.condition.text = "attribute_not_exists(#k) OR attribute_exists(#r)";
  put.condition.names = {{"#k", core.options.schema.key}, {"#r", std::string(attribute::kReleased)}};
  if (const auto bounds = core.table.server_clock().bounds(write.from); bounds) {
    put.condition.text += " OR #e < :now";
    put.condition.names.emplace_back("#e", attribute::kExpiresAt);
    put.condition.values.emplace_back(":now", milliseconds_of(bounds->earliest));
  }
  return put;
}

dynamo::PutItem put_if_version(const Core& core, const Record& record, const std::string& expected) {
  dynamo::PutItem put{encode(record, core.options.schema, core.options.compat), {}};
  put.condition.text = "#v = :v";
  put.condition.names = {{"#v", std::string(attribute::kVersion)}};
  put.condition.values = {{":v", expected}};
  return put;
}

dynamo::DeleteItem delete_if_version(const Core& core, const LockName& name, const std::string& expected,
                                     const std::string& alternative) {
  dynamo::DeleteItem erase{encode_key(name, core.options.schema), {}};
  erase.condition.text = alternative.empty() ? "#v = :v" : "#v = :v OR #v = :w";
  erase.condition.names = {{"#v", std::string(attribute::kVersion)}};
  erase.condition.values = {{":v", expected}};
  if (!alternative.empty()) erase.condition.values.emplace_back(":w", alternative);
  return erase;
}

bool is_transient(ErrorKind kind) noexcept {
  return kind == ErrorKind::not_applied || kind == ErrorKind::ambiguous || kind == ErrorKind::throttled ||
         kind == ErrorKind::timed_out;
}

Duration jittered(Core& core, Duration pause) noexcept {
  const double share = 0.5 + 0.5 * unit_interval(core.entropy);
  return Duration(static_cast<Duration::rep>(share * static_cast<double>(pause.count())));
}

Result<std::optional<Record>> read_record(Core& core, const LockName& name, const dynamo::CallOptions& options) {
  auto item = core.table.get({encode_key(name, core.options.schema), true}, options);
  if (!item) return std::move(item).error();
  if (!*item) return std::optional<Record>();
  auto record = decode(**item, core.options.schema);
  if (!record) return std::move(record).error();
  return std::optional<Record>(*std::move(record));
}

namespace {

/// What a refused write ran into.
Settled settle_refusal(Core& core, const LockName& name, dynamo::WriteOutcome outcome, MonotonicTime asked, bool in_doubt,
                       const dynamo::CallOptions& options) {
  Settled settled;
  settled.asked = asked;
  settled.in_doubt = in_doubt || outcome.doubted;
  Result<std::optional<Record>> record = std::optional<Record>();
  if (outcome.item) {
    auto decoded = decode(*outcome.item, core.options.schema);
    if (decoded) {
      record = std::optional<Record>(*std::move(decoded));
    } else {
      record = std::move(decoded).error();
    }
  } else {
    settled.asked = core.clock.now();
    record = read_record(core, name, options);
  }
  if (record) {
    settled.status = Settled::Status::refused;
    settled.record = *std::move(record);
  } else {
    settled.error = std::move(record).error();
  }
  return settled;
}

}  // namespace

Settled settle(Core& core, const LockName& name, const Write& write, const dynamo::CallOptions& options) {
  bool in_doubt = false;
  for (Duration pause = core.options.poll_min;; pause = std::min(pause * 2, core.options.poll_max)) {
    const MonotonicTime asked = core.clock.now();
    auto outcome = write(options);
    if (outcome && outcome->status == dynamo::WriteOutcome::Status::applied) {
      Settled settled;
      settled.status = Settled::Status::applied;
      settled.asked = asked;
      return settled;
    }
    if (outcome) return settle_refusal(core, name, *std::move(outcome), asked, in_doubt, options);

    in_doubt = in_doubt || outcome.error().kind == ErrorKind::ambiguous;
    const MonotonicTime again_at = saturating_add(core.clock.now(), jittered(core, pause));
    const bool again = in_doubt && is_transient(outcome.error().kind) && !is_cancelled(options) &&
                       again_at < options.deadline && core.clock.wait_until(again_at, options.cancellation);
    if (!again) {
      Settled settled;
      settled.asked = asked;
      settled.error = std::move(outcome).error();
      settled.in_doubt = in_doubt;
      return settled;
    }
  }
}

}  // namespace dynamutex::lock
