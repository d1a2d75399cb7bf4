#include "cli/handle.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "cli/console.hpp"
#include "cli/errors.hpp"
#include "dynamutex/lock/lock_client.hpp"

namespace dynamutex::cli {
namespace {

// What is read needs no order, and one parser for all costs less.
using nlohmann::json;
using nlohmann::ordered_json;
using std::chrono::milliseconds;

constexpr const char* kFormat = "dynamutex-handle";
constexpr int kVersion = 1;

ordered_json to_object(const lock::LeaseTerm& term) {
  const auto valid_until = std::chrono::floor<milliseconds>(term.valid_until.time_since_epoch());
  return {{"version", term.version}, {"valid_until_ms", valid_until.count()}};
}

ordered_json token_or_null(const std::optional<lock::FencingToken>& token) {
  return token ? ordered_json(std::to_string(token->value)) : ordered_json(nullptr);
}

/// Reads members, and remembers the first that is not as it has to be.
class Reader {
 public:
  explicit Reader(const json& object) : object_(object) {}

  void text(const char* name, std::string& into) {
    if (const auto* found = member(name); found != nullptr && found->is_string()) {
      into = found->get_ref<const std::string&>();
    } else {
      refuse(name);
    }
  }
  void milliseconds_of(const char* name, Duration& into) {
    constexpr std::int64_t kMax = Duration::max().count() / 1'000'000;
    const auto* found = member(name);
    if (found == nullptr || !found->is_number_integer()) return refuse(name);
    const auto value = found->get<std::int64_t>();
    if (value < 0 || value > kMax || (found->is_number_unsigned() && found->get<std::uint64_t>() > kMax)) return refuse(name);
    into = milliseconds(value);
  }
  void token(const char* name, std::optional<lock::FencingToken>& into) {
    if (is_null(name)) return;
    std::string digits;
    text(name, digits);
    lock::FencingToken value;
    const auto [rest, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value.value);
    if (problem != std::errc() || rest != digits.data() + digits.size()) return refuse(name);
    into = value;
  }
  void term(const char* name, lock::LeaseTerm& into) {
    const auto* found = member(name);
    if (found == nullptr || !found->is_object()) return refuse(name);
    Reader inner(*found);
    inner.text("version", into.version);
    Duration since_boot{};
    inner.milliseconds_of("valid_until_ms", since_boot);
    into.valid_until = MonotonicTime(since_boot);
    if (inner.wrong_ != nullptr || into.version.empty()) refuse(name);
  }
  [[nodiscard]] bool is_null(const char* name) const {
    const auto* found = member(name);
    return found != nullptr && found->is_null();
  }
  void refuse(const char* name) {
    if (wrong_ == nullptr) wrong_ = name;
  }
  /// Null if all is well.
  [[nodiscard]] const char* wrong() const noexcept { return wrong_; }

 private:
  [[nodiscard]] const json* member(const char* name) const {
    const auto found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
  }

