#include "dynamutex/credentials/profile_files.hpp"

#include <utility>

#include "credentials/outcome.hpp"
#include "credentials/text_file.hpp"

namespace dynamutex::credentials {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{1} << 20U;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

/// `name`, or `~/.aws/` and `fallback`; nothing where there is no home.
std::optional<std::string> path_of(const Environment& environment, const char* name, const char* fallback) {
  const auto home = environment("HOME");
  if (const auto path = environment(name); path && !path->empty()) {
    const bool in_home = path->compare(0, 2, "~/") == 0;
    return in_home && home ? *home + path->substr(1) : *path;
  }
  if (!home || home->empty()) return std::nullopt;
  return *home + "/.aws/" + fallback;
}

constexpr const char* kIgnoreSetting = "ignore_configured_endpoint_urls";

bool is_true(std::string_view text) { return lower(text) == "true"; }

std::string value_or_empty(const Section& section, std::string_view name) {
  const std::string* const value = section.find(name);
  return value != nullptr ? *value : std::string();
}

/// `endpoint_url` of a service in the section `[services group]`; empty where there is none.
std::string service_endpoint(const ProfileFiles& files, const std::string& group, std::string_view service) {
  const auto section = files.services.find(group);
  if (section == files.services.end()) return {};
  const auto settings = section->second.nested.find(service);
  if (settings == section->second.nested.end()) return {};
  const auto url = settings->second.find("endpoint_url");
  return url != settings->second.end() ? url->second : std::string();
}

/// "AWS_ENDPOINT_URL_DYNAMODB" of "dynamodb".
std::string variable_of(std::string_view service) {
  std::string name = "AWS_ENDPOINT_URL_";
  for (const char c : service) {
    const bool letter = c >= 'a' && c <= 'z';
    name += letter ? static_cast<char>(c - 'a' + 'A') : (c == '-' || c == ' ' ? '_' : c);
  }
  return name;
}

Result<std::string> read_or_empty(const std::optional<std::string>& path) {
  if (!path) return std::string();
  auto text = read_text_file(*path, kFileBytesMax);
  if (!text) return std::move(text).error();
  return std::move(*text).value_or("");
}

}  // namespace

const std::string* Section::find(std::string_view name) const {
  const auto found = values.find(name);
  return found != values.end() && !found->second.empty() ? &found->second : nullptr;
}

const Section* ProfileFiles::profile(std::string_view name) const {
  const auto found = profiles.find(name);
  return found != profiles.end() ? &found->second : nullptr;
}

std::optional<std::string> ProfileFiles::endpoint_url(std::string_view profile_name, std::string_view service) const {
  const Section* const section = profile(profile_name);
  if (section == nullptr || is_true(value_or_empty(*section, kIgnoreSetting))) return std::nullopt;
  std::string url = service_endpoint(*this, value_or_empty(*section, "services"), service);
  if (url.empty()) url = value_or_empty(*section, "endpoint_url");
  return url.empty() ? std::nullopt : std::optional<std::string>(std::move(url));
}

std::optional<std::string> configured_endpoint_url(const Environment& environment, const ProfileFiles& files,
                                                   std::string_view profile, std::string_view service) {
  const Section* const section = files.profile(profile);
  std::string ignore = environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").value_or("");
  if (ignore.empty() && section != nullptr) ignore = value_or_empty(*section, kIgnoreSetting);
  if (is_true(ignore)) return std::nullopt;
  for (const std::string& name : {variable_of(service), std::string("AWS_ENDPOINT_URL")}) {
    auto url = environment(name.c_str());
    if (url && !url->empty()) return url;
  }
  return files.endpoint_url(profile, service);
}

Result<ProfileFiles> load_profile_files(const Environment& environment) {
  auto config = read_or_empty(path_of(environment, "AWS_CONFIG_FILE", "config"));
  if (!config) return std::move(config).error();
  auto credentials = read_or_empty(path_of(environment, "AWS_SHARED_CREDENTIALS_FILE", "credentials"));
  if (!credentials) return std::move(credentials).error();
  auto files = parse_profile_files(*config, *credentials);
  wipe(config->data(), config->size());
  wipe(credentials->data(), credentials->size());
  return files;
}

std::string profile_name(const Environment& environment) {
  for (const char* name : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}) {
    auto value = environment(name);
    if (value && !value->empty()) return *std::move(value);
  }
  return "default";
}

}  // namespace dynamutex::credentials
