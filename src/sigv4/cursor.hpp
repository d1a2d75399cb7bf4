#pragma once

#include <string_view>

#include "base/copy.hpp"

namespace dynamutex::sigv4 {

/// Appends to memory whose size was checked before.
class Cursor {
 public:
  explicit Cursor(char* at) noexcept : at_(at) {}
  Cursor& put(std::string_view piece) noexcept {
    at_ = base::copy_text(at_, piece);
    return *this;
  }
  [[nodiscard]] char* at() const noexcept { return at_; }
  void move_to(char* at) noexcept { at_ = at; }

 private:
  char* at_;
};

}  // namespace dynamutex::sigv4
