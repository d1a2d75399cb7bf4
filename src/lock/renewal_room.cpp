#include "lock/renewal_room.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace dynamutex::lock {
namespace {

/// Half as many places again can bring half as many answers again; noise brings some as well.
constexpr double kGainMin = 1.2;
constexpr int kRoundsToWait = 16;

}  // namespace

RenewalRoom::RenewalRoom(std::size_t max) noexcept : max_(max), usual_(std::min(kUsual, max)), places_(usual_) {}

void RenewalRoom::lacking(bool lacking, MonotonicTime now) noexcept {
  if (lacking && !lacking_) begin_round(now);
  lacking_ = lacking;
  if (!lacking) places_before_ = 0;  // What it grew by is enough.
}

void RenewalRoom::ended(bool answered, MonotonicTime now) noexcept {
  if (!lacking_) return;
  ++ended_;
  answered_ += answered ? 1 : 0;
  if (ended_ < places_) return;
  const std::chrono::duration<double> took = std::max(now - round_began_, Duration(1));
  end_round(static_cast<double>(answered_) / took.count());
  begin_round(now);
}

void RenewalRoom::begin_round(MonotonicTime now) noexcept {
  round_began_ = now;
  ended_ = 0;
  answered_ = 0;
}

void RenewalRoom::end_round(double answers_per_second) noexcept {
  const std::size_t before = std::exchange(places_before_, 0);
  if (answered_ < (ended_ + 1) / 2) {
    places_ = std::max(places_ / 2, usual_);
    rounds_to_wait_ = kRoundsToWait;
  } else if (before != 0 && answers_per_second < rate_before_ * kGainMin) {
    places_ = before;
    rounds_to_wait_ = kRoundsToWait;
  } else if (rounds_to_wait_ > 0) {
    --rounds_to_wait_;
  } else if (places_ < max_) {
    places_before_ = places_;
    rate_before_ = answers_per_second;
    places_ = std::min(places_ + (places_ + 1) / 2, max_);
  }
}

}  // namespace dynamutex::lock
