#pragma once
// A binary heap whose entries know their places, so that any of them can leave it.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "dynamutex/clock.hpp"

namespace dynamutex::lock {

/// Entries by an instant, earliest first. It owns nothing; an entry's instant stays as it is while the entry stands here.
template <class Entry, MonotonicTime Entry::*Instant, std::uint32_t Entry::*Place>
class Timetable {
 public:
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  [[nodiscard]] Entry& first() const noexcept { return *entries_.front(); }
  /// The earliest instant; max() where there is none.
  [[nodiscard]] MonotonicTime next() const noexcept { return empty() ? MonotonicTime::max() : first().*Instant; }

  void insert(Entry& entry) {
    entries_.push_back(&entry);
    rise(entries_.size() - 1);
  }

  void erase(Entry& entry) noexcept {
    const std::size_t place = entry.*Place;
    Entry* const last = entries_.back();
    entries_.pop_back();
    if (last == &entry) return;
    entries_[place] = last;
    sink(rise(place));
  }

  Entry& take_first() noexcept {
    Entry& entry = first();
    erase(entry);
    return entry;
  }

 private:
  static bool before(const Entry& a, const Entry& b) noexcept { return a.*Instant < b.*Instant; }

  std::size_t settle(std::size_t place, Entry* entry) noexcept {
    entries_[place] = entry;
    entry->*Place = static_cast<std::uint32_t>(place);
    return place;
  }

  std::size_t rise(std::size_t place) noexcept {
    Entry* const entry = entries_[place];
    while (place > 0 && before(*entry, *entries_[(place - 1) / 2])) {
      settle(place, entries_[(place - 1) / 2]);
      place = (place - 1) / 2;
    }
    return settle(place, entry);
  }

  void sink(std::size_t place) noexcept {
    Entry* const entry = entries_[place];
    for (std::size_t child = 2 * place + 1; child < entries_.size(); child = 2 * place + 1) {
      if (child + 1 < entries_.size() && before(*entries_[child + 1], *entries_[child])) ++child;
      if (!before(*entries_[child], *entry)) break;
      settle(place, entries_[child]);
      place = child;
    }
    settle(place, entry);
  }

  std::vector<Entry*> entries_;
};

}  // namespace dynamutex::lock
