#include "cli/settings.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <utility>

#include "cli/console.hpp"
#include "cli/errors.hpp"
#include "dynamutex/dynamo/endpoint.hpp"

namespace dynamutex::cli {
namespace {

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
constexpr std::size_t kTableNameMin = 3;
constexpr std::size_t kTableNameMax = 255;
constexpr std::size_t kAttributeNameMax = 255;  // of a key
constexpr std::size_t kKeyMax = 2048;
constexpr std::size_t kSortKeyMax = 1024;

std::optional<std::string> first_set(const std::optional<std::string>& flag, const Environment& environment,
                                     std::initializer_list<const char*> variables) {
  if (flag) return flag;
  for (const char* const variable : variables) {
    auto value = environment(variable);
    if (value && !value->empty()) return value;
  }
  return std::nullopt;
}

Result<std::string> check_table(std::string table) {
  const bool known_characters = std::all_of(table.begin(), table.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  });
  if (known_characters && table.size() >= kTableNameMin && table.size() <= kTableNameMax) return table;
  return invalid(quote(table) + " is no table name: 3 to 255 letters, digits, '_', '-' and '.'");
}

Result<lock::KeySchema> resolve_schema(const GlobalFlags& flags, const Environment& environment) {
  lock::KeySchema schema;
  schema.key = first_set(flags.key_name, environment, {"DYNAMUTEX_KEY_NAME"}).value_or("key");
  schema.sort_key = first_set(flags.sort_key_name, environment, {"DYNAMUTEX_SORT_KEY_NAME"}).value_or("");
  if (schema.key.empty() || std::max(schema.key.size(), schema.sort_key.size()) > kAttributeNameMax) {
    return invalid("a key attribute's name has 1 to 255 bytes; see --key-name and --sort-key-name");
  }
  if (schema.key == schema.sort_key) return invalid("the key and the sort key cannot both be " + quote(schema.key));
  for (const char* const taken : {"ownerName", "recordVersionNumber", "leaseDuration", "expiresAt", "fencingToken",
                                  "isReleased", "data", "ttl"}) {
    if (schema.key != taken && schema.sort_key != taken) continue;
    return invalid(quote(taken) + " is an attribute of the record and cannot be a key; choose another name");
  }
  return schema;
}

/// Fills in region and endpoint, of which at least one has to be given.
Result<void> resolve_place(const GlobalFlags& flags, const Environment& environment, Settings& settings) {
  // Lets a shell with an endpoint for everything else reach the real service.
  // https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
  const bool ignores_variables = environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") == "true";
  const auto endpoint = ignores_variables ? flags.endpoint_url
                                          : first_set(flags.endpoint_url, environment,
                                                      {"AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"});
  const auto region = first_set(flags.region, environment, {"AWS_REGION", "AWS_DEFAULT_REGION"});
  if (!region && !endpoint) {
    return invalid("no region: give --region or set AWS_REGION (e.g. eu-west-1; 'local' is http://localhost:8000)");
  }
  settings.region = region.value_or("us-east-1");
  // Checked also where only its name is used, for signing.
  auto regional = dynamo::regional_endpoint(settings.region);
  if (!regional) return std::move(regional).error();
  settings.endpoint_given = endpoint.has_value() || settings.region == "local";
  if (!endpoint) {
    settings.endpoint = *std::move(regional);
    return {};
  }
  auto checked = dynamo::checked_endpoint(*endpoint);
  if (!checked) return std::move(checked).error();
  settings.endpoint = *std::move(checked);
  return {};
}

}  // namespace

Result<Settings> resolve_settings(const GlobalFlags& flags, const Environment& environment) {
  Settings settings;
  auto table = check_table(first_set(flags.table, environment, {"DYNAMUTEX_TABLE"}).value_or("locks"));
  if (!table) return std::move(table).error();
  settings.table = *std::move(table);
  auto schema = resolve_schema(flags, environment);
  if (!schema) return std::move(schema).error();
  settings.schema = *std::move(schema);
  if (auto place = resolve_place(flags, environment, settings); !place) return std::move(place).error();
  if (flags.profile) {
    return invalid("--profile: only credentials from the environment are known; set AWS_ACCESS_KEY_ID and "
                   "AWS_SECRET_ACCESS_KEY");
  }
  settings.ca_bundle = first_set(std::nullopt, environment, {"AWS_CA_BUNDLE"}).value_or("");
  settings.json = flags.json;
  settings.verbose = flags.verbose;
  return settings;
}

Result<lock::LockName> make_lock_name(const std::string& name, const std::optional<std::string>& sort_key,
                                      const lock::KeySchema& schema) {
  if (name.empty() || name.size() > kKeyMax) {
    return invalid("a lock's name has 1 to 2048 bytes, this one " + std::to_string(name.size()));
  }
  if (!is_utf8(name)) return invalid("the lock's name " + quote(name) + " is not UTF-8");
  if (schema.sort_key.empty()) {
    if (sort_key) return invalid("--sort-key needs the attribute's name too: give --sort-key-name");
    return lock::LockName(name);
  }
  if (!sort_key) return invalid("a table with a sort key needs --sort-key VALUE to name a lock");
  if (sort_key->empty() || sort_key->size() > kSortKeyMax) {
    return invalid("a sort key has 1 to 1024 bytes, this one " + std::to_string(sort_key->size()));
  }
  if (!is_utf8(*sort_key)) return invalid("the sort key " + quote(*sort_key) + " is not UTF-8");
  return lock::LockName(name, *sort_key);
}

}  // namespace dynamutex::cli
