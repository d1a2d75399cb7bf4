#include "lock/renewal.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::lock;

namespace {
MonotonicTime at(Duration span) { return MonotonicTime(span); }
/// A lease of 30 s that counts from 100 s.
RenewalView lease() { return {at(100s), at(129990ms), 30s, std::nullopt, false}; }
}  // namespace

TEST_CASE("a lease is renewed at a third of its length") {
  CHECK(plan_renewal(lease(), at(105s)).step == RenewalStep::wait);
  CHECK(plan_renewal(lease(), at(105s)).next == at(110s));
  CHECK(plan_renewal(lease(), at(110s)).step == RenewalStep::renew);
}

TEST_CASE("a request is given up when there is news to tell") {
  CHECK(plan_renewal(lease(), at(110s)).next_news == at(120s));
  RenewalView told = lease();
  told.at_risk_told = true;
  CHECK(plan_renewal(told, at(121s)).next_news == at(129990ms));
}

TEST_CASE("after a failure it is tried again when the pause is over, not before") {
  RenewalView failed = lease();
  failed.retry_at = at(112s);
  CHECK(plan_renewal(failed, at(111s)).step == RenewalStep::wait);
  CHECK(plan_renewal(failed, at(111s)).next == at(112s));
  CHECK(plan_renewal(failed, at(112s)).step == RenewalStep::renew);
}

TEST_CASE("two thirds without success are told as a risk, once, before anything else is tried") {
  CHECK(plan_renewal(lease(), at(120s)).step == RenewalStep::tell_at_risk);
  RenewalView told = lease();
  told.at_risk_told = true;
  CHECK(plan_renewal(told, at(120s)).step == RenewalStep::renew);
}

TEST_CASE("the end of the lease is told whatever else is due") {
  RenewalView late = lease();
  CHECK(plan_renewal(late, at(129990ms)).step == RenewalStep::tell_lost);
  late.retry_at = at(500s);
  CHECK(plan_renewal(late, at(300s)).step == RenewalStep::tell_lost);
}

TEST_CASE("a waiting plan never sleeps over the risk or the end") {
  RenewalView failed = lease();
  failed.retry_at = at(125s);
  CHECK(plan_renewal(failed, at(112s)).next == at(120s));
  failed.at_risk_told = true;
  failed.retry_at = at(500s);
  CHECK(plan_renewal(failed, at(112s)).next == at(129990ms));
}

TEST_CASE("pauses grow with failures, but stay a small part of the lease") {
  CHECK(renewal_pause(1, 30s, 0.0) == 50ms);
  CHECK(renewal_pause(2, 30s, 0.0) == 100ms);
  CHECK(renewal_pause(1'000'000, 30s, 1.0) == 3s);
  CHECK(renewal_pause(5, 1s, 0.0) == 50ms);
}

TEST_CASE("a renewal is due up to a twelfth of the lease before its third") {
  RenewalView early = lease();
  early.early = renewal_spread(30s, 0.0);
  CHECK(renewal_due(early) == at(110s));
  early.early = renewal_spread(30s, 0.5);
  CHECK(renewal_due(early) == at(108750ms));
  CHECK(renewal_spread(30s, 0.9999) < 2500ms);
  early.retry_at = at(112s);
  CHECK(renewal_due(early) == at(112s));
}

TEST_CASE("a request that hangs is given up, sooner where others wait, and later after each failure") {
  CHECK(attempt_end(lease(), 0, {}, at(110s)) == at(115s));
  CHECK(attempt_end(lease(), 0, {20ms, true}, at(110s)) == at(111250ms));
  CHECK(attempt_end(lease(), 0, {300ms, true}, at(110s)) == at(113s));
  CHECK(attempt_end(lease(), 0, {2s, true}, at(110s)) == at(115s));
  CHECK(attempt_end(lease(), 1, {}, at(110s)) == at(120s));
  CHECK(attempt_end(lease(), 63, {}, at(110s)) == at(129990ms));
  // Nobody waits: no hurry. And no less than twice what it usually takes.
  CHECK(attempt_end(lease(), 0, {20ms, false}, at(110s)) == at(115s));
  CHECK(attempt_end(lease(), 0, {4s, true}, at(110s)) == at(118s));
  const RenewalView brief{at(100s), at(101s), 1s, std::nullopt, false};
  CHECK(attempt_end(brief, 0, {1ms, true}, at(100300ms)) == at(100800ms));
  const RenewalView day{at(100s), at(86500s), 86400s, std::nullopt, false};
  CHECK(attempt_end(day, 0, {}, at(30000s)) == at(30010s));
}
