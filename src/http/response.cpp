#include "dynamutex/http/transport.hpp"
#include "http/ascii.hpp"

namespace dynamutex::http {

const std::string* Response::header(std::string_view name) const noexcept {
  for (const Field& field : headers) {
    if (equals_ignoring_case(field.name, name)) return &field.value;
  }
  return nullptr;
}

}  // namespace dynamutex::http
