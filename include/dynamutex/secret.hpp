#pragma once
// Secret: text that must not be shown and must not outlive its use in memory.

#include <cstddef>
#include <cstring>
#include <iosfwd>
#include <memory>
#include <string_view>
#include <utility>

namespace dynamutex {

/// Overwrites memory in a way that the compiler may not drop.
inline void wipe(void* memory, std::size_t size) noexcept {
  if (size == 0) return;
  std::memset(memory, 0, size);
  __asm__ __volatile__("" : : "r"(memory) : "memory");
}

/// A secret key or a session token. It cannot be printed or compared, and its memory is wiped when it goes.
///
/// A value type; each copy owns and wipes its own memory. Not for concurrent change, like any string.
/// Binary-safe and of any length.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view text) : size_(text.size()) {
    if (size_ == 0) return;
    text_ = std::make_unique<char[]>(size_);
    std::memcpy(text_.get(), text.data(), size_);
  }
  Secret(const Secret& other) : Secret(other.reveal()) {}
  Secret(Secret&& other) noexcept : text_(std::move(other.text_)), size_(std::exchange(other.size_, 0)) {}
  Secret& operator=(Secret other) noexcept {
    std::swap(text_, other.text_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Secret() {
    if (text_) wipe(text_.get(), size_);
  }

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// The text itself, valid as long as this object is unchanged. The name is a warning: grep for it in review.
  [[nodiscard]] std::string_view reveal() const noexcept { return {text_.get(), size_}; }

 private:
  std::unique_ptr<char[]> text_;
  std::size_t size_ = 0;
};

/// Printing a secret does not compile.
std::ostream& operator<<(std::ostream&, const Secret&) = delete;

}  // namespace dynamutex
