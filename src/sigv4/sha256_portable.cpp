#include <algorithm>
#include <cstring>
#include <new>

#include "sigv4/sha256.hpp"

// For an OpenSSL that is built without its deprecated functions (no-deprecated): EVP cannot start from a saved state, on which
// SigningKey rests. FIPS 180-4, section 6.2; no table is looked up and no branch taken by a secret.

namespace dynamutex::sigv4 {
namespace {

struct Context {
  SigningKey::State hash;
  std::uint64_t bytes;
  unsigned char block[sha256_block_size];
};

constexpr SigningKey::State initial_state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                             0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

constexpr std::uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
    0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
    0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
    0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

Context& context(unsigned char* memory) noexcept { return *reinterpret_cast<Context*>(memory); }

constexpr std::uint32_t rotate(std::uint32_t value, unsigned bits) noexcept { return value >> bits | value << (32U - bits); }

std::uint32_t load_big_endian(const unsigned char* from) noexcept {
  return static_cast<std::uint32_t>(from[0]) << 24U | static_cast<std::uint32_t>(from[1]) << 16U |
         static_cast<std::uint32_t>(from[2]) << 8U | from[3];
}

void store_big_endian(unsigned char* to, std::uint32_t value) noexcept {
  to[0] = static_cast<unsigned char>(value >> 24U);
  to[1] = static_cast<unsigned char>(value >> 16U);
  to[2] = static_cast<unsigned char>(value >> 8U);
  to[3] = static_cast<unsigned char>(value);
}

void compress(SigningKey::State& hash, const unsigned char* block) noexcept {
  std::uint32_t w[64];
  for (std::size_t t = 0; t < 16; ++t) w[t] = load_big_endian(block + 4 * t);
  for (std::size_t t = 16; t < 64; ++t) {
    const std::uint32_t s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ w[t - 15] >> 3U;
    const std::uint32_t s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ w[t - 2] >> 10U;
    w[t] = w[t - 16] + s0 + w[t - 7] + s1;
  }
  auto [a, b, c, d, e, f, g, h] = hash;
  for (std::size_t t = 0; t < 64; ++t) {
    const std::uint32_t t1 =
        h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + round_constants[t] + w[t];
    const std::uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  const SigningKey::State round = {a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < hash.size(); ++i) hash[i] += round[i];
  wipe(w, sizeof w);
}

void start(unsigned char* memory, const SigningKey::State& state, std::uint64_t bytes) noexcept {
  auto* fresh = new (memory) Context;
  fresh->hash = state;
  fresh->bytes = bytes;
}

}  // namespace

static_assert(sizeof(Context) <= 112, "the header reserves this much");
static_assert(alignof(Context) <= 8, "the header aligns to this");

Sha256::Sha256() noexcept { start(context_, initial_state, 0); }

Sha256::Sha256(const SigningKey::State& after_one_block) noexcept { start(context_, after_one_block, sha256_block_size); }

void Sha256::update(const void* data, std::size_t size) noexcept {
  Context& whole = context(context_);
  const auto* from = static_cast<const unsigned char*>(data);
  while (size > 0) {
    const std::size_t used = whole.bytes % sha256_block_size;
    const std::size_t piece = std::min(size, sha256_block_size - used);
    std::memcpy(whole.block + used, from, piece);
    whole.bytes += piece;
    from += piece;
    size -= piece;
    if (used + piece == sha256_block_size) compress(whole.hash, whole.block);
  }
}

void Sha256::finish(unsigned char (&digest)[32]) noexcept {
  constexpr std::size_t length_at = sha256_block_size - 8;
  Context& whole = context(context_);
  const std::uint64_t bits = whole.bytes * 8;
  const unsigned char one = 0x80;
  const unsigned char zero = 0;
  update(&one, 1);
  while (whole.bytes % sha256_block_size != length_at) update(&zero, 1);
  unsigned char length[8];
  store_big_endian(length, static_cast<std::uint32_t>(bits >> 32U));
  store_big_endian(length + 4, static_cast<std::uint32_t>(bits));
  update(length, sizeof length);
  for (std::size_t i = 0; i < whole.hash.size(); ++i) store_big_endian(digest + 4 * i, whole.hash[i]);
  wipe(context_, sizeof context_);
  finished_ = true;
}

SigningKey::State Sha256::state() const noexcept { return reinterpret_cast<const Context*>(context_)->hash; }

}  // namespace dynamutex::sigv4
