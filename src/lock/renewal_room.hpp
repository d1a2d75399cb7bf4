#pragma once
// How many renewals may be under way on one table.

#include <cstddef>

#include "dynamutex/clock.hpp"

namespace dynamutex::lock {

/// Room for renewals: 64 places, and more while that is too little and more places bring more answers a second. A service that
/// answers no faster for it is not asked for more at once: its answers would only come later, in the end too late for all.
///
/// While there is too little it goes by rounds, in each of which as many renewals end as there are places. After each it grows
/// by half. Where the next brings less than a fifth more answers a second it takes that back, and tries again 16 rounds later.
/// After a round in which fewer than half were answered it is halved.
///
/// Pure: it is told the time. Not thread-safe.
class RenewalRoom {
 public:
  static constexpr std::size_t kUsual = 64;

  /// `max`: never more places; 1 or more.
  explicit RenewalRoom(std::size_t max) noexcept;

  [[nodiscard]] std::size_t places() const noexcept { return places_; }

  /// Whether there is too little room; to be told whenever that may have changed.
  void lacking(bool lacking, MonotonicTime now) noexcept;
  /// A renewal ended, by an answer or without one.
  void ended(bool answered, MonotonicTime now) noexcept;

 private:
  void begin_round(MonotonicTime now) noexcept;
  void end_round(double answers_per_second) noexcept;

  const std::size_t max_;
  const std::size_t usual_;
  std::size_t places_;

  // The present round.
  bool lacking_ = false;
  MonotonicTime round_began_;
  std::size_t ended_ = 0;
  std::size_t answered_ = 0;

  std::size_t places_before_ = 0;  ///< It has just grown from so many; zero where it has not.
  double rate_before_ = 0;         ///< Answers a second then.
  int rounds_to_wait_ = 0;         ///< Before it grows again.
};

}  // namespace dynamutex::lock
