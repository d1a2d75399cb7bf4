#include "credentials/text_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "credentials/outcome.hpp"
#include "dynamutex/secret.hpp"

namespace dynamutex::credentials {
namespace {

constexpr std::size_t kTokenBytesMax = std::size_t{64} << 10U;

Error unreadable(const std::string& path, int number) {
  return make_error(ErrorKind::invalid, "cannot read '" + printable(path) + "' (" + std::strerror(number) + ")");
}

Result<std::string> read_all(int descriptor, const std::string& path, std::size_t bytes_max) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t count = ::read(descriptor, &buffer[0], sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    const int number = errno;
    if (count > 0) text.append(&buffer[0], static_cast<std::size_t>(count));
    wipe(&buffer[0], sizeof buffer);
    if (count < 0) return unreadable(path, number);
    if (count == 0) return text;
    if (text.size() > bytes_max) {
      wipe(text.data(), text.size());
      return make_error(ErrorKind::invalid, "'" + printable(path) + "' is longer than " + std::to_string(bytes_max) + " bytes");
    }
  }
}

}  // namespace

Result<std::optional<std::string>> read_text_file(const std::string& path, std::size_t bytes_max) {
  // O_NONBLOCK: a FIFO in its place must not hang us.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<std::string>();
    return unreadable(path, errno);
  }
  Result<std::string> text = read_all(descriptor, path, bytes_max);
  ::close(descriptor);
  if (!text) return std::move(text).error();
  return std::optional<std::string>(*std::move(text));
}

Result<std::string> read_token_file(const std::string& path) {
  auto read = read_text_file(path, kTokenBytesMax);
  if (!read) return std::move(read).error();
  if (!*read) return unreadable(path, ENOENT);
  std::string& text = **read;
  constexpr const char* kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  std::string token = first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
  wipe(text.data(), text.size());
  if (token.empty()) return make_error(ErrorKind::invalid, "'" + printable(path) + "' is empty");
  for (const char c : token) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
      return make_error(ErrorKind::invalid, "'" + printable(path) + "' has a control character in it");
    }
  }
  return token;
}

}  // namespace dynamutex::credentials
