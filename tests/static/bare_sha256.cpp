// The least that a program with libcrypto's SHA-256 can be: that of its argument. What the signer is measured beside. By the functions
// that the signer uses too: the one-shot SHA256() and EVP_Digest() draw 3.5 MB of libcrypto into a static program.

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/opensslconf.h>
#ifdef OPENSSL_NO_DEPRECATED_3_0
#include <openssl/evp.h>
#else
#include <openssl/sha.h>
#endif

#include <cstdio>
#include <cstring>

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  unsigned char digest[32];
#ifdef OPENSSL_NO_DEPRECATED_3_0
  if (EVP_Digest(argv[1], std::strlen(argv[1]), digest, nullptr, EVP_sha256(), nullptr) != 1) return 1;
#else
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, argv[1], std::strlen(argv[1]));
  SHA256_Final(digest, &context);
#endif
  for (const unsigned char byte : digest) std::printf("%02x", byte);
  std::printf("\n");
  return 0;
}
