#include "dynamo/clock_skew.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace dynamutex::dynamo {
namespace {

constexpr Duration kExchangeMax = std::chrono::minutes(15);
constexpr Duration kSkewMin = std::chrono::minutes(4);
constexpr std::array<std::string_view, 6> kSkewCodes = {"RequestTimeTooSkewed",  "RequestExpired",
                                                        "RequestInTheFuture",    "InvalidSignatureException",
                                                        "SignatureDoesNotMatch", "AuthFailure"};

}  // namespace

void ClockSkew::observe(WallTime sent, WallTime received, std::optional<ServerTime> date) noexcept {
  const Duration exchange = received - sent;
  if (!date || exchange > kExchangeMax || exchange < Duration::zero()) return;
  const WallTime middle = sent + exchange / 2;
  skew_.store((date->time_since_epoch() - middle.time_since_epoch()).count(), std::memory_order_relaxed);
}

bool ClockSkew::explains(std::string_view code, std::optional<ServerTime> date, WallTime signed_at) noexcept {
  if (!date || std::find(kSkewCodes.begin(), kSkewCodes.end(), code) == kSkewCodes.end()) return false;
  const Duration off = date->time_since_epoch() - signed_at.time_since_epoch();
  return std::max(off, -off) > kSkewMin;
}

}  // namespace dynamutex::dynamo
