#pragma once
// The order in which the AWS tools look for credentials.

#include <memory>
#include <string>

#include "dynamutex/credentials/provider.hpp"
#include "dynamutex/credentials/source.hpp"
#include "dynamutex/export.hpp"

namespace dynamutex::credentials {

struct DefaultProviderOptions {
  std::string profile;  ///< Chosen by the program or its user; then the environment's keys are not looked at. May be empty.
  std::string region;   ///< For STS; empty for the environment's or the profile's.
};

/// Environment, shared files, web identity from the environment, container, instance metadata: the first that is set up, cached and
/// refreshed (make_cached_provider). A source that the build left out (DYNAMUTEX_CREDENTIALS_…) is not asked.
///
/// Thread-safe. Asks nobody before the first `get`. What `world` points to outlives it.
/// If there are none, the error (`denied`) names each source and why it gave nothing.
[[nodiscard]] DYNAMUTEX_EXPORT std::unique_ptr<Provider> make_default_provider(const World& world,
                                                                               const DefaultProviderOptions& options = {});

}  // namespace dynamutex::credentials
