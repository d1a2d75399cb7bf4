#include "cli/settings.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <utility>

#include "cli/console.hpp"
#include "cli/errors.hpp"
#include "dynamutex/dynamo/place.hpp"

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
  for (const std::string& name : {schema.key, schema.sort_key}) {
    if (!lock::is_record_attribute(name)) continue;
    return invalid(quote(name) + " is an attribute of the record and cannot be a key; choose another name");
  }
  return schema;
}

/// As a shell takes it for one word.
std::string shell_word(const std::string& text) {
  constexpr const char* kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,@%+=[]";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string word = "'";
  for (const char c : printable(text)) {
    if (c == '\'') word += "'\\'";
    word += c;
  }
  return word + "'";
}

/// What of the flags says where the table is, as it would be typed again.
std::string flags_again(const GlobalFlags& flags) {
  std::string words;
  const auto add = [&](const char* flag, const std::optional<std::string>& value) {
    if (value) words.append(" --").append(flag).append(" ").append(shell_word(*value));
  };
  add("region", flags.region);
  add("endpoint-url", flags.endpoint_url);
  add("profile", flags.profile);
  add("key-name", flags.key_name);
  add("sort-key-name", flags.sort_key_name);
  return words;
}

dynamo::PlaceOptions place_options(const GlobalFlags& flags) {
  return {flags.region.value_or(""), flags.endpoint_url.value_or(""), flags.profile.value_or("")};
}

}  // namespace

Error no_region() {
  return invalid(
      "no region: give --region, set AWS_REGION, or set region in the profile (e.g. eu-west-1; 'local' is "
      "http://localhost:8000)");
}

namespace {

Result<void> check_place_flags(const GlobalFlags& flags, const ProfileFiles& files) {
  for (const auto& [flag, value] : {std::pair("--region", &flags.region), {"--endpoint-url", &flags.endpoint_url}}) {
    if (*value && (*value)->empty()) return invalid(std::string(flag) + " is empty");
  }
  if (flags.profile && files.profile(*flags.profile) == nullptr) {
    return invalid("--profile: there is no profile " + quote(*flags.profile) + " in the shared AWS files");
  }
  return {};
}

}  // namespace

Result<std::string> resolve_region(const GlobalFlags& flags, const Environment& environment, const ProfileFiles& files) {
  if (auto checked = check_place_flags(flags, files); !checked) return std::move(checked).error();
  return dynamo::configured_region(environment, files, place_options(flags));
}

Result<Settings> resolve_settings(const GlobalFlags& flags, const Environment& environment, const ProfileFiles& files) {
  Settings settings;
  auto table = check_table(first_set(flags.table, environment, {"DYNAMUTEX_TABLE"}).value_or("locks"));
  if (!table) return std::move(table).error();
  settings.table = *std::move(table);
  auto schema = resolve_schema(flags, environment);
  if (!schema) return std::move(schema).error();
  settings.schema = *std::move(schema);
  if (auto checked = check_place_flags(flags, files); !checked) return std::move(checked).error();
  auto place = dynamo::resolve_place(environment, files, place_options(flags));
  if (!place && place.error().message.rfind(kNoRegion, 0) == 0) return no_region();
  if (!place) return std::move(place).error();
  settings.region = std::move(place->region);
  settings.endpoint = std::move(place->endpoint);
  settings.endpoint_given = place->endpoint_given;
  settings.init_command = "dynamutex init --table " + shell_word(settings.table) + flags_again(flags);
  settings.profile = flags.profile.value_or("");
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
