// LockClient::acquire in fenced mode.

#include <doctest/doctest.h>

#include <chrono>

#include "scripted_table.hpp"
#include "simulation/server.hpp"

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::lock;
using test::Asked;
using test::LockSetup;
using test::WriteOutcome;

namespace {

AcquireOptions fenced() {
  AcquireOptions options;
  options.fenced = true;
  return options;
}

/// A table on a simulated server, which a copy of an update may reach a second time.
class TwiceTable final : public dynamo::Table {
 public:
  explicit TwiceTable(test::FakeClock& local) : local_(local) {}

  Result<WriteOutcome> put(const dynamo::PutItem& request, const dynamo::CallOptions&) override { return serve(request); }
  Result<WriteOutcome> remove(const dynamo::DeleteItem& request, const dynamo::CallOptions&) override { return serve(request); }
  Result<WriteOutcome> update(const dynamo::UpdateItem& request, const dynamo::CallOptions&) override {
    auto outcome = serve(request);
    if (twice) serve(request);
    return outcome;
  }
  Result<std::optional<dynamo::Item>> get(const dynamo::GetItem& request, const dynamo::CallOptions&) override {
    return serve(request).item;
  }
  Result<dynamo::ScanPage> scan(const dynamo::Scan&, const dynamo::CallOptions&) override { return dynamo::ScanPage{}; }
  const dynamo::ServerClock& server_clock() const noexcept override { return clock; }

  bool twice = false;
  dynamo::ServerClock clock;

 private:
  WriteOutcome serve(const simulation::Operation& operation) {
    const auto served = server_.serve(operation, {});
    REQUIRE(served.status != simulation::Served::Status::invalid);
    const auto date = dynamo::ServerTime((local_.now() + LockSetup::kServerAhead).time_since_epoch());
    clock.observe(local_.now(), local_.now(), std::chrono::floor<std::chrono::seconds>(date));
    const bool applied = served.status == simulation::Served::Status::applied;
    return {applied ? WriteOutcome::Status::applied : WriteOutcome::Status::condition_failed, served.item, false};
  }
  test::FakeClock& local_;
  simulation::Server server_{"key", ""};
};

}  // namespace

TEST_CASE("a fenced acquire is one update that adds one to the row's token, or to the servers' time") {
  LockSetup setup;
  setup.table.then([](const Asked& asked) {
    CHECK(asked.operation == "update");
    CHECK(asked.update.find("if_not_exists(fencingToken, :floor) + :one") != std::string::npos);
    return test::applied_with_token(7);
  });
  const auto lease = setup.client->acquire("x", fenced());
  REQUIRE(lease.ok());
  REQUIRE(lease->fencing_token().has_value());
  CHECK(lease->fencing_token()->value == 7);
  const Asked& update = setup.table.asked[0];
  CHECK(
      update.condition ==
      "attribute_not_exists(#k) OR attribute_exists(isReleased) OR "
      "(attribute_exists(fencingToken) AND expiresAt < :now AND expiresVersion = recordVersionNumber AND recordVersionNumber <> :me)");
  CHECK(update.value(":me") == lease->version());
  const long long now = std::chrono::duration_cast<std::chrono::milliseconds>(setup.server_now().time_since_epoch()).count();
  CHECK(std::stoll(update.value(":floor")) <= now);
  CHECK(std::stoll(update.value(":floor")) >= now - 1'600);
}

TEST_CASE("a fenced acquire that does not know the servers' time demands a row with a token") {
  LockSetup setup(false);
  setup.table.tell_time(LockSetup::kServerAhead);
  setup.table.then_refused(std::nullopt).then_item(std::nullopt).then([](const Asked& asked) {
    CHECK(asked.value(":floor") != "(none)");
    return test::applied_with_token(7);
  });
  REQUIRE(setup.client->acquire("x", fenced()).ok());
  CHECK(setup.table.asked[0].condition == "attribute_exists(fencingToken) AND attribute_exists(isReleased)");
  CHECK(setup.table.asked[0].value(":floor") == "(none)");
}

TEST_CASE("a fenced acquire that guesses its expiry gives TTL no time at which to delete the row and its token") {
  // The update's placeholder for `ttl`: one of "#a" is written, one of "#x" is removed.
  const auto placeholder = [](const Asked& update) {
    for (const auto& [name, attribute] : update.names) {
      if (attribute == "ttl") return name.substr(0, 2);
    }
    return std::string("(none)");
  };
  LockSetup setup(false);
  setup.table.tell_time(LockSetup::kServerAhead);
  for (int i = 0; i < 2; ++i) setup.table.then([](const Asked&) { return test::applied_with_token(7); }).then_applied();
  REQUIRE(setup.client->acquire("x", fenced()).ok());
  CHECK(placeholder(setup.table.asked.at(0)) == "#x");
  CHECK(setup.table.asked.at(1).text("isReleased") == "1");
  const auto kept_until = std::chrono::duration_cast<std::chrono::seconds>((setup.server_now() + 24h * 7).time_since_epoch());
  CHECK(std::stoll(setup.table.asked.at(1).number("ttl")) >= kept_until.count());
  const std::size_t before = setup.table.asked.size();
  REQUIRE(setup.client->acquire("y", fenced()).ok());
  CHECK(placeholder(setup.table.asked.at(before)) == "#a");
}

TEST_CASE("a fenced acquire after so long an idle time that TTL may have deleted newer tokens demands a row with a token") {
  LockClientOptions options;
  options.retention = 1h;
  LockSetup setup(true, std::move(options));
  const auto first_condition = [&](Duration idle) {
    setup.clock.advance(idle);
    setup.table.then([](const Asked&) { return test::applied_with_token(7); });
    setup.table.then_applied();  // The guessed expiry is rewritten.
    const std::size_t before = setup.table.asked.size();
    REQUIRE(setup.client->acquire("x", fenced()).ok());
    return setup.table.asked[before].condition;
  };
  setup.table.tell_time(LockSetup::kServerAhead);
  // The servers' time is known to within 2 * 500 ppm of the idle time: to 14 minutes, and to 58 minutes.
  CHECK(first_condition(24h * 10).find("attribute_not_exists(#k)") == 0);
  CHECK(first_condition(24h * 40).find("attribute_exists(fencingToken) AND attribute_exists(isReleased)") == 0);
}

TEST_CASE("without the servers' time a fenced lock goes on from the row's token, or not at all") {
  LockSetup setup(false);
  setup.table.then_refused(std::nullopt).then_item(std::nullopt);
  const auto none = setup.client->acquire("x", fenced());
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().kind == ErrorKind::not_applied);
  CHECK(none.error().message.find("Date") != std::string::npos);

  setup.table.then([](const Asked& asked) {
    CHECK(asked.condition == "attribute_exists(fencingToken) AND attribute_exists(isReleased)");
    for (const auto& name : asked.names) {
      CAPTURE(name.first);
      CHECK((asked.condition + asked.update).find(name.first) != std::string::npos);
    }
    return test::applied_with_token(8);
  });
  setup.table.then_applied();  // The expiry is rewritten: no date bears it out.
  CHECK(setup.client->acquire("x", fenced())->fencing_token() == FencingToken{8});
}

