#include "lock/writes.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "lock/fencing.hpp"

namespace dynamutex::lock {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

void stamp(const Core& core, RecordWrite& write, bool with_ttl) {
  Record& record = write.record;
  record.expires_at = write.expiry.expires_at;
  record.ttl.reset();
  // Without the servers' time there is no TTL: a wrong clock could have DynamoDB delete a record that is held.
  if (record.expires_at && with_ttl) {
    record.ttl = std::chrono::ceil<seconds>(record.expires_at->time_since_epoch() + core.options.retention);
  }
}

dynamo::Number milliseconds_of(dynamo::ServerTime time) {
  return {std::to_string(std::chrono::floor<milliseconds>(time.time_since_epoch()).count())};
}

}  // namespace

RecordWrite first_write(Core& core, const LockName& name, const AcquireOptions& options) {
  RecordWrite write;
  write.from = core.clock.now();
  write.expiry = choose_expiry(core.table.server_clock(), write.from, core.clock.wall_now(), options.lease);
  write.record.name = name;
  write.record.owner = core.options.owner;
  write.record.version = random_hex_128(core.entropy);
  write.record.lease = options.lease;
  write.record.data = options.data;
  // A guess may lie far in the past. A plain record that TTL deletes for it is lost and told so; a fenced row would take the
  // last token with it.
  stamp(core, write, !(options.fenced && write.expiry.guessed));
  return write;
}

RecordWrite next_write(Core& core, const Record& current) {
  const MonotonicTime from = core.clock.now();
  return next_write(core, current, random_hex_128(core.entropy), from);
}

RecordWrite next_write(const Core& core, const Record& current, std::string version, MonotonicTime from) {
  RecordWrite write;
  write.from = from;
  write.record = current;
  write.record.version = std::move(version);
  write.expiry = known_expiry(core.table.server_clock(), write.from, current.lease);
  stamp(core, write, true);
  return write;
}

namespace {

// Conditions spell our attributes' names out: none of those is a reserved word of DynamoDB (its Developer Guide, "Reserved words in
// DynamoDB"). The key's name is the user's and may be one, so it takes a placeholder.

/// "The version is `expected`", or `alternative` where that is not empty.
dynamo::Expression version_condition(const std::string& expected, const std::string& alternative = {}) {
  dynamo::Expression condition{"recordVersionNumber = :v", {}, {}};
  condition.values.emplace_back(":v", expected);
  if (!alternative.empty()) {
    condition.text += " OR recordVersionNumber = :w";
    condition.values.emplace_back(":w", alternative);
  }
  return condition;
}

/// Adds that the token is still ours: a late copy of the acquiring write can have brought our version back with a higher one.
void add_token_condition(dynamo::Expression& condition, const Record& record) {
  if (!record.fencing_token) return;
  condition.text = "(" + condition.text + ") AND fencingToken = :f";
  condition.values.emplace_back(":f", dynamo::Number{std::to_string(record.fencing_token->value)});
}

dynamo::Operation put(const Core& core, const Record& record, dynamo::Expression condition) {
  return dynamo::PutItem{encode(record, core.options.schema, core.options.compat), std::move(condition)};
}

dynamo::Operation acquiring(Core& core, const RecordWrite& write, bool fenced, dynamo::Expression condition) {
  return fenced ? fenced_update(core, write, std::move(condition)) : put(core, write.record, std::move(condition));
}

}  // namespace

dynamo::Operation take_if_free(Core& core, const RecordWrite& write, bool fenced) {
  const auto bounds = core.table.server_clock().bounds(write.from);
  dynamo::Expression condition;
  if (fenced && !token_floor(core, write.from)) {
    // Without the servers' time, or with a vague one, there is no floor for a new row's first token: only a row that has one will do.
    condition.text = "attribute_exists(fencingToken) AND attribute_exists(isReleased)";
  } else {
    condition.text = "attribute_not_exists(#k) OR attribute_exists(isReleased)";
    condition.names.emplace_back("#k", core.options.schema.key);
  }
  if (bounds) {
    // A live record without a token is somebody's who does not fence: it is to be refused, and told.
    // Nor is a copy of this very write to take the lock again, with another token, where the expiry that it wrote was a guess that
    // is over already.
    condition.text += fenced ? " OR (attribute_exists(fencingToken) AND expiresAt < :now AND expiresVersion = recordVersionNumber"
                               " AND recordVersionNumber <> :me)"
                             : " OR (expiresAt < :now AND expiresVersion = recordVersionNumber)";
    condition.values.emplace_back(":now", milliseconds_of(bounds->earliest));
    if (fenced) condition.values.emplace_back(":me", write.record.version);
  }
  return acquiring(core, write, fenced, std::move(condition));
}

dynamo::Operation take_over(Core& core, const RecordWrite& write, bool fenced, const std::string& dead_version) {
  return acquiring(core, write, fenced, version_condition(dead_version));
}

dynamo::Operation renew_if_version(Core& core, const Record& record, const std::string& expected) {
  dynamo::Expression condition = version_condition(expected);
  add_token_condition(condition, record);
  return put(core, record, std::move(condition));
}

dynamo::Operation free_if_version(Core& core, const Record& record, const std::string& expected, const std::string& alternative,
                                  MonotonicTime now) {
  dynamo::Expression condition = version_condition(expected, alternative);
  add_token_condition(condition, record);
  if (record.fencing_token) {
    Record freed = record;
    freed.released = true;
    freed.version = random_hex_128(core.entropy);
    // A guessed expiry brought none. A row that is kept counts its retention from now.
    const auto bounds = freed.ttl ? std::nullopt : core.table.server_clock().bounds(now);
    if (bounds) freed.ttl = std::chrono::ceil<seconds>(bounds->latest.time_since_epoch() + core.options.retention);
    return put(core, freed, std::move(condition));
  }
  return dynamo::DeleteItem{encode_key(record.name, core.options.schema), std::move(condition)};
}

bool is_cancelled(const dynamo::CallOptions& options) noexcept {
  return options.cancellation != nullptr && options.cancellation->cancelled();
}

bool is_transient(ErrorKind kind) noexcept {
  return kind == ErrorKind::not_applied || kind == ErrorKind::ambiguous || kind == ErrorKind::throttled ||
         kind == ErrorKind::timed_out;
}

Duration jittered(Core& core, Duration pause) noexcept {
  const double share = 0.5 + 0.5 * unit_interval(core.entropy);
  return Duration(static_cast<Duration::rep>(share * static_cast<double>(pause.count())));
}

dynamo::Operation read_of(const Core& core, const LockName& name) {
  return dynamo::GetItem{encode_key(name, core.options.schema), true};
}

Result<std::optional<Record>> to_record(const Core& core, Result<dynamo::WriteOutcome> answer) {
  if (!answer) return std::move(answer).error();
  if (!answer->item) return std::optional<Record>();
  auto record = decode(*answer->item, core.options.schema);
  if (!record) return std::move(record).error();
  return std::optional<Record>(*std::move(record));
}

}  // namespace dynamutex::lock
