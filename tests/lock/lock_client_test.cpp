#include "dynamutex/lock/lock_client.hpp"

#include <doctest/doctest.h>

#include <chrono>

#include "scripted_table.hpp"

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::lock;
using test::LockSetup;

namespace {

dynamo::Item item(const LockSetup& setup, const char* name, Duration expires_in, std::optional<FencingToken> token = {}) {
  Record record;
  record.name = LockName(name);
  record.owner = "other";
  record.version = std::string("v-") + name;
  record.lease = 20s;
  record.expires_at = setup.server_now() + expires_in;
  record.fencing_token = token;
  return encode(record, {}, Compat::java);
}

}  // namespace

TEST_CASE("an owner that is not given is host, process and random digits, one for each client") {
  test::FakeClock clock;
  test::CountingEntropy entropy;
  test::ScriptedTable table(clock);
  const LockClient first(table, clock, entropy);
  const LockClient second(table, clock, entropy);
  CHECK(first.owner() != second.owner());
  CHECK(std::count(first.owner().begin(), first.owner().end(), ':') == 2);
}

TEST_CASE("inspecting tells the record, or that there is none") {
  LockSetup setup;
  setup.table.then_item(item(setup, "x", 10s)).then_item(std::nullopt);
  const auto held = setup.client->inspect("x");
  REQUIRE(held.ok());
  REQUIRE(held->has_value());
  CHECK((*held)->owner == "other");
  const auto free = setup.client->inspect("x");
  REQUIRE(free.ok());
  CHECK_FALSE(free->has_value());
}

TEST_CASE("pruning deletes what certainly expired, each on the condition that it is unchanged") {
  LockSetup setup;
  dynamo::Item stranger;
  stranger.set("key", "no lock");
  dynamo::ScanPage first{{item(setup, "dead", -10s), item(setup, "alive", 10s), item(setup, "perhaps", -100ms), stranger}, {}};
  first.last_key.set("key", "no lock");
  setup.table.pages.push_back(first);
  setup.table.pages.push_back({{item(setup, "changed", -10s), item(setup, "fenced", -10s, FencingToken{5})}, {}});
  setup.table.then_applied().then_refused(item(setup, "changed", 20s)).then_applied();
  const auto report = setup.client->prune();
  CHECK_FALSE(report.stopped.has_value());
  CHECK(report.seen == 6);
  CHECK(report.pruned == 2);
  CHECK(report.raced == 1);
  REQUIRE(setup.table.asked.size() == 5);
  CHECK(setup.table.asked[0].operation == "scan");
  CHECK(setup.table.asked[1].operation == "delete");
  CHECK(setup.table.asked[1].text("key") == "dead");
  CHECK(setup.table.asked[1].value(":v") == "v-dead");
  CHECK(*setup.table.asked[2].item.find_as<std::string>("key") == "no lock");
  CHECK(setup.table.asked[4].operation == "put");
  CHECK(setup.table.asked[4].text("isReleased") == "1");
  CHECK(setup.table.asked[4].number("fencingToken") == "5");
}

TEST_CASE("pruning that fails midway tells what it did before") {
  LockSetup setup;
  setup.table.pages.push_back({{item(setup, "a", -10s), item(setup, "b", -10s), item(setup, "c", -10s)}, {}});
  setup.table.then_applied().then_fails(ErrorKind::denied);
  const auto report = setup.client->prune();
  REQUIRE(report.stopped.has_value());
  CHECK(report.stopped->kind == ErrorKind::denied);
  CHECK(report.seen == 2);
  CHECK(report.pruned == 1);
}

TEST_CASE("listing gives the lock records of all pages and nothing else") {
  LockSetup setup;
  dynamo::Item stranger;
  stranger.set("key", "no lock");
  dynamo::ScanPage first{{item(setup, "a", 1s), stranger}, {}};
  first.last_key.set("key", "a");
  setup.table.pages.push_back(first);
  setup.table.pages.push_back({{item(setup, "b", 1s)}, {}});
  const auto records = setup.client->list();
  REQUIRE(records.ok());
  REQUIRE(records->size() == 2);
  CHECK((*records)[1].name.key == "b");
  CHECK(setup.table.asked[0].operation == "scan consistently");
}

TEST_CASE("breaking is conditional on the record that was shown") {
  LockSetup setup;
  const Record shown = *decode(item(setup, "x", 10s), {});
  setup.table.then_applied().then_refused(item(setup, "x", 10s));
  CHECK(*setup.client->break_lock(shown) == BreakOutcome::broken);
  CHECK(setup.table.asked[0].operation == "delete");
  CHECK(setup.table.asked[0].value(":v") == "v-x");
  CHECK(*setup.client->break_lock(shown) == BreakOutcome::changed);
}

TEST_CASE("a table with a sort key is asked with both keys") {
  LockClientOptions options;
  options.schema = {"pk", "sk"};
  LockSetup setup(true, options);
  setup.table.then_applied();
  Lease lease = *setup.client->acquire(LockName("a", "b"));
  CHECK(setup.table.asked[0].text("pk") == "a");
  CHECK(setup.table.asked[0].text("sk") == "b");
  CHECK_FALSE(setup.client->acquire("a").ok());
}

TEST_CASE("breaking that was refused after a lost reply looks at what stands there") {
  for (const bool shown : {true, false}) {
    LockSetup setup;
    const Record broken = *decode(item(setup, "x", 10s), {});
    Record renewed = broken;
    renewed.version = "a later one";
    const auto answer = [&](std::optional<dynamo::Item> standing) {
      setup.table.then_refused(shown ? standing : std::nullopt, true);
      if (!shown || !standing) setup.table.then_item(std::move(standing));
    };
    answer(encode(renewed, {}, Compat::java));
    CHECK(*setup.client->break_lock(broken) == BreakOutcome::changed);
    answer(std::nullopt);
    CHECK(*setup.client->break_lock(broken) == BreakOutcome::broken);
    renewed.released = true;
    answer(encode(renewed, {}, Compat::java));
    CHECK(*setup.client->break_lock(broken) == BreakOutcome::broken);
  }
}

TEST_CASE("a retention that no TTL can hold, and a drift that no clock has, are cut to what can be") {
  LockClientOptions options;
  options.retention = Duration::max();
  options.drift_ppm = 4'000'000;
  LockSetup setup(true, options);
  setup.table.then_applied().then_applied();
  const auto lease = setup.client->acquire("x");
  REQUIRE(lease.ok());
  CHECK(lease->still_held());
  const test::Asked& put = setup.table.asked[0];
  CHECK(std::stoll(put.number("ttl")) > std::stoll(put.number("expiresAt")) / 1000);
}
