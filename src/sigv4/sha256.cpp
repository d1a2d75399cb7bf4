#include "sigv4/sha256.hpp"

// The low-level SHA256_* functions, deprecated since OpenSSL 3.0 and still in every 3.x, because EVP costs more than the
// hashing itself here: an EVP_MD_CTX lives on the heap, and copying one (to start from a saved HMAC state) or
// re-initialising it costs more than a compression with SHA instructions, four times a signature. There is no
// provider to ask and so nothing to fetch per call. Only this file may use them.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <algorithm>
#include <iterator>
#include <new>

namespace dynamutex::sigv4 {
namespace {

static_assert(sizeof(SHA256_CTX) == 112, "the header reserves exactly this much");
static_assert(alignof(SHA256_CTX) <= 8, "the header aligns to this");

SHA256_CTX* context(unsigned char* memory) noexcept { return reinterpret_cast<SHA256_CTX*>(memory); }

}  // namespace

Sha256::Sha256() noexcept {
  SHA256_Init(new (context_) SHA256_CTX);
}

Sha256::Sha256(const SigningKey::State& after_one_block) noexcept {
  auto* fresh = new (context_) SHA256_CTX;
  std::copy(after_one_block.begin(), after_one_block.end(), std::begin(fresh->h));
  fresh->Nl = sha256_block_size * 8;
  fresh->Nh = 0;
  fresh->num = 0;
  fresh->md_len = SHA256_DIGEST_LENGTH;
}

void Sha256::update(const void* data, std::size_t size) noexcept { SHA256_Update(context(context_), data, size); }

void Sha256::finish(unsigned char (&digest)[32]) noexcept { SHA256_Final(digest, context(context_)); }

SigningKey::State Sha256::state() const noexcept {
  SigningKey::State state;
  const auto* whole = reinterpret_cast<const SHA256_CTX*>(context_);
  std::copy(std::begin(whole->h), std::end(whole->h), state.begin());
  return state;
}

}  // namespace dynamutex::sigv4
