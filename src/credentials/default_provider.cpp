#include "dynamutex/credentials/default_provider.hpp"

#include <utility>

#include "dynamutex/credentials/cached_provider.hpp"
#include "dynamutex/credentials/container_source.hpp"
#include "dynamutex/credentials/imds_source.hpp"
#include "dynamutex/credentials/profile_source.hpp"
#include "dynamutex/credentials/sts.hpp"

namespace dynamutex::credentials {

std::unique_ptr<Provider> make_default_provider(const World& world, const DefaultProviderOptions& options) {
  std::vector<std::unique_ptr<Source>> sources;
  if (options.profile.empty()) sources.push_back(make_environment_source(world.environment));
#if DYNAMUTEX_CREDENTIALS_PROFILE
  sources.push_back(make_profile_source(world, options.profile, options.region));
#endif
#if DYNAMUTEX_CREDENTIALS_WEB_IDENTITY
  StsOptions sts;
  sts.region = options.region;
  sources.push_back(make_web_identity_environment_source(world, std::move(sts)));
#endif
#if DYNAMUTEX_CREDENTIALS_CONTAINER
  sources.push_back(make_container_source(world));
#endif
#if DYNAMUTEX_CREDENTIALS_IMDS
  sources.push_back(make_imds_source(world));
#endif
  return make_cached_provider(*world.clock, make_chain_source(std::move(sources)));
}

}  // namespace dynamutex::credentials
