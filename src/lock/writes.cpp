#include "lock/writes.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "lock/attributes.hpp"
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

/// An expression of its own placeholders; `:now` and the rest come in as they are needed.
struct Terms {
  dynamo::Expression expression;

  Terms() {
    constexpr std::size_t typical = 96;
    constexpr std::size_t names_max = 5;
    constexpr std::size_t values_max = 3;
    expression.text.reserve(typical);
    expression.names.reserve(names_max);
    expression.values.reserve(values_max);
  }

  void name(const char* placeholder, std::string_view attribute_name) {
    expression.names.emplace_back(placeholder, attribute_name);
  }
  void value(const char* placeholder, dynamo::AttributeValue attribute_value) {
    expression.values.emplace_back(placeholder, std::move(attribute_value));
  }
};

/// Adds that the token is still ours: a late copy of the acquiring write can have brought our version back with a higher one.
void add_token_condition(Terms& terms, const Record& record) {
  if (!record.fencing_token) return;
  terms.name("#f", attribute::kFencingToken);
  terms.value(":f", dynamo::Number{std::to_string(record.fencing_token->value)});
  terms.expression.text = "(" + terms.expression.text + ") AND #f = :f";
}

/// "The version is `expected`", or `alternative` where that is not empty.
void add_version_condition(Terms& terms, const std::string& expected, const std::string& alternative) {
  terms.name("#v", attribute::kVersion);
  terms.value(":v", expected);
  terms.expression.text = alternative.empty() ? "#v = :v" : "#v = :v OR #v = :w";
  if (!alternative.empty()) terms.value(":w", alternative);
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
  Terms terms;
  terms.name("#r", attribute::kReleased);
  if (fenced) terms.name("#f", attribute::kFencingToken);
  std::string& condition = terms.expression.text;
  if (fenced && !token_floor(core, write.from)) {
    // Without the servers' time, or with a vague one, there is no floor for a new row's first token: only a row that has one will do.
    condition = "attribute_exists(#f) AND attribute_exists(#r)";
  } else {
    terms.name("#k", core.options.schema.key);
    condition = "attribute_not_exists(#k) OR attribute_exists(#r)";
  }
  if (bounds) {
    terms.name("#e", attribute::kExpiresAt);
    terms.name("#x", attribute::kExpiresVersion);
    terms.name("#v", attribute::kVersion);
    terms.value(":now", milliseconds_of(bounds->earliest));
    // A live record without a token is somebody's who does not fence: it is to be refused, and told.
    // Nor is a copy of this very write to take the lock again, with another token, where the expiry that it wrote was a guess that
    // is over already.
    condition += fenced ? " OR (attribute_exists(#f) AND #e < :now AND #x = #v AND #v <> :me)" : " OR (#e < :now AND #x = #v)";
    if (fenced) terms.value(":me", write.record.version);
  }
  return acquiring(core, write, fenced, std::move(terms.expression));
}

dynamo::Operation take_over(Core& core, const RecordWrite& write, bool fenced, const std::string& dead_version) {
  Terms terms;
  add_version_condition(terms, dead_version, {});
  return acquiring(core, write, fenced, std::move(terms.expression));
}

dynamo::Operation renew_if_version(Core& core, const Record& record, const std::string& expected) {
  Terms terms;
  add_version_condition(terms, expected, {});
  add_token_condition(terms, record);
  return put(core, record, std::move(terms.expression));
}

dynamo::Operation free_if_version(Core& core, const Record& record, const std::string& expected, const std::string& alternative,
                                  MonotonicTime now) {
  Terms terms;
  add_version_condition(terms, expected, alternative);
  add_token_condition(terms, record);
  if (record.fencing_token) {
    Record freed = record;
    freed.released = true;
    freed.version = random_hex_128(core.entropy);
    // A guessed expiry brought none. A row that is kept counts its retention from now.
    const auto bounds = freed.ttl ? std::nullopt : core.table.server_clock().bounds(now);
    if (bounds) freed.ttl = std::chrono::ceil<seconds>(bounds->latest.time_since_epoch() + core.options.retention);
    return put(core, freed, std::move(terms.expression));
  }
  return dynamo::DeleteItem{encode_key(record.name, core.options.schema), std::move(terms.expression)};
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
