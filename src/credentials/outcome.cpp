#include "credentials/outcome.hpp"

#include <utility>

namespace dynamutex::credentials {

Error as_source_error(Error error) {
  if (error.kind == ErrorKind::ambiguous) error.kind = ErrorKind::not_applied;
  return error;
}

Fetched make_fetched(sigv4::Credentials credentials, std::optional<WallTime> expires) {
  return {std::make_shared<const sigv4::Credentials>(std::move(credentials)), expires};
}

std::string printable(std::string_view text) {
  constexpr std::size_t kBytesMax = 200;
  std::string line(text.substr(0, kBytesMax));
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
  }
  return line;
}

}  // namespace dynamutex::credentials
