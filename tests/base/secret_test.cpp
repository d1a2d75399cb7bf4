#include "dynamutex/secret.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using dynamutex::Secret;

TEST_CASE("a secret gives back its text, also with zero bytes in it") {
  const std::string text("a\0b", 3);
  CHECK(Secret(text).reveal() == text);
  CHECK(Secret().empty());
  CHECK(Secret("").reveal().empty());
}

TEST_CASE("a copied secret owns its own memory") {
  Secret first("key");
  const Secret second = first;
  first = Secret("other");
  CHECK(second.reveal() == "key");
  CHECK(first.reveal() == "other");
}

TEST_CASE("a moved-from secret is empty") {
  Secret first("key");
  const Secret second = std::move(first);
  CHECK(second.reveal() == "key");
  CHECK(first.empty());
}

TEST_CASE("wiping overwrites every byte") {
  char memory[] = "key";
  dynamutex::wipe(memory, 3);
  CHECK(std::string(memory, 3) == std::string(3, '\0'));
}
