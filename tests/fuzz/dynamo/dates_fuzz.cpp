// The Date header: a date that is read is the one that the C library writes for the same instant.

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>

#include "dynamo/http_date.hpp"

using namespace dynamutex::dynamo;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto time = parse_http_date(text);
  if (!time) return 0;
  const std::time_t seconds = std::chrono::duration_cast<std::chrono::seconds>(time->time_since_epoch()).count();
  std::tm parts{};
  char written[64];
  if (gmtime_r(&seconds, &parts) == nullptr) std::abort();
  const std::size_t length = std::strftime(written, sizeof written, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  // The name of the day is not checked against the date, and a leap second counts as the second after it.
  if (text.substr(23, 2) != "60" && std::string_view(written, length).substr(4) != text.substr(4)) std::abort();
  return 0;
}
