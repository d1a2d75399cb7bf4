#include "dynamutex/dynamo/place.hpp"

#include <strings.h>

#include <optional>
#include <utility>

#include "dynamutex/dynamo/endpoint.hpp"

namespace dynamutex::dynamo {
namespace {

using credentials::Environment;
using credentials::ProfileFiles;

constexpr const char* kSigningRegion = "us-east-1";

std::string profile_in_use(const Environment& environment, const PlaceOptions& options) {
  return options.profile.empty() ? credentials::profile_name(environment) : options.profile;
}

/// The variable; else the setting of the profile; else nothing.
std::string variable_or_setting(const Environment& environment, const credentials::Section* profile, const char* variable,
                                const char* setting) {
  std::string value = environment(variable).value_or("");
  if (!value.empty() || profile == nullptr) return value;
  const std::string* const own = profile->find(setting);
  return own != nullptr ? *own : std::string();
}

bool is_true(const std::string& text) noexcept { return ::strcasecmp(text.c_str(), "true") == 0; }

}  // namespace

std::string configured_region(const Environment& environment, const ProfileFiles& files, const PlaceOptions& options) {
  if (!options.region.empty()) return options.region;
  std::string region = environment("AWS_REGION").value_or("");
  if (!region.empty()) return region;
  return variable_or_setting(environment, files.profile(profile_in_use(environment, options)), "AWS_DEFAULT_REGION", "region");
}

Result<Place> resolve_place(const Environment& environment, const ProfileFiles& files, const PlaceOptions& options) {
  const std::string profile = profile_in_use(environment, options);
  const auto configured = options.endpoint_url.empty()
                              ? credentials::configured_endpoint_url(environment, files, profile, "dynamodb")
                              : std::optional(options.endpoint_url);
  Place place;
  place.region = configured_region(environment, files, options);
  if (place.region.empty() && !configured) {
    return make_error(ErrorKind::invalid,
                      "no region: name one, set AWS_REGION, or set region in the profile (e.g. eu-west-1; 'local' is "
                      "http://localhost:8000)");
  }
  if (place.region.empty()) place.region = kSigningRegion;

  const credentials::Section* const section = files.profile(profile);
  const auto is_set = [&](const char* variable, const char* setting) {
    return is_true(variable_or_setting(environment, section, variable, setting));
  };
  const EndpointVariant variant{is_set("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
                                is_set("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")};
  auto endpoint = resolve_endpoint(configured, place.region, variant);
  if (!endpoint) return std::move(endpoint).error();
  place.endpoint = *std::move(endpoint);
  place.endpoint_given = configured.has_value() || place.region == "local";
  return place;
}

}  // namespace dynamutex::dynamo
