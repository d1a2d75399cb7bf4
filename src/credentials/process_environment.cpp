#include <cstdlib>

#include "dynamutex/credentials/provider.hpp"

namespace dynamutex::credentials {

Environment process_environment() {
  return [](const char* name) -> std::optional<std::string> {
    const char* const value = std::getenv(name);
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
}

}  // namespace dynamutex::credentials
