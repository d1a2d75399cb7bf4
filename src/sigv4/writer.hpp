#pragma once
// Where canonical text goes: into a hash, without ever being whole in memory, or into a string to be looked at.

#include <cstddef>
#include <string>
#include <string_view>

#include "base/copy.hpp"
#include "dynamutex/secret.hpp"
#include "sigv4/sha256.hpp"

namespace dynamutex::sigv4 {

/// Gathers small pieces in a buffer on the stack and passes them on in larger ones. What passed through is wiped, as it
/// may have been a session token. `flush` last.
class Writer {
 public:
  explicit Writer(Sha256& hash) noexcept : hash_(&hash) {}
  explicit Writer(std::string& text) noexcept : text_(&text) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { wipe(buffer_, used_max_); }

  void put(char c) {
    if (used_ == sizeof buffer_) flush();
    buffer_[used_++] = c;
  }

  void put(std::string_view piece) {
    if (piece.size() > sizeof buffer_ - used_) return put_large(piece);
    base::copy_text(buffer_ + used_, piece);
    used_ += piece.size();
  }

  void flush() {
    if (used_ > used_max_) used_max_ = used_;
    pass_on({buffer_, used_});
    used_ = 0;
  }

 private:
  void put_large(std::string_view piece) {
    flush();
    if (piece.size() > sizeof buffer_) return pass_on(piece);
    base::copy_text(buffer_, piece);
    used_ = piece.size();
  }

  void pass_on(std::string_view piece) {
    if (hash_ != nullptr) {
      hash_->update(piece.data(), piece.size());
    } else {
      text_->append(piece);
    }
  }

  Sha256* hash_ = nullptr;
  std::string* text_ = nullptr;
  std::size_t used_ = 0;
  std::size_t used_max_ = 0;
  char buffer_[512];
};

}  // namespace dynamutex::sigv4
