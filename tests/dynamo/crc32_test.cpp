#include "dynamo/crc32.hpp"

#include <doctest/doctest.h>

TEST_CASE("the checksum is the CRC-32 of the catalogues") {
  // The check value that every CRC-32/ISO-HDLC catalogue gives.
  CHECK(dynamutex::dynamo::crc32("123456789") == 0xcbf43926U);
  CHECK(dynamutex::dynamo::crc32("") == 0U);
  // python3 -c 'import zlib; print(zlib.crc32(b"{}"))'
  CHECK(dynamutex::dynamo::crc32("{}") == 2745614147U);
}
