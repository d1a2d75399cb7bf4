#include <functional>
#include <utility>

#include "credentials/helpers.hpp"

using namespace dynamutex;
using namespace dynamutex::credentials;
using namespace dynamutex::testing;

namespace {

class NamedSource final : public Source {
 public:
  NamedSource(std::string name, std::function<FetchOutcome()> answer) : name_(std::move(name)), answer_(std::move(answer)) {}
  FetchOutcome fetch(MonotonicTime /*deadline*/, const Cancellation* /*cancellation*/) override { return answer_(); }
  std::string name() const override { return name_; }

 private:
  std::string name_;
  std::function<FetchOutcome()> answer_;
};

Fetched keys(const std::string& id) {
  return {std::make_shared<const sigv4::Credentials>(sigv4::Credentials{id, Secret("s"), Secret()}), std::nullopt};
}

std::unique_ptr<Source> chain_of(std::function<FetchOutcome()> first, std::function<FetchOutcome()> second) {
  std::vector<std::unique_ptr<Source>> sources;
  sources.push_back(std::make_unique<NamedSource>("one", std::move(first)));
  sources.push_back(std::make_unique<NamedSource>("two", std::move(second)));
  return make_chain_source(std::move(sources));
}

Error failure() {
  Error error;
  error.kind = ErrorKind::invalid;
  error.message = "broken";
  return error;
}

}  // namespace

TEST_CASE("the first source that is not absent decides, and is asked alone from then on") {
  bool there = false;
  bool broken = false;
  auto chain = chain_of([&]() -> FetchOutcome { return there ? FetchOutcome(keys("1")) : FetchOutcome(Absent{"gone"}); },
                        [&]() -> FetchOutcome { return broken ? FetchOutcome(failure()) : FetchOutcome(keys("2")); });
  CHECK(keys_of(chain->fetch(MonotonicTime::max(), nullptr)) == "2/s/");
  CHECK(chain->name() == "two");
  there = true;
  CHECK(keys_of(chain->fetch(MonotonicTime::max(), nullptr)) == "2/s/");
  broken = true;  // No other identity is put in its place.
  CHECK(error_of(chain->fetch(MonotonicTime::max(), nullptr)).message == "two: broken");
}

TEST_CASE("a source that is set up and fails ends the search") {
  bool fails = true;
  auto chain = chain_of([&]() -> FetchOutcome { return fails ? FetchOutcome(failure()) : FetchOutcome(Absent{"removed"}); },
                        [] { return keys("2"); });
  CHECK(error_of(chain->fetch(MonotonicTime::max(), nullptr)).message == "one: broken");
  fails = false;
  CHECK(keys_of(chain->fetch(MonotonicTime::max(), nullptr)) == "2/s/");
}

TEST_CASE("where all are absent, each is named with its reason") {
  auto chain = chain_of([] { return Absent{"a"}; }, [] { return Absent{"b"}; });
  CHECK(absence_of(chain->fetch(MonotonicTime::max(), nullptr)) == "one: a; two: b");
  CHECK(absence_of(make_chain_source({})->fetch(MonotonicTime::max(), nullptr)) == "no source was asked");
}
