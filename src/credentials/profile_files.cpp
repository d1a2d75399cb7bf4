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
  if (section == nullptr) return std::nullopt;
  const std::string* const ignore = section->find("ignore_configured_endpoint_urls");
  if (ignore != nullptr && lower(*ignore) == "true") return std::nullopt;
  if (const std::string* const name = section->find("services")) {
    const auto group = services.find(*name);
    if (group != services.end()) {
      const auto settings = group->second.nested.find(service);
      if (settings != group->second.nested.end()) {
        const auto url = settings->second.find("endpoint_url");
        if (url != settings->second.end() && !url->second.empty()) return url->second;
      }
    }
  }
  const std::string* const url = section->find("endpoint_url");
  return url != nullptr ? std::optional<std::string>(*url) : std::nullopt;
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
