#include "dynamutex/lock/record.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "lock/attributes.hpp"

namespace dynamutex::lock {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// For how long a name may be in a message; the rest is cut.
constexpr std::size_t kShownNameMax = 100;

Error malformed(const LockName& name, std::string_view what) {
  return make_error(ErrorKind::invalid, "the item '" + name.key.substr(0, kShownNameMax) + "' is no lock record: " +
                                            std::string(what) + "; use another lock name, or a table of its own for locks");
}

template <class Integer>
std::optional<Integer> to_integer(const dynamo::Number& number) noexcept {
  Integer value{};
  const char* end = number.decimal.data() + number.decimal.size();
  const auto parsed = std::from_chars(number.decimal.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

template <class Integer>
dynamo::Number to_number(Integer value) {
  return {std::to_string(value)};
}

/// Reads an optional attribute of type N into `into`; false where it is there and is no such number.
template <class Integer>
bool read_number(const dynamo::Item& item, std::string_view name, std::optional<Integer>& into) {
  if (item.find(name) == nullptr) return true;
  const auto* number = item.find_as<dynamo::Number>(name);
  if (number == nullptr) return false;
  into = to_integer<Integer>(*number);
  return into.has_value();
}

std::string lease_duration_text(Duration lease, Compat compat) {
  // No less than what the holder counts on.
  const auto whole = std::chrono::ceil<milliseconds>(lease).count();
  if (compat == Compat::java) return std::to_string(whole);
  return whole % 1000 == 0 ? std::to_string(whole / 1000) + "s" : std::to_string(whole) + "ms";
}

void set_key(const LockName& name, const KeySchema& schema, dynamo::Item& item) {
  item.set(schema.key, name.key);
  if (!schema.sort_key.empty()) item.set(schema.sort_key, name.sort_key);
}

}  // namespace

bool is_record_attribute(std::string_view name) noexcept {
  return std::find(attribute::kAll.begin(), attribute::kAll.end(), name) != attribute::kAll.end();
}

dynamo::Item encode_key(const LockName& name, const KeySchema& schema) {
  dynamo::Item item;
  set_key(name, schema, item);
  return item;
}

dynamo::Item encode(const Record& record, const KeySchema& schema, Compat compat) {
  dynamo::Item item;
  item.reserve(attribute::kAll.size() + 2);
  set_key(record.name, schema, item);
  item.set(attribute::kOwner, record.owner);
  item.set(attribute::kVersion, record.version);
  item.set(attribute::kLeaseDuration, lease_duration_text(record.lease, compat));
  if (record.expires_at) {
    item.set(attribute::kExpiresAt, to_number(duration_cast<milliseconds>(record.expires_at->time_since_epoch()).count()));
    item.set(attribute::kExpiresVersion, record.version);
  }
  if (record.fencing_token) item.set(attribute::kFencingToken, to_number(record.fencing_token->value));
  if (record.released) item.set(attribute::kReleased, attribute::kReleasedValue);
  if (record.data) item.set(attribute::kData, dynamo::Binary{*record.data});
  if (record.ttl) item.set(attribute::kTtl, to_number(record.ttl->count()));
  return item;
}

Result<Record> decode(const dynamo::Item& item, const KeySchema& schema) {
  Record record;
  const auto* key = item.find_as<std::string>(schema.key);
  if (key == nullptr) return malformed(record.name, "it has no key attribute '" + schema.key + "' of type S");
  record.name.key = *key;
  if (!schema.sort_key.empty()) {
    const auto* sort_key = item.find_as<std::string>(schema.sort_key);
    if (sort_key == nullptr) return malformed(record.name, "it has no sort key '" + schema.sort_key + "' of type S");
    record.name.sort_key = *sort_key;
  }
  const auto* version = item.find_as<std::string>(attribute::kVersion);
  if (version == nullptr || version->empty()) return malformed(record.name, "it has no recordVersionNumber of type S");
  record.version = *version;
  if (const auto* owner = item.find_as<std::string>(attribute::kOwner); owner != nullptr) record.owner = *owner;
  record.released = item.find(attribute::kReleased) != nullptr;

  const auto* lease_text = item.find_as<std::string>(attribute::kLeaseDuration);
  const auto lease = lease_text == nullptr ? std::nullopt : parse_lease_duration(*lease_text);
  if (!lease && !record.released) {
    return malformed(record.name, "its leaseDuration is neither milliseconds (\"20000\") nor a Go duration (\"20s\")");
  }
  record.lease = lease.value_or(Duration::zero());

  std::optional<std::int64_t> expires_ms;
  std::optional<std::int64_t> ttl_s;
  std::optional<std::uint64_t> token;
  if (!read_number(item, attribute::kExpiresAt, expires_ms) || !read_number(item, attribute::kTtl, ttl_s) ||
      !read_number(item, attribute::kFencingToken, token)) {
    return malformed(record.name, "expiresAt, ttl or fencingToken is not a whole number of type N");
  }
  const auto* expires_version = item.find_as<std::string>(attribute::kExpiresVersion);
  if (expires_ms && expires_version != nullptr && *expires_version == record.version) {
    const std::int64_t limit = duration_cast<milliseconds>(Duration::max()).count();
    if (*expires_ms < 0 || *expires_ms > limit) return malformed(record.name, "its expiresAt is out of range");
    record.expires_at = dynamo::ServerTime(milliseconds(*expires_ms));
  }
  if (token) record.fencing_token = FencingToken{*token};
  if (ttl_s) record.ttl = seconds(*ttl_s);
  if (const auto* data = item.find_as<dynamo::Binary>(attribute::kData); data != nullptr) record.data = data->bytes;
  return record;
}

}  // namespace dynamutex::lock
