#pragma once
// SHA-256 that can start from a saved state, on the stack.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dynamutex/secret.hpp"
#include "dynamutex/sigv4/stages.hpp"

namespace dynamutex::sigv4 {

constexpr std::size_t sha256_block_size = 64;

/// One running hash. Its memory is wiped when it is finished or goes, since it may have eaten a key.
class Sha256 {
 public:
  Sha256() noexcept;
  /// Goes on from the state after one whole block.
  explicit Sha256(const SigningKey::State& after_one_block) noexcept;
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256() {
    if (!finished_) wipe(context_, sizeof context_);
  }

  void update(const void* data, std::size_t size) noexcept;
  /// To be called once, last.
  void finish(unsigned char (&digest)[32]) noexcept;
  /// The state now, which is whole only after a multiple of 64 bytes.
  [[nodiscard]] SigningKey::State state() const noexcept;

 private:
  alignas(8) unsigned char context_[112];
  bool finished_ = false;
};

}  // namespace dynamutex::sigv4
