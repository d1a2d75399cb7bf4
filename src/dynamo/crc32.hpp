#pragma once
// CRC-32 as in x-amz-crc32: the reflected IEEE 802.3 polynomial, the same as zlib's.

#include <cstdint>
#include <string_view>

namespace dynamutex::dynamo {

[[nodiscard]] std::uint32_t crc32(std::string_view bytes) noexcept;

}  // namespace dynamutex::dynamo
