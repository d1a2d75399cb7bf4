#include "http/fork_mark.hpp"

#include <doctest/doctest.h>

#include "support/in_child.hpp"

using dynamutex::http::ForkMark;

namespace {

template <class Check>
bool holds_in_child(Check&& check) {
  return dynamutex::testing::in_child([&] { return check() ? 0 : 1; }) == 0;
}

}  // namespace

TEST_CASE("a mark is inherited in children and their children, and one made there is not") {
  const ForkMark mark;
  CHECK_FALSE(mark.inherited());
  CHECK(holds_in_child([&] { return mark.inherited(); }));
  CHECK(holds_in_child([&] { return holds_in_child([&] { return mark.inherited(); }); }));
  CHECK(holds_in_child([] {
    const ForkMark fresh;
    return !fresh.inherited();
  }));
  CHECK_FALSE(mark.inherited());
}
