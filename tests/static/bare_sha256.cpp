// The least that a program with libcrypto can be: the SHA-256 of its argument. What the signer is measured beside.

#include <openssl/evp.h>

#include <cstdio>
#include <cstring>

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  unsigned char digest[32];
  if (EVP_Digest(argv[1], std::strlen(argv[1]), digest, nullptr, EVP_sha256(), nullptr) != 1) return 1;
  for (const unsigned char byte : digest) std::printf("%02x", byte);
  std::printf("\n");
  return 0;
}