TEST_CASE("a fenced acquire refuses a live record that has no token") {
  LockSetup setup;
  setup.table.then_refused(setup.record("theirs", setup.server_now() + 12s));
  AcquireOptions options = fenced();
  options.wait = 1min;
  const auto lease = setup.client->acquire("x", options);
  REQUIRE_FALSE(lease.ok());
  CHECK(lease.error().kind == ErrorKind::invalid);
}

TEST_CASE("a fenced acquire whose guess was early keeps its lock when a copy of its write arrives as well") {
  test::FakeClock clock;
  test::CountingEntropy entropy;
  TwiceTable table(clock);
  clock.wall_offset = LockSetup::kServerAhead;
  LockClient client(table, clock, entropy);
  AcquireOptions waiting = fenced();
  waiting.wait = 1s;
  // The first learns the servers' time, which a first token is taken from.
  Lease first = *client.acquire("x", waiting);
  REQUIRE(first.release() == ReleaseOutcome::released);

  // The bounds are too wide now, so the expiry is a guess, and the wall clock that it is taken from has gone wrong.
  clock.advance(2h);
  clock.wall_offset = LockSetup::kServerAhead - 2h;
  table.twice = true;
  const auto second = client.acquire("x", fenced());
  REQUIRE(second.ok());
  CHECK(second->still_held());
  CHECK(second->fencing_token()->value == first.fencing_token()->value + 1);
  REQUIRE(client.inspect("x")->has_value());
  CHECK((*client.inspect("x"))->fencing_token == second->fencing_token());
}

TEST_CASE("a fenced acquire that waits is told soon that the service never tells its time, whatever its deadline") {
  for (const Duration wait : {Duration(60s), Duration::max()}) {
    LockSetup setup(false);
    setup.table.then_refused(std::nullopt).then_item(std::nullopt);
    for (int i = 0; i < 4; ++i) setup.table.then_item(std::nullopt);
    AcquireOptions options = fenced();
    options.wait = wait;
    const auto lease = setup.client->acquire("x", options);
    REQUIRE_FALSE(lease.ok());
    CHECK(lease.error().kind == ErrorKind::not_applied);
    CHECK(lease.error().message.find("Date header") != std::string::npos);
  }
}

TEST_CASE("a dead record without a token whose takeover was throttled is not said to be held") {
  LockSetup setup;
  auto item = setup.record("theirs", setup.server_now() - 60s);
  setup.table.then_refused(item).then_fails(ErrorKind::throttled);
  const auto lease = setup.client->acquire("x", fenced());
  REQUIRE_FALSE(lease.ok());
  CHECK(lease.error().kind == ErrorKind::throttled);
}