  const json& object_;
  const char* wrong_ = nullptr;
};

Result<void> check_format(const json& object) {
  if (!object.is_object() || object.value("format", json()) != kFormat) return invalid("is no handle of dynamutex");
  const auto version = object.find("format_version");
  if (version == object.end() || !version->is_number_integer()) return invalid("is damaged (format_version)");
  if (*version != kVersion) return invalid("was written by another version of dynamutex; release its lock with that one");
  return {};
}

Result<std::string> agreed(const char* flag, const std::optional<std::string>& given, const std::string& of_handle) {
  if (!given || *given == of_handle) return of_handle;
  return invalid(std::string(flag) + ": the handle is for " + quote(of_handle) + ", not for " + quote(*given));
}

}  // namespace

Handle make_handle(lock::LeaseHandle lease, const Settings& settings, lock::Compat compat) {
  return {std::move(lease), settings.table, settings.region, settings.endpoint, settings.schema, compat};
}

std::string to_json(const Handle& handle) {
  const lock::LeaseHandle& lease = handle.lease;
  ordered_json object;
  object["format"] = kFormat;
  object["format_version"] = kVersion;
  object["table"] = handle.table;
  object["region"] = handle.region;
  object["endpoint"] = handle.endpoint;
  object["key_name"] = handle.schema.key;
  object["sort_key_name"] = handle.schema.sort_key;
  object["compat"] = handle.compat == lock::Compat::go ? "go" : "java";
  object["name"] = lease.name.key;
  object["sort_key"] = lease.name.sort_key;
  object["owner"] = lease.owner;
  object["lease_ms"] = std::chrono::floor<milliseconds>(lease.lease).count();
  object["fencing_token"] = token_or_null(lease.fencing_token);
  object["boot_id"] = lease.boot_id;
  object["held"] = to_object(lease.held);
  object["pending"] = lease.pending ? to_object(*lease.pending) : ordered_json(nullptr);
  return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

Result<Handle> parse_handle(std::string_view text) {
  if (text.size() > kHandleBytesMax) return invalid("is no handle of dynamutex");
  const auto object = json::parse(text, nullptr, false);
  if (auto checked = check_format(object); !checked) return std::move(checked).error();
  Handle handle;
  Reader reader(object);
  reader.text("table", handle.table);
  reader.text("region", handle.region);
  reader.text("endpoint", handle.endpoint);
  reader.text("key_name", handle.schema.key);
  reader.text("sort_key_name", handle.schema.sort_key);
  std::string compat;
  reader.text("compat", compat);
  if (compat != "java" && compat != "go") reader.refuse("compat");
  handle.compat = compat == "go" ? lock::Compat::go : lock::Compat::java;
  lock::LeaseHandle& lease = handle.lease;
  reader.text("name", lease.name.key);
  reader.text("sort_key", lease.name.sort_key);
  reader.text("owner", lease.owner);
  reader.milliseconds_of("lease_ms", lease.lease);
  if (lease.lease < lock::kLeaseMin || lease.lease > lock::kLeaseMax) reader.refuse("lease_ms");
  reader.token("fencing_token", lease.fencing_token);
  reader.text("boot_id", lease.boot_id);
  reader.term("held", lease.held);
  if (!reader.is_null("pending")) reader.term("pending", lease.pending.emplace());
  if (reader.wrong() != nullptr) return invalid(std::string("is damaged (") + reader.wrong() + ")");
  return handle;
}

Result<GlobalFlags> flags_for(const Handle& handle, GlobalFlags flags) {
  const auto fill = [](const char* flag, std::optional<std::string>& given, const std::string& of_handle) -> Result<void> {
    auto value = agreed(flag, given, of_handle);
    if (!value) return std::move(value).error();
    given = *std::move(value);
    return {};
  };
  if (auto filled = fill("--table", flags.table, handle.table); !filled) return std::move(filled).error();
  if (auto filled = fill("--region", flags.region, handle.region); !filled) return std::move(filled).error();
  if (auto filled = fill("--key-name", flags.key_name, handle.schema.key); !filled) return std::move(filled).error();
  if (auto filled = fill("--sort-key-name", flags.sort_key_name, handle.schema.sort_key); !filled) {
    return std::move(filled).error();
  }
  // One table can be reached in several ways.
  if (!flags.endpoint_url) flags.endpoint_url = handle.endpoint;
  return flags;
}

std::string describe_lease(const lock::LeaseHandle& lease, Duration left, const std::string& file) {
  ordered_json object;
  object["name"] = lease.name.key;
  object["sort_key"] = lease.name.sort_key.empty() ? ordered_json(nullptr) : ordered_json(lease.name.sort_key);
  object["owner"] = lease.owner;
  object["lease_ms"] = std::chrono::floor<milliseconds>(lease.lease).count();
  object["left_ms"] = std::chrono::floor<milliseconds>(left).count();
  object["fencing_token"] = token_or_null(lease.fencing_token);
  object["handle"] = file;
  return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace dynamutex::cli
