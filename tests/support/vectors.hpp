#pragma once
// AWS's own test vectors, where their folder is there.

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace dynamutex::test {

/// The text of a file of the vectors' folder; without the folder the test says so and is to return. DYNAMUTEX_NO_SKIPS makes that a failure.
inline std::optional<std::string> read_vectors(const std::string& path) {
  std::ifstream file(std::string(DYNAMUTEX_VECTORS) + "/" + path, std::ios::binary);
  if (!file) {
    REQUIRE_MESSAGE(std::getenv("DYNAMUTEX_NO_SKIPS") == nullptr, "no vectors in " DYNAMUTEX_VECTORS " (" << path << ")");
    MESSAGE("skipped: no vectors (" << path << ")");
    return std::nullopt;
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace dynamutex::test
