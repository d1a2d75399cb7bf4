#pragma once
// The outside world of a source, made for a test.

#include <doctest/doctest.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "dynamutex/credentials/source.hpp"
#include "http/helpers.hpp"

namespace dynamutex::testing {

/// Variables that a test sets by assignment; read through `lookup`.
struct Variables {
  std::map<std::string, std::string> values;

  credentials::Environment lookup() const {
    return [this](const char* name) -> std::optional<std::string> {
      const auto found = values.find(name);
      if (found == values.end()) return std::nullopt;
      return found->second;
    };
  }
};

/// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "dynamutex-credentials-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  /// Writes a file, and tells where it is.
  std::string write(const std::string& name, std::string_view text) const {
    const std::string path = path_ + '/' + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Real clock, real sockets to this machine, no variables: nothing of the machine that runs the test gets in.
struct TestWorld {
  ShiftedClock clock;
  std::unique_ptr<http::Transport> transport = http::make_curl_transport(clock, Client::plain());
  Variables variables;

  credentials::World world() { return {&clock, transport.get(), transport.get(), variables.lookup()}; }

  credentials::FetchOutcome fetch(credentials::Source& source, Duration patience = kHang) {
    return source.fetch(clock.now() + patience, nullptr);
  }
};

/// The credentials as "id/secret/token"; fails the test where there are none.
inline std::string keys_of(const credentials::FetchOutcome& outcome) {
  if (const auto* const error = std::get_if<Error>(&outcome)) FAIL(error->message);
  if (const auto* const absent = std::get_if<credentials::Absent>(&outcome)) FAIL(absent->reason);
  const sigv4::Credentials& found = *std::get<credentials::Fetched>(outcome).credentials;
  return found.access_key_id + '/' + std::string(found.secret_access_key.reveal()) + '/' +
         std::string(found.session_token.reveal());
}

/// The error, which must be one line without the secrets that tests use ("hunter2" in all of them).
inline Error error_of(const credentials::FetchOutcome& outcome) {
  const auto* const error = std::get_if<Error>(&outcome);
  REQUIRE(error != nullptr);
  CHECK_FALSE(error->message.empty());
  CHECK(error->message.find('\n') == std::string::npos);
  CHECK(error->message.find("hunter2") == std::string::npos);
  CHECK(error->kind != ErrorKind::ambiguous);
  return *error;
}

inline std::string absence_of(const credentials::FetchOutcome& outcome) {
  const auto* const absent = std::get_if<credentials::Absent>(&outcome);
  if (absent == nullptr) FAIL("not absent");
  return absent->reason;
}

}  // namespace dynamutex::testing
