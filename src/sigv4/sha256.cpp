#include "sigv4/sha256.hpp"

// The low-level SHA256_* functions, deprecated since OpenSSL 3.0 and still in every 3.x, because EVP costs more than the
// hashing itself here: an EVP_MD_CTX lives on the heap, and copying one (to start from a saved HMAC state) or
// re-initialising it costs more than a compression with SHA instructions, four times a signature. There is no
// provider to ask and so nothing to fetch per call. Only this file may use them.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <new>

namespace dynamutex::sigv4 {
namespace {

static_assert(sizeof(SHA256_CTX) == 112, "the header reserves exactly this much");
static_assert(alignof(SHA256_CTX) <= 8, "the header aligns to this");

SHA256_CTX* context(unsigned char* memory) noexcept { return reinterpret_cast<SHA256_CTX*>(memory); }

/// FIPS 180-4, section 5.3.3.
constexpr SigningKey::State initial_state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                             0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

void store_big_endian(unsigned char* to, std::uint32_t value) noexcept {
  to[0] = static_cast<unsigned char>(value >> 24U);
  to[1] = static_cast<unsigned char>(value >> 16U);
  to[2] = static_cast<unsigned char>(value >> 8U);
  to[3] = static_cast<unsigned char>(value);
}

void start(unsigned char* memory, const SigningKey::State& state, unsigned bits_so_far) noexcept {
  auto* fresh = new (memory) SHA256_CTX;
  std::copy(state.begin(), state.end(), std::begin(fresh->h));
  fresh->Nl = bits_so_far;
  fresh->Nh = 0;
  fresh->num = 0;
  fresh->md_len = SHA256_DIGEST_LENGTH;
}

}  // namespace

// As SHA256_Init, which would also zero the whole block buffer.
Sha256::Sha256() noexcept { start(context_, initial_state, 0); }

Sha256::Sha256(const SigningKey::State& after_one_block) noexcept { start(context_, after_one_block, sha256_block_size * 8); }

void Sha256::update(const void* data, std::size_t size) noexcept { SHA256_Update(context(context_), data, size); }

// What SHA256_Final does (FIPS 180-4, section 5.1.1), in a third of its time: it stores and wipes byte by byte, and that four
// times a signature.
void Sha256::finish(unsigned char (&digest)[32]) noexcept {
  constexpr std::size_t length_at = sha256_block_size - 8;
  auto* whole = context(context_);
  auto* block = reinterpret_cast<unsigned char*>(whole->data);
  std::size_t used = whole->num;
  block[used++] = 0x80;
  if (used > length_at) {
    std::memset(block + used, 0, sha256_block_size - used);
    SHA256_Transform(whole, block);
    used = 0;
  }
  std::memset(block + used, 0, length_at - used);
  store_big_endian(block + length_at, whole->Nh);
  store_big_endian(block + length_at + 4, whole->Nl);
  SHA256_Transform(whole, block);
  for (std::size_t i = 0; i < 8; ++i) store_big_endian(digest + 4 * i, whole->h[i]);
  wipe(whole->h, sizeof whole->h);
  wipe(block, sha256_block_size);
  finished_ = true;
}

SigningKey::State Sha256::state() const noexcept {
  SigningKey::State state;
  const auto* whole = reinterpret_cast<const SHA256_CTX*>(context_);
  std::copy(std::begin(whole->h), std::end(whole->h), state.begin());
  return state;
}

}  // namespace dynamutex::sigv4
