// Many dialogues at once, in virtual time.

#include "lock/exchange.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "virtual_table.hpp"

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::lock;
using test::Reply;
using test::Started;
using test::VirtualTable;

namespace {

/// Asks for a record, pauses, and asks again.
class TwoQuestions final : public Dialogue {
 public:
  TwoQuestions(const std::string& key, Duration pause, test::FakeClock& clock, const Cancellation* cancellation = nullptr)
      : pause_(pause), clock_(clock), cancellation_(cancellation) {
    dynamo::GetItem request;
    request.key.set("key", key);
    question_ = std::move(request);
  }
  Next begin() override { return Send{&question_, {}}; }
  Next answered(Result<dynamo::WriteOutcome>) override {
    if (++answers == 2) return Done{};
    return Pause{clock_.now() + pause_, cancellation_};
  }
  Next waited(bool calm) override {
    undisturbed = calm;
    return calm ? begin() : Done{};
  }

  int answers = 0;
  bool undisturbed = true;

 private:
  const Duration pause_;
  test::FakeClock& clock_;
  const Cancellation* const cancellation_;
  dynamo::Operation question_;
};

struct Setup {
  test::FakeClock clock;
  VirtualTable table{clock};
  Line line{table, 2};
  Exchange exchange{clock};
  std::deque<TwoQuestions> dialogues;
  std::vector<std::uint64_t> done;

  void begin(std::uint64_t id, Duration pause, const Cancellation* cancellation = nullptr) {
    exchange.begin(id, line, dialogues.emplace_back("key-" + std::to_string(id), pause, clock, cancellation));
  }
  void run(const Cancellation* wake = nullptr) {
    while (exchange.active() > 0) {
      if (const auto id = exchange.step(MonotonicTime::max(), wake); id) done.push_back(*id);
    }
  }
};

}  // namespace

TEST_CASE("what pauses takes no room, and what finds none waits for it in turn") {
  Setup setup;
  setup.begin(1, 10s);
  setup.begin(2, 10s);
  setup.begin(3, 0s);
  CHECK_FALSE(setup.line.has_room());
  const MonotonicTime began = setup.clock.now();
  setup.run();
  CHECK(setup.table.in_flight_max == 2);
  CHECK(setup.done.front() == 3);
  CHECK(setup.done.size() == 3);
  CHECK(setup.clock.now() - began == 10s + 40ms);
}

TEST_CASE("a cancellation ends the pauses that it was given to, and no other") {
  Setup setup;
  Cancellation cancellation;
  setup.begin(1, 1h, &cancellation);
  setup.begin(2, 2s);
  while (setup.table.in_flight > 0) static_cast<void>(setup.exchange.step(MonotonicTime::max(), &cancellation));
  const MonotonicTime cancelled_at = setup.clock.now();
  cancellation.cancel();
  CHECK(setup.exchange.step(MonotonicTime::max(), &cancellation) == std::optional<std::uint64_t>(1));
  CHECK(setup.clock.now() == cancelled_at);
  CHECK_FALSE(setup.dialogues[0].undisturbed);
  setup.run();
  CHECK(setup.dialogues[1].undisturbed);
  CHECK(setup.dialogues[1].answers == 2);
}

TEST_CASE("a pause that begins after its cancellation is over at once") {
  Setup setup;
  Cancellation cancellation;
  setup.begin(1, 1h, &cancellation);
  cancellation.cancel();
  const MonotonicTime began = setup.clock.now();
  setup.run();
  CHECK(setup.clock.now() - began == 20ms);
  CHECK_FALSE(setup.dialogues[0].undisturbed);
}

TEST_CASE("a dialogue that is dropped is not answered, and its request keeps its room until it ended") {
  Setup setup;
  setup.begin(1, 0s);
  setup.begin(2, 0s);
  setup.exchange.drop(1);
  CHECK_FALSE(setup.line.has_room());
  setup.run();
  CHECK(setup.dialogues[0].answers == 0);
  CHECK(setup.done == std::vector<std::uint64_t>{2});
  CHECK(setup.line.has_room());
}

TEST_CASE("of a dialogue that is dropped in its pause nothing is left, and what could end the pause may go too") {
  Setup setup;
  auto cancellation = std::make_unique<Cancellation>();
  setup.begin(1, 10s, cancellation.get());
  setup.begin(2, 20s);
  const MonotonicTime began = setup.clock.now();
  CHECK_FALSE(setup.exchange.step(began + 5s, nullptr).has_value());
  CHECK_FALSE(setup.exchange.step(began + 5s, nullptr).has_value());
  MonotonicTime next = began + 20s + 20ms;
  SUBCASE("alone") { setup.exchange.drop(1); }
  SUBCASE("with all others of its line") {
    setup.exchange.close(setup.line);
    next = began + 60s;
  }
  cancellation.reset();
  Cancellation wake;
  wake.cancel();
  CHECK_FALSE(setup.exchange.step(began + 60s, &wake).has_value());
  CHECK_FALSE(setup.exchange.step(began + 60s, nullptr).has_value());
  CHECK(setup.clock.now() == next);
}

TEST_CASE("a step ends at the time it was given, or when it is woken") {
  Setup setup;
  setup.table.answer = [](const Started&, const dynamo::Operation&) { return Reply{1h}; };
  setup.begin(1, 0s);
  const MonotonicTime began = setup.clock.now();
  CHECK_FALSE(setup.exchange.step(began + 5s, nullptr).has_value());
  CHECK(setup.clock.now() == began + 5s);
  Cancellation wake;
  wake.cancel();
  CHECK_FALSE(setup.exchange.step(MonotonicTime::max(), &wake).has_value());
  CHECK(setup.clock.now() == began + 5s);
}

TEST_CASE("requests on two lines are answered as they come") {
  Setup setup;
  VirtualTable other(setup.clock);
  other.answer = [](const Started&, const dynamo::Operation&) { return Reply{7ms}; };
  Line second(other, 2);
  TwoQuestions quick("quick", 0s, setup.clock);
  setup.begin(1, 0s);
  setup.exchange.begin(2, second, quick);
  const MonotonicTime began = setup.clock.now();
  setup.run();
  CHECK(setup.done == std::vector<std::uint64_t>{2, 1});
  // Each line is looked at every few milliseconds.
  CHECK(setup.clock.now() - began < 60ms);
}

TEST_CASE("closing a line ends its requests and forgets its dialogues") {
  Setup setup;
  setup.begin(1, 0s);
  setup.begin(2, 0s);
  setup.begin(3, 0s);
  setup.exchange.close(setup.line);
  CHECK(setup.exchange.active() == 0);
  CHECK(setup.table.in_flight == 0);
  CHECK(setup.table.multis == 0);
  // It opens again when it is needed.
  setup.begin(4, 0s);
  setup.run();
  CHECK(setup.done == std::vector<std::uint64_t>{4});
}
