#pragma once
// Credentials kept until shortly before they end.

#include <chrono>
#include <memory>

#include "dynamutex/credentials/source.hpp"
#include "dynamutex/export.hpp"

namespace dynamutex::credentials {

struct CacheOptions {
  /// Refresh when this much of their life is left, or a quarter of it where that is less.
  Duration refresh_before = std::chrono::minutes(15);
  /// After a refresh that failed while the old ones still work, or that brought ones about to end or refused by the service: ask
  /// again no earlier.
  Duration retry_pause = std::chrono::minutes(1);
};

/// A Provider on a Source.
///
/// Thread-safe. One thread at a time asks the source; the others get the old credentials while those still work, and else
/// wait for the answer until their own deadline. If a refresh fails, the old ones are handed out until they end. Credentials
/// without an end are fetched once. Those that a service refused (`reject`) are fetched anew, whenever they end. Secrets are wiped when the last holder lets go of them.
/// `clock` outlives it. Errors: those of Source, and `denied` where the source is absent.
[[nodiscard]] DYNAMUTEX_EXPORT std::unique_ptr<Provider> make_cached_provider(Clock& clock, std::unique_ptr<Source> source,
                                                                              CacheOptions options = {});

}  // namespace dynamutex::credentials
