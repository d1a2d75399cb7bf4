#include "sigv4/failure.hpp"

#include <utility>

namespace dynamutex::sigv4 {

Error invalid(std::string message) { return make_error(ErrorKind::invalid, std::move(message)); }

Failure failure(std::string_view message) { return failure({message}); }

Failure failure(std::initializer_list<std::string_view> parts) {
  std::string message;
  for (const std::string_view part : parts) message += part;
  return std::make_unique<Error>(invalid(std::move(message)));
}

}  // namespace dynamutex::sigv4
